//! Entries of a person's log, told again to those who missed them.

use super::look_over::Look;
use super::{NOTIFIED, Notifications, READ, REMOVED, store};
use crate::kernel::log::Entry;
use parlor_protocol::events::{NotificationsRead, NotificationsRemoved, Notified, ServerEvent};
use parlor_protocol::notifications::Notification;
use parlor_protocol::{Problem, UserId};
use std::collections::HashMap;

impl Notifications {
    /// Entries of a person's log that are this capability's, as events. Notifications are told as they are now; those that
    /// are gone come with an entry of their own.
    pub async fn replay_own(
        &self,
        reader: UserId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        self.looks.put_first(Look::All(reader));
        let told = entries.iter().filter(|entry| entry.r#type == NOTIFIED);
        let ids: Vec<i64> = told.map(|entry| entry.ref_id).collect();
        let mut rows = store::by_ids(self.kernel.db.read(), &ids).await?;
        rows.retain(|row| row.user_id == reader);
        let views = self.views(reader, &rows).await?.into_iter();
        let views: HashMap<i64, Notification> = views.map(|view| (view.id, view)).collect();
        let event = |entry: &Entry| revive(entry, &views);
        Ok(entries.iter().filter_map(event).collect())
    }
}

fn revive(entry: &Entry, views: &HashMap<i64, Notification>) -> Option<ServerEvent> {
    let user_seq = entry.seq;
    let ids = || serde_json::from_str(&entry.body).ok();
    Some(match entry.r#type.as_str() {
        NOTIFIED => {
            let notification = views.get(&entry.ref_id)?.clone();
            Notified {
                user_seq,
                notification,
            }
            .into()
        }
        READ => {
            let ids = ids()?;
            NotificationsRead { user_seq, ids }.into()
        }
        REMOVED => {
            let ids = ids()?;
            NotificationsRemoved { user_seq, ids }.into()
        }
        _ => return None,
    })
}
