//! Deleting messages and bringing them back. Of a deleted message only the place remains in its row; the content is
//! kept aside for as long as it can be restored, where nothing that shows messages looks.

use super::edit::entry;
use super::store::{self, beside};
use super::{Desk, MESSAGE_DELETED, Messages, MessagesError, rules};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::log::{Stream, Tx};
use parlor_protocol::MessageId;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::MessageDeleted;
use parlor_protocol::messages::Message;

impl Messages {
    /// Deletes one's own message, or another's where one moderates. Answers what remains of it, also the second time.
    pub async fn delete(&self, actor: &Actor, id: MessageId) -> Result<Message, MessagesError> {
        self.check_edit_limit(actor)?;
        let (desk, actor) = (self.desk.clone(), actor.clone());
        let log = &self.desk.kernel.log;
        log.commit(move |tx| Box::pin(async move { desk.delete(tx, &actor, id).await }))
            .await
    }

    /// Brings back a message of one's own that one has deleted oneself not long ago.
    pub async fn restore(&self, actor: &Actor, id: MessageId) -> Result<Message, MessagesError> {
        self.check_edit_limit(actor)?;
        let (desk, actor) = (self.desk.clone(), actor.clone());
        let log = &self.desk.kernel.log;
        log.commit(move |tx| Box::pin(async move { desk.restore(tx, &actor, id).await }))
            .await
    }
}

impl Desk {
    /// For how long what somebody has deleted can be restored, in milliseconds.
    pub(super) fn restore_window(&self) -> i64 {
        let window = self.kernel.config.messages_restore_window;
        i64::try_from(window.as_millis()).unwrap_or(i64::MAX)
    }

    async fn delete(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
    ) -> Result<Message, MessagesError> {
        let now = tx.now();
        let (mut row, access) = self.open(tx, actor, id).await?;
        rules::may_delete(&access, &row)?;
        if row.is_deleted() {
            return Ok(self.view(tx.sql(), row).await?);
        }
        beside::keep(tx.sql(), id, &row.content, now).await?;
        beside::delete_pin(tx.sql(), id).await?;
        store::set_deleted(tx.sql(), id, actor.user_id, now).await?;
        row.content.clear();
        row.pinned_at = None;
        row.deleted_at = Some(now.0);
        row.deleted_by = Some(actor.user_id);
        let stream = Stream::Room(row.room_id);
        let seq = tx
            .append(stream, entry(MESSAGE_DELETED, actor.user_id, id))
            .await?;
        if actor.is_system_admin && row.sender_id != actor.user_id {
            let act = Act::on_message(AuditAction::MessageDeleted, id).within(row.room_id);
            audit::record(tx, actor, act).await?;
        }
        let message = self.view(tx.sql(), row).await?;
        let event = MessageDeleted {
            room_id: message.room_id,
            seq,
            message_id: id,
            deleted_by: actor.user_id,
            message: message.clone(),
        };
        tx.publish(Signal::event(stream, event));
        Ok(message)
    }

    async fn restore(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
    ) -> Result<Message, MessagesError> {
        let (mut row, access) = self.open(tx, actor, id).await?;
        rules::may_restore(&access, &row, self.restore_window(), tx.now())?;
        let kept = beside::take_kept(tx.sql(), id).await?;
        let gone = MessagesError::InvalidState("the message was deleted too long ago");
        row.content = kept.ok_or(gone)?;
        store::set_restored(tx.sql(), id, &row.content).await?;
        row.deleted_at = None;
        row.deleted_by = None;
        Ok(self.announce_update(tx, row, actor.user_id).await?)
    }
}
