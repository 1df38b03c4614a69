//! Entries of the server's log and of a person's, told again to somebody who missed them.

use super::{ANNOUNCED, Announcements, DISMISSED, WITHDRAWN, store};
use crate::kernel::log::Entry;
use parlor_protocol::events::{
    Announced, AnnouncementDismissed, AnnouncementWithdrawn, ServerEvent,
};
use parlor_protocol::{Problem, UserId};
use std::collections::HashMap;

impl Announcements {
    /// Entries of the server's log as the events they were. What holds no longer, or was dismissed by the reader on
    /// another device, is not announced to them again.
    pub async fn replay(
        &self,
        reader: UserId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let sql = self.kernel.db.read();
        let ids: Vec<i64> = entries.iter().map(|entry| entry.ref_id).collect();
        let dismissed = store::dismissed_by(sql, reader).await?;
        let mut rows = store::by_ids(sql, &ids).await?;
        rows.retain(|row| row.withdrawn_at.is_none() && !dismissed.contains(&row.id));
        let people = self.authors(&rows).await?;
        let open: HashMap<i64, _> = rows.iter().map(|row| (row.id, row.view(&people))).collect();
        let event = |entry: &Entry| match entry.r#type.as_str() {
            ANNOUNCED => Some(ServerEvent::from(Announced {
                server_seq: entry.seq,
                announcement: open.get(&entry.ref_id)?.clone(),
            })),
            WITHDRAWN => Some(ServerEvent::from(AnnouncementWithdrawn {
                server_seq: entry.seq,
                announcement_id: entry.ref_id,
            })),
            _ => None,
        };
        Ok(entries.iter().filter_map(event).collect())
    }

    /// Entries of a person's log that are this capability's, as the events they were.
    #[must_use]
    pub fn replay_own(entries: &[Entry]) -> Vec<ServerEvent> {
        let ours = entries.iter().filter(|entry| entry.r#type == DISMISSED);
        let event = |entry: &Entry| {
            let event = AnnouncementDismissed {
                user_seq: entry.seq,
                announcement_id: entry.ref_id,
            };
            event.into()
        };
        ours.map(event).collect()
    }
}
