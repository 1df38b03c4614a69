//! Entries as they are made and as they are stored.

use parlor_protocol::audit::{AuditAction, AuditSubject};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Something that is to be written down.
#[derive(Clone, Debug)]
pub struct Act {
    pub(super) action: AuditAction,
    pub(super) subject: AuditSubject,
    pub(super) subject_id: Option<i64>,
    pub(super) room_id: Option<RoomId>,
    pub(super) facts: BTreeMap<&'static str, String>,
}

impl Act {
    /// Done to the server as a whole.
    #[must_use]
    pub fn on_server(action: AuditAction) -> Self {
        Self::on(action, AuditSubject::Server, None)
    }

    /// Done to an account.
    #[must_use]
    pub fn on_user(action: AuditAction, user: UserId) -> Self {
        Self::on(action, AuditSubject::User, Some(user))
    }

    /// Done to a room, or to the community that it is.
    #[must_use]
    pub fn on_room(action: AuditAction, room: RoomId, kind: RoomKind) -> Self {
        let subject = match kind {
            RoomKind::Community => AuditSubject::Community,
            RoomKind::Room | RoomKind::Direct => AuditSubject::Room,
        };
        Self::on(action, subject, Some(room)).within(room)
    }

    /// Done to a message.
    #[must_use]
    pub fn on_message(action: AuditAction, message: MessageId) -> Self {
        Self::on(action, AuditSubject::Message, Some(message))
    }

    /// Done to an announcement.
    #[must_use]
    pub fn on_announcement(action: AuditAction, announcement: i64) -> Self {
        Self::on(action, AuditSubject::Announcement, Some(announcement))
    }

    fn on(action: AuditAction, subject: AuditSubject, subject_id: Option<i64>) -> Self {
        Self {
            action,
            subject,
            subject_id,
            room_id: None,
            facts: BTreeMap::new(),
        }
    }

    /// Done in a room.
    #[must_use]
    pub fn within(mut self, room: RoomId) -> Self {
        self.room_id = Some(room);
        self
    }

    /// What the action says beside that: names of roles, fields and settings, never what somebody wrote.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.insert(name, value.into());
        self
    }
}

/// An entry as stored.
#[derive(Clone, Debug, Deserialize)]
pub struct AuditRow {
    /// Its place.
    pub seq: Seq,
    /// When, in milliseconds.
    pub at: i64,
    /// By which way.
    pub source: String,
    /// Who.
    pub actor_id: Option<UserId>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// To which.
    pub subject_id: Option<i64>,
    /// In which room.
    pub room_id: Option<RoomId>,
    /// What else it says, as JSON.
    pub facts: String,
    /// From which address.
    pub address: Option<String>,
    /// The request's number.
    pub request_id: Option<String>,
}
