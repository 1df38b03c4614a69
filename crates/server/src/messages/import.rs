//! Bringing in what was said elsewhere, or earlier: each message once, however often it is brought.

use super::model::{Row, kind_to};
use super::send::{entry_of, publish};
use super::store::beside::{self, Mention, ReactionRow};
use super::store::{self, imported};
use super::{Desk, Messages, MessagesError, rules};
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::ids::Kind;
use crate::kernel::log::{Stream, Tx};
use crate::rooms::Rooms;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};

/// A message from elsewhere, its people being people of this server.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// What makes it the same message, wherever it is brought from: up to 64 characters.
    pub identity: String,
    /// The id that it had there. Where this server has that very message, it is not brought in again.
    pub id: MessageId,
    /// Who said it.
    pub sender: UserId,
    /// What the content is. What has a file comes as text: files are not brought along.
    pub kind: MessageType,
    /// What was said.
    pub content: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// The message of this server that it answers.
    pub reply_to: Option<MessageId>,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Everybody in the room.
    pub mentions_room: bool,
    /// Emoji, and who put them there.
    pub reactions: Vec<(String, UserId)>,
    /// When it was pinned.
    pub pinned_at: Option<Timestamp>,
}

/// What became of a message from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It is this message now.
    New(MessageId),
    /// It was brought in before, or was here always, as this message, which may be gone.
    Known(MessageId),
    /// It cannot be a message here.
    Refused,
}

impl Messages {
    /// Appends messages from elsewhere to a room, in order and in one transaction. An answer each, in order.
    pub async fn import(
        &self,
        room: RoomId,
        messages: Vec<Foreign>,
    ) -> Result<Vec<Brought>, MessagesError> {
        let (desk, log) = (self.desk.clone(), &self.desk.kernel.log);
        log.commit(move |tx| {
            Box::pin(async move {
                tx.lock_rooms(&[room]).await?;
                // A room may be deleted while others are busy filling it.
                if !Rooms::is_there(tx, room).await? {
                    return Err(MessagesError::NOT_FOUND);
                }
                Ok(desk.bring_in(tx, room, messages).await?)
            })
        })
        .await
    }

    /// How many of some messages are here already.
    pub async fn count_known(&self, messages: &[Foreign]) -> Result<usize, StorageError> {
        let known = load_known(self.desk.kernel.db.read(), messages).await?;
        Ok(known.len())
    }

    /// What some messages say here, in the order of their ids.
    pub async fn contents(
        &self,
        ids: &[MessageId],
    ) -> Result<Vec<(MessageId, String)>, StorageError> {
        let mut rows = store::by_ids(self.desk.kernel.db.read(), ids).await?;
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows.into_iter().map(|row| (row.id, row.content)).collect())
    }
}

impl Desk {
    async fn bring_in(
        &self,
        tx: &mut Tx<'_>,
        room: RoomId,
        messages: Vec<Foreign>,
    ) -> Result<Vec<Brought>, StorageError> {
        let mut known = load_known(tx.sql(), &messages).await?;
        let fits = |message: &Foreign| rules::check_content(&message.content).is_ok();
        let mut seen: BTreeSet<&str> = known.keys().map(String::as_str).collect();
        let new: Vec<&Foreign> = messages
            .iter()
            .filter(|message| fits(message) && seen.insert(&message.identity))
            .collect();
        let ids = &self.kernel.ids;
        let ids = ids.take(tx.sql(), Kind::Message, new.len()).await?;
        let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
        let rows = if new.is_empty() {
            Vec::new()
        } else {
            let first = tx.reserve(Stream::Room(room), count).await?;
            let placed = new.iter().zip(ids).zip(first..);
            placed
                .map(|((message, id), seq)| row_of(message, id, (room, seq)))
                .collect()
        };
        self.store_foreign(tx, &rows, &new).await?;
        let fresh: HashMap<String, MessageId> = new
            .iter()
            .zip(&rows)
            .map(|(message, row)| (message.identity.clone(), row.id))
            .collect();
        // The first of two that are the same is new, the other is known by then.
        let mut told = BTreeSet::new();
        let answers = messages.iter().map(|message| {
            if let Some(id) = fresh.get(&message.identity)
                && told.insert(*id)
            {
                known.insert(message.identity.clone(), *id);
                return Brought::New(*id);
            }
            known
                .get(&message.identity)
                .map_or(Brought::Refused, |id| Brought::Known(*id))
        });
        Ok(answers.collect())
    }

    async fn store_foreign(
        &self,
        tx: &mut Tx<'_>,
        rows: &[Row],
        messages: &[&Foreign],
    ) -> Result<(), StorageError> {
        store::insert(tx.sql(), rows).await?;
        let (mut pairs, mut mentions) = (Vec::new(), Vec::new());
        for (row, message) in rows.iter().zip(messages) {
            pairs.push((message.identity.clone(), row.id));
            let people: BTreeSet<UserId> = message.mentions.iter().copied().collect();
            mentions.extend(people.into_iter().map(|user_id| Mention {
                message_id: row.id,
                user_id,
            }));
            if let Some(edited_at) = message.edited_at {
                let (content, room) = (&message.content, message.mentions_room);
                store::set_content(tx.sql(), row.id, content, room, edited_at).await?;
            }
            if let Some(at) = message.pinned_at {
                let place = (row.room_id, row.seq);
                beside::insert_pin(tx.sql(), place, row.id, row.sender_id, at).await?;
            }
            for reaction in reactions_of(row.id, message) {
                beside::insert_reaction(tx.sql(), &reaction, row.seq).await?;
            }
        }
        imported::insert(tx.sql(), &pairs).await?;
        beside::insert_mentions(tx.sql(), &mentions).await?;
        let entries: Vec<_> = rows.iter().map(entry_of).collect();
        tx.insert(&entries).await?;
        for message in self.views(tx.sql(), rows).await? {
            publish(tx, message);
        }
        Ok(())
    }
}

fn row_of(message: &Foreign, id: MessageId, place: (RoomId, i64)) -> Row {
    let kind = match message.kind {
        MessageType::Image | MessageType::File => MessageType::Text,
        kind => kind,
    };
    Row {
        kind: kind_to(kind),
        content: message.content.clone(),
        reply_to: message.reply_to,
        mentions_room: message.mentions_room,
        edited_at: message.edited_at.map(|at| at.0),
        ..Row::new(id, place, message.sender, message.created_at)
    }
}

/// The reactions that hold: emoji, each person's once, and not too many different ones.
fn reactions_of(id: MessageId, message: &Foreign) -> Vec<ReactionRow> {
    let (mut emoji, mut seen, mut rows) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (one, user) in &message.reactions {
        let fits = rules::check_emoji(one).is_ok()
            && (emoji.contains(one) || emoji.len() < rules::MOST_EMOJI);
        if fits && seen.insert((one, *user)) {
            emoji.insert(one);
            rows.push(ReactionRow {
                message_id: id,
                emoji: one.clone(),
                user_id: *user,
            });
        }
    }
    rows
}

/// Those that were brought in before, or that are messages of this server's own.
async fn load_known(
    sql: &impl Sql,
    messages: &[Foreign],
) -> Result<HashMap<String, MessageId>, StorageError> {
    let identities: Vec<String> = messages.iter().map(|m| m.identity.clone()).collect();
    let mut known: HashMap<String, MessageId> = imported::known(sql, &identities)
        .await?
        .into_iter()
        .collect();
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let own = store::by_ids(sql, &ids).await?;
    let own: HashMap<MessageId, Row> = own.into_iter().map(|row| (row.id, row)).collect();
    for message in messages {
        let is_here = own.get(&message.id).is_some_and(|row| {
            row.sender_id == message.sender && row.created_at == message.created_at.0
        });
        if is_here {
            known.entry(message.identity.clone()).or_insert(message.id);
        }
    }
    Ok(known)
}
