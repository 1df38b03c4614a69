//! Changing what one has said.

use super::model::Row;
use super::store::{self, beside};
use super::{Desk, MESSAGE_UPDATED, Messages, MessagesError, mentions, rules};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use crate::kernel::log::{NewEntry, Stream, Tx};
use parlor_protocol::events::MessageUpdated;
use parlor_protocol::messages::{EditMessage, Message};
use parlor_protocol::{MessageId, Seq, UserId};

impl Messages {
    /// Changes the content of one's own message. The same content again changes nothing.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: MessageId,
        change: EditMessage,
    ) -> Result<Message, MessagesError> {
        rules::check_content(&change.content)?;
        self.check_edit_limit(actor)?;
        let (desk, actor) = (self.desk.clone(), actor.clone());
        let log = &self.desk.kernel.log;
        log.commit(move |tx| {
            Box::pin(async move { desk.edit(tx, &actor, id, change.content).await })
        })
        .await
    }

    pub(super) fn check_edit_limit(&self, actor: &Actor) -> Result<(), MessagesError> {
        let limits = &self.desk.kernel.limits;
        Ok(limits.check(Limit::Edit, actor.user_id)?)
    }
}

impl Desk {
    async fn edit(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
        content: String,
    ) -> Result<Message, MessagesError> {
        let now = tx.now();
        let (mut row, access) = self.open(tx, actor, id).await?;
        rules::may_edit(&access, &row, now)?;
        if row.content == content {
            return Ok(self.view(tx.sql(), row).await?);
        }
        let calls = mentions::calls(&content);
        let called_room = row.mentions_room;
        store::set_content(tx.sql(), id, &content, calls.room, now).await?;
        row.content = content;
        row.mentions_room = calls.room;
        row.edited_at = Some(now.0);
        let before = beside::mentions(tx.sql(), &[id]).await?;
        beside::delete_mentions(tx.sql(), id).await?;
        let called = self.resolve(std::slice::from_ref(&row), &[calls]).await?;
        beside::insert_mentions(tx.sql(), &called).await?;
        let mentions = (&before[..], &called[..]);
        self.note_edited(tx, &row, access.kind, mentions, called_room)
            .await?;
        Ok(self.announce_update(tx, row, actor.user_id).await?)
    }

    /// Tells the room what a message is now.
    pub(super) async fn announce_update(
        &self,
        tx: &mut Tx<'_>,
        row: Row,
        by: UserId,
    ) -> Result<Message, StorageError> {
        let stream = Stream::Room(row.room_id);
        let entry = entry(MESSAGE_UPDATED, by, row.id);
        let seq = tx.append(stream, entry).await?;
        self.publish_update(tx, row, seq).await
    }

    /// The same, once it is in the log at this place.
    pub(super) async fn publish_update(
        &self,
        tx: &mut Tx<'_>,
        row: Row,
        seq: Seq,
    ) -> Result<Message, StorageError> {
        let message = self.view(tx.sql(), row).await?;
        let event = MessageUpdated {
            room_id: message.room_id,
            seq,
            message: message.clone(),
        };
        tx.publish(Signal::event(Stream::Room(message.room_id), event));
        Ok(message)
    }
}

/// An entry about a message that needs no words.
pub(super) fn entry(kind: &'static str, by: UserId, message: MessageId) -> NewEntry {
    NewEntry {
        kind,
        actor: Some(by),
        about: message,
        body: String::new(),
    }
}
