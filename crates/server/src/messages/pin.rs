//! Messages that moderators hold up for everybody.

use super::edit::entry;
use super::store::{self, beside};
use super::{Desk, MESSAGE_UPDATED, Messages, MessagesError, rules};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit as Rate;
use crate::kernel::log::{Stream, Tx};
use crate::kernel::page::{Limit, open_number, seal};
use crate::rooms::rules::{may_pin, may_read};
use parlor_protocol::messages::Message;
use parlor_protocol::{MessageId, Page, RoomId, Seq};

impl Messages {
    /// Pins a message, or lets it go. Where it is so already, nothing changes.
    pub async fn pin(
        &self,
        actor: &Actor,
        id: MessageId,
        pinned: bool,
    ) -> Result<Message, MessagesError> {
        self.check_edit_limit(actor)?;
        let (desk, actor) = (self.desk.clone(), actor.clone());
        let log = &self.desk.kernel.log;
        log.commit(move |tx| Box::pin(async move { desk.pin(tx, &actor, id, pinned).await }))
            .await
    }

    /// The pinned messages of a room, the newest pin first.
    pub async fn pins(
        &self,
        actor: &Actor,
        room: RoomId,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Message>, MessagesError> {
        let desk = &self.desk;
        desk.kernel.limits.check(Rate::Read, actor.user_id)?;
        may_read(&desk.rooms.access(room, actor).await?)?;
        let (db, secrets) = (desk.kernel.db.read(), &desk.kernel.secrets);
        let list = format!("pins of {room}");
        let before = cursor.map(|cursor| open_number(secrets, &list, cursor));
        let before = before.transpose()?.unwrap_or(Seq::MAX);
        let mut rows = store::pinned(db, room, before, limit.probe()).await?;
        let more = rows.len() > limit.items();
        rows.truncate(limit.items());
        let end = match rows.last() {
            Some(row) if more => beside::pin_place(db, row.id).await?,
            _ => None,
        };
        Ok(Page {
            items: desk.views(db, &rows).await?,
            next: end.map(|place| seal(secrets, &list, &place.to_string())),
        })
    }
}

impl Desk {
    async fn pin(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
        pinned: bool,
    ) -> Result<Message, MessagesError> {
        let (mut row, access) = self.open(tx, actor, id).await?;
        may_pin(&access)?;
        rules::check_present(&row)?;
        if row.pinned_at.is_some() == pinned {
            return Ok(self.view(tx.sql(), row).await?);
        }
        let (stream, by) = (Stream::Room(row.room_id), actor.user_id);
        let seq = tx.append(stream, entry(MESSAGE_UPDATED, by, id)).await?;
        if pinned {
            let place = (row.room_id, seq);
            beside::insert_pin(tx.sql(), place, id, by, tx.now()).await?;
        } else {
            beside::delete_pin(tx.sql(), id).await?;
        }
        row.pinned_at = pinned.then_some(tx.now().0);
        Ok(self.publish_update(tx, row, seq).await?)
    }
}
