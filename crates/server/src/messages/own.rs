//! What one person has said, for their archive.

use super::Messages;
use super::model::{Row, kind_from};
use super::store::{self, own};
use crate::kernel::db::StorageError;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};

pub use own::{Place, ReactionBy};

/// Something that was said, without what others have made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The message.
    pub id: MessageId,
    /// In which room.
    pub room_id: RoomId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// When.
    pub timestamp: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// What the content is.
    pub message_type: MessageType,
    /// What was said.
    pub content: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

impl From<Row> for Said {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            room_id: row.room_id,
            seq: row.seq,
            timestamp: Timestamp(row.created_at),
            edited_at: row.edited_at.map(Timestamp),
            message_type: kind_from(row.kind),
            content: row.content,
            reply_to: row.reply_to,
        }
    }
}

impl Messages {
    /// Where somebody has said something that is still there, by room and in order.
    pub async fn said_by(&self, user: UserId) -> Result<Vec<Place>, StorageError> {
        let mut places = own::places_of(self.desk.kernel.db.read(), user).await?;
        places.sort_unstable_by_key(|place| (place.room_id, place.seq));
        Ok(places)
    }

    /// What was said at some places. What was deleted since is left out.
    pub async fn said(&self, places: &[Place]) -> Result<Vec<Said>, StorageError> {
        let ids: Vec<MessageId> = places.iter().map(|place| place.id).collect();
        let mut rows = store::by_ids(self.desk.kernel.db.read(), &ids).await?;
        rows.retain(|row| !row.is_deleted());
        rows.sort_unstable_by_key(|row| (row.room_id, row.seq));
        Ok(rows.into_iter().map(Said::from).collect())
    }

    /// Where somebody has put which emoji.
    pub async fn reactions_by(&self, user: UserId) -> Result<Vec<ReactionBy>, StorageError> {
        own::reactions_of(self.desk.kernel.db.read(), user).await
    }
}
