//! What decides whether somebody may see what their notifications tell of, read for many of them at once.

use super::Notifications;
use super::model::{Row, Shown, kind_to};
use super::rules::Facts;
use crate::friends::Friends;
use crate::kernel::db::{Sql, StorageError};
use crate::messages::{Heard, Messages};
use crate::rooms::Rooms;
use parlor_protocol::notifications::NotificationType;
use parlor_protocol::{MessageId, RoomId, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};

impl Notifications {
    /// What decides about some notifications of one person.
    pub(super) async fn load_facts(
        &self,
        sql: &impl Sql,
        user: UserId,
        rows: &[Row],
    ) -> Result<Facts, StorageError> {
        if rows.is_empty() {
            return Ok(Facts::default());
        }
        let messages: BTreeSet<MessageId> = rows.iter().filter_map(|row| row.message_id).collect();
        let is_about_friends = |row: &Row| row.kind == kind_to(NotificationType::Friend);
        let requests = if rows.iter().any(is_about_friends) {
            Friends::asked_of(sql, user).await?
        } else {
            HashSet::new()
        };
        Ok(Facts {
            marks: Rooms::read_marks_of(sql, user, &rooms_of(rows)).await?,
            messages: Messages::heard(sql, &Vec::from_iter(messages)).await?,
            blocked: self.friends.blocked_by(user).await?.into_iter().collect(),
            requests,
        })
    }

    /// What shows notifications of these people and messages.
    pub(super) async fn load_shown(
        &self,
        rows: &[Row],
        messages: HashMap<MessageId, Heard>,
    ) -> Result<Shown, StorageError> {
        let people: BTreeSet<UserId> = rows.iter().filter_map(|row| row.actor_id).collect();
        Ok(Shown {
            people: self.accounts.briefs(&Vec::from_iter(people)).await?,
            messages,
        })
    }
}

/// The rooms that notifications are about.
pub(super) fn rooms_of(rows: &[Row]) -> Vec<RoomId> {
    let rooms: BTreeSet<RoomId> = rows.iter().filter_map(|row| row.room_id).collect();
    rooms.into_iter().collect()
}
