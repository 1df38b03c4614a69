//! What the server says in rooms, for the capabilities above: a call has ended, a meeting begins.

use super::model::{Row, kind_to};
use super::send::{entry_of, publish};
use super::{Messages, MessagesError, rules, store};
use crate::kernel::ids::Kind;
use crate::kernel::log::{Stream, Tx};
use parlor_protocol::messages::{Message, MessageType};
use parlor_protocol::{RoomId, UserId};

impl Messages {
    /// Writes a message of the server into a room, as part of a unit of work that does more. `about` is the person it
    /// speaks of; nobody can change it.
    pub async fn post_system(
        &self,
        tx: &mut Tx<'_>,
        room: RoomId,
        about: UserId,
        content: String,
    ) -> Result<Message, MessagesError> {
        rules::check_content(&content)?;
        let ids = &self.desk.kernel.ids;
        let id = ids.take(tx.sql(), Kind::Message, 1).await?;
        let seq = tx.reserve(Stream::Room(room), 1).await?;
        let id = id.first().copied().unwrap_or_default();
        let mut row = Row::new(id, (room, seq), about, tx.now());
        row.kind = kind_to(MessageType::System);
        row.content = content;
        store::insert(tx.sql(), std::slice::from_ref(&row)).await?;
        tx.insert(&[entry_of(&row)]).await?;
        let message = self.desk.view(tx.sql(), row).await?;
        publish(tx, message.clone());
        Ok(message)
    }
}
