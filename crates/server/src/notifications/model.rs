//! Notifications as they are stored.

use crate::messages::Heard;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::notifications::{
    NotedMessage, NotedRequest, Notification, NotificationType, RoomLevel,
};
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// A row of `notifications`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Row {
    pub(super) id: i64,
    /// Who is told.
    pub(super) user_id: UserId,
    pub(super) kind: i16,
    /// What it tells of: nobody is told twice of the same.
    pub(super) cause: String,
    pub(super) actor_id: Option<UserId>,
    pub(super) room_id: Option<RoomId>,
    pub(super) message_id: Option<MessageId>,
    /// The place of what it tells of in the room's log.
    pub(super) seq: Seq,
    /// The last place that it stands for.
    pub(super) last_seq: Seq,
    /// What the rest does not say, as JSON.
    pub(super) body: String,
    pub(super) created_at: i64,
    pub(super) read_at: Option<i64>,
}

impl Row {
    pub(super) fn kind(&self) -> NotificationType {
        kind_from(self.kind)
    }

    /// The request that it tells of.
    pub(super) fn request(&self) -> Option<NotedRequest> {
        self.told(NotificationType::Friend)
    }

    fn told<T: DeserializeOwned>(&self, by: NotificationType) -> Option<T> {
        let is_theirs = self.kind() == by;
        is_theirs.then(|| serde_json::from_str(&self.body).ok())?
    }

    /// As its reader sees it.
    pub(super) fn view(&self, is_read: bool, shown: &Shown) -> Notification {
        let message = self.message_id.and_then(|id| shown.messages.get(&id));
        Notification {
            id: self.id,
            notification_type: self.kind(),
            is_read,
            timestamp: Timestamp(self.created_at),
            by: self.actor_id.and_then(|id| shown.people.get(&id).cloned()),
            room_id: self.room_id,
            message: message.map(noted),
            request: self.request(),
            change: self.told(NotificationType::System),
        }
    }
}

/// What the rows of notifications do not say.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) people: HashMap<UserId, UserBrief>,
    pub(super) messages: HashMap<MessageId, Heard>,
}

/// A message that a notification leads to.
pub(super) fn noted(message: &Heard) -> NotedMessage {
    NotedMessage {
        id: message.id,
        seq: message.seq,
        excerpt: message.excerpt.clone(),
        message_type: message.message_type,
    }
}

/// A row of `notification_reminders`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct ReminderRow {
    pub(super) id: i64,
    pub(super) user_id: UserId,
    pub(super) room_id: RoomId,
    pub(super) message_id: MessageId,
    pub(super) remind_at: i64,
    pub(super) created_at: i64,
}

pub(super) fn kind_to(kind: NotificationType) -> i16 {
    match kind {
        NotificationType::Message => 0,
        NotificationType::Mention => 1,
        NotificationType::Reply => 2,
        NotificationType::Friend => 3,
        NotificationType::Community => 4,
        NotificationType::Reminder => 5,
        NotificationType::System => 6,
    }
}

pub(super) fn kind_from(kind: i16) -> NotificationType {
    let of = |one: &NotificationType| kind_to(*one) == kind;
    let mut all = NotificationType::ALL.into_iter();
    all.find(of).unwrap_or(NotificationType::System)
}

pub(super) fn level_to(level: RoomLevel) -> i16 {
    match level {
        RoomLevel::Nothing => 0,
        RoomLevel::Mentions => 1,
        RoomLevel::All => 2,
    }
}

pub(super) fn level_from(level: i16) -> RoomLevel {
    match level {
        0 => RoomLevel::Nothing,
        2 => RoomLevel::All,
        _ => RoomLevel::Mentions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again() {
        for kind in NotificationType::ALL {
            assert_eq!(kind_from(kind_to(kind)), kind);
        }
        for level in [RoomLevel::All, RoomLevel::Mentions, RoomLevel::Nothing] {
            assert_eq!(level_from(level_to(level)), level);
        }
    }
}
