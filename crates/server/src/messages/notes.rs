//! What a message leaves for those above to do: a note of whom it may have to be told to. What concerns nobody in
//! particular leaves none, which is decided from what is at hand anyway.

use super::model::Row;
use super::store::beside::Mention;
use super::{Desk, Messages};
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::log::Tx;
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The topic of the notes.
pub const TOPIC: &str = "message";

/// Whether somebody wants to be told everything that is said in a room.
pub type IsFollowed = Box<dyn Fn(RoomId) -> bool + Send + Sync>;

/// A message that somebody may have to be told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageNote {
    /// Where it was said.
    pub room_id: RoomId,
    /// What the room is.
    pub room_kind: RoomKind,
    /// The message.
    pub message_id: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who said it.
    pub by: UserId,
    /// Whom it calls by name.
    pub mentioned: Vec<UserId>,
    /// It calls everybody.
    pub mentions_room: bool,
    /// Who said what it answers.
    pub answered: Option<UserId>,
    /// It was said just now, and not changed.
    pub is_new: bool,
    /// Those of the room up to this one have been told.
    #[serde(default)]
    pub told_up_to: UserId,
}

impl MessageNote {
    /// A note about a message of a room of this kind.
    pub(super) fn about(row: &Row, room_kind: RoomKind) -> Self {
        Self {
            room_id: row.room_id,
            room_kind,
            message_id: row.id,
            seq: row.seq,
            by: row.sender_id,
            mentioned: Vec::new(),
            mentions_room: row.mentions_room,
            answered: None,
            is_new: true,
            told_up_to: 0,
        }
    }

    /// For the table: a plain struct, so writing it cannot fail.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn is_for_somebody(&self) -> bool {
        self.room_kind != RoomKind::Room
            || self.mentions_room
            || self.answered.is_some()
            || !self.mentioned.is_empty()
    }
}

impl Messages {
    /// Lets those above say in which rooms every message may have to be told.
    pub fn followed_with(&self, is_followed: IsFollowed) {
        let _ = self.desk.is_followed.set(is_followed);
    }

    /// Those of some messages that are there, not deleted: for those above, who decide who may see them.
    pub async fn heard(
        sql: &impl Sql,
        ids: &[MessageId],
    ) -> Result<HashMap<MessageId, Heard>, StorageError> {
        let rows = super::store::by_ids(sql, ids).await?;
        let rows = rows.into_iter().filter(|row| !row.is_deleted());
        Ok(rows.map(|row| (row.id, Heard::from(row))).collect())
    }

    /// The first message that is there after a place and up to another, of others than `unheard`.
    pub async fn first_heard(
        sql: &impl Sql,
        room: RoomId,
        (after, up_to): (Seq, Seq),
        unheard: &[UserId],
    ) -> Result<Option<Heard>, StorageError> {
        let row = super::store::first_between(sql, room, (after, up_to), unheard).await?;
        Ok(row.map(Heard::from))
    }
}

/// A message as those above see it who tell people of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The message.
    pub id: MessageId,
    /// Its room.
    pub room_id: RoomId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who said it.
    pub by: UserId,
    /// How it begins.
    pub excerpt: String,
    /// What it is.
    pub message_type: parlor_protocol::messages::MessageType,
}

impl From<Row> for Heard {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            room_id: row.room_id,
            seq: row.seq,
            by: row.sender_id,
            excerpt: row.content.chars().take(super::view::EXCERPT).collect(),
            message_type: super::model::kind_from(row.kind),
        }
    }
}

impl Desk {
    /// Notes down which of some new messages somebody may have to be told of. Asks the database nothing.
    pub(super) async fn note_new(
        &self,
        tx: &mut Tx<'_>,
        rows: &[Row],
        kinds: &HashMap<RoomId, RoomKind>,
        mentions: &[Mention],
        answered: &HashMap<MessageId, Row>,
    ) -> Result<(), StorageError> {
        let mut bodies = Vec::new();
        for row in rows {
            let kind = kinds.get(&row.room_id).copied().unwrap_or(RoomKind::Room);
            let mut note = MessageNote::about(row, kind);
            let calls = mentions.iter().filter(|m| m.message_id == row.id);
            note.mentioned.extend(
                calls
                    .map(|m| m.user_id)
                    .filter(|user| *user != row.sender_id),
            );
            let answered = row.reply_to.and_then(|id| answered.get(&id));
            note.answered = answered
                .map(|answered| answered.sender_id)
                .filter(|user| *user != row.sender_id);
            if note.is_for_somebody() || self.is_followed(row.room_id) {
                bodies.push(note.body());
            }
        }
        tx.note_down(TOPIC, bodies).await
    }

    /// Notes down whom a message calls since it was changed whom it did not call before.
    pub(super) async fn note_edited(
        &self,
        tx: &mut Tx<'_>,
        row: &Row,
        kind: RoomKind,
        (before, now): (&[Mention], &[Mention]),
        called_room: bool,
    ) -> Result<(), StorageError> {
        let mut note = MessageNote::about(row, kind);
        note.is_new = false;
        let was_called = |user: UserId| before.iter().any(|m| m.user_id == user);
        let new = now.iter().map(|m| m.user_id);
        note.mentioned
            .extend(new.filter(|user| *user != row.sender_id && !was_called(*user)));
        note.mentions_room &= !called_room;
        if note.mentions_room || !note.mentioned.is_empty() {
            tx.note_down(TOPIC, vec![note.body()]).await?;
        }
        Ok(())
    }

    fn is_followed(&self, room: RoomId) -> bool {
        self.is_followed.get().is_some_and(|asked| asked(room))
    }
}
