//! Entries of the log as the events they were, for who missed them: messages as they are now, deleted ones without
//! content. Whoever applies them in order has what a fresh page of history shows.

use super::model::ReactionBody;
use super::{
    MESSAGE_DELETED, MESSAGE_UPDATED, MESSAGES_REMOVED, Messages, NEW_MESSAGE, REACTION_UPDATE,
    store,
};
use crate::kernel::log::{Entry, Stream, read};
use parlor_protocol::events::{
    MessageDeleted, MessageUpdated, MessagesRemoved, NewMessage, ReactionUpdate, ServerEvent,
};
use parlor_protocol::messages::Message;
use parlor_protocol::{MessageId, Problem, RoomId};
use std::collections::{BTreeSet, HashMap};

impl Messages {
    /// Entries of a room's log that are this capability's, as events. Others are passed over.
    pub async fn replay(
        &self,
        room: RoomId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        let ours: Vec<&Entry> = entries.iter().filter(|entry| is_ours(entry)).collect();
        let about = ours.iter().filter(|entry| entry.r#type != MESSAGES_REMOVED);
        let ids: BTreeSet<MessageId> = about.map(|entry| entry.ref_id).collect();
        let db = self.desk.kernel.db.read();
        let rows = store::by_ids(db, &Vec::from_iter(ids)).await?;
        let messages = self.desk.views(db, &rows).await?;
        let messages: HashMap<MessageId, Message> =
            messages.into_iter().map(|m| (m.id, m)).collect();
        // What an entry is about may have been removed since: then that is what there is to tell.
        let is_gone = |entry: &&&Entry| {
            entry.r#type != MESSAGES_REMOVED && !messages.contains_key(&entry.ref_id)
        };
        let floor = match ours.iter().find(is_gone) {
            Some(_) => read::floor(db, Stream::Room(room)).await?,
            None => 0,
        };
        let removed = |entry: &Entry, up_to| {
            let seq = entry.seq;
            let event = MessagesRemoved {
                room_id: room,
                seq,
                up_to,
            };
            (up_to > 0).then(|| event.into())
        };
        let event = |entry: &&Entry| {
            let event = match messages.get(&entry.ref_id) {
                _ if entry.r#type == MESSAGES_REMOVED => removed(entry, entry.ref_id),
                Some(message) => revive(entry, message.clone()),
                None => removed(entry, floor),
            };
            if event.is_none() {
                tracing::warn!(room, seq = entry.seq, "an entry cannot be read");
            }
            event
        };
        Ok(ours.iter().filter_map(event).collect())
    }
}

fn is_ours(entry: &Entry) -> bool {
    let kinds = [
        NEW_MESSAGE,
        MESSAGE_UPDATED,
        MESSAGE_DELETED,
        MESSAGES_REMOVED,
        REACTION_UPDATE,
    ];
    kinds.contains(&entry.r#type.as_str())
}

fn revive(entry: &Entry, message: Message) -> Option<ServerEvent> {
    let (room_id, seq) = (message.room_id, entry.seq);
    Some(match entry.r#type.as_str() {
        NEW_MESSAGE => {
            let event = NewMessage {
                room_id,
                seq,
                message,
            };
            event.into()
        }
        MESSAGE_UPDATED => {
            let event = MessageUpdated {
                room_id,
                seq,
                message,
            };
            event.into()
        }
        MESSAGE_DELETED => {
            let event = MessageDeleted {
                room_id,
                seq,
                message_id: message.id,
                deleted_by: entry.actor_id?,
                message,
            };
            event.into()
        }
        _ => {
            let body: ReactionBody = serde_json::from_str(&entry.body).ok()?;
            let event = ReactionUpdate {
                room_id,
                seq,
                message_id: message.id,
                user_id: entry.actor_id?,
                emoji: body.emoji,
                added: body.added,
                reactions: message.reactions,
            };
            event.into()
        }
    })
}
