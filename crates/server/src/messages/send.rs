//! Saying something. All that waits goes through the writer together, in a few statements, in the order of arrival.

use super::mentions::{self, Calls};
use super::model::{Row, digest_of, kind_to};
use super::rules::{Checked, check_draft};
use super::store::beside::{self, Mention};
use super::view::Beside;
use super::{Desk, Messages, MessagesError, NEW_MESSAGE, store};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use crate::kernel::log::{NewEntry, Stream, Tx};
use crate::rooms::rules::{may_post, may_tidy};
use crate::rooms::{Access, Rooms};
use parlor_protocol::events::NewMessage;
use parlor_protocol::messages::{DeliveryStatus, Draft, Message, Posted};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A draft on its way.
pub(super) struct Letter {
    actor: Actor,
    room: RoomId,
    draft: Checked,
    digest: i64,
    calls: Calls,
}

impl Letter {
    /// What makes sending again safe: the sender and their id for the message.
    fn key(&self) -> Option<(UserId, &str)> {
        let client_id = self.draft.client_id.as_deref()?;
        Some((self.actor.user_id, client_id))
    }
}

/// What becomes of a letter.
enum Fate {
    /// A message of this batch.
    New(usize),
    /// The same as a message of this batch.
    Again(usize),
    /// The same as a message that was stored before.
    Before(Box<Row>),
}

impl Messages {
    /// Says something in a room. The draft takes its place when this is called, so that what one connection sends keeps
    /// its order; the future answers when it is durable.
    pub fn send(
        &self,
        actor: &Actor,
        room: RoomId,
        draft: Draft,
    ) -> impl Future<Output = Result<Posted, MessagesError>> + Send + use<> {
        let queued = self.write(actor, room, draft).map(|letter| {
            self.top_up_ids();
            self.lane.push(letter)
        });
        async move { queued?.await }
    }

    fn write(&self, actor: &Actor, room: RoomId, draft: Draft) -> Result<Letter, MessagesError> {
        let mut draft = check_draft(draft)?;
        if faulty::has(Weakness::Forgetful) {
            draft.client_id = None;
        }
        let is_broken = faulty::has(Weakness::Fragile) && draft.content == "panic";
        assert!(!is_broken, "the secret text of a panic");
        self.desk.kernel.limits.check(Limit::Send, actor.user_id)?;
        Ok(Letter {
            actor: actor.clone(),
            room,
            digest: digest_of(room, &draft),
            calls: mentions::calls(&draft.content),
            draft,
        })
    }

    /// Keeps numbers for messages in memory, so that the writer need not ask the table for them.
    fn top_up_ids(&self) {
        let ids = &self.desk.kernel.ids;
        if !ids.is_low(Kind::Message) || self.topping_up.swap(true, Ordering::AcqRel) {
            return;
        }
        let (ids, topping_up) = (ids.clone(), self.topping_up.clone());
        self.desk.kernel.jobs.spawn(async move {
            if let Err(error) = ids.top_up(Kind::Message).await {
                tracing::debug!(%error, "no numbers in reserve");
            }
            topping_up.store(false, Ordering::Release);
        });
    }
}

/// A batch while it is decided.
struct Batch {
    now: Timestamp,
    heads: BTreeMap<RoomId, Seq>,
    moved: BTreeMap<RoomId, Seq>,
    /// What was stored before under the client ids of this batch.
    before: HashMap<(UserId, String), Row>,
    /// Messages that are answered.
    answered: HashMap<MessageId, Row>,
    /// The new messages, without their ids.
    rows: Vec<Row>,
    /// Whom each of them calls.
    calls: Vec<Calls>,
    /// What the rooms are.
    kinds: HashMap<RoomId, RoomKind>,
    keys: HashMap<(UserId, String), usize>,
}

impl Batch {
    fn decide(
        &mut self,
        letter: Letter,
        access: Result<Access, MessagesError>,
    ) -> Result<Fate, MessagesError> {
        let access = access?;
        may_tidy(&access)?;
        let key = letter.key().map(|(user, id)| (user, id.to_owned()));
        if let Some(key) = &key {
            let known = self.before.get(key).map(|row| row.digest);
            let here = self.keys.get(key).copied();
            let digest = known.or_else(|| Some(self.rows.get(here?)?.digest));
            if digest.is_some_and(|digest| digest != letter.digest) {
                return Err(MessagesError::IdempotencyConflict);
            }
            if let Some(row) = self.before.get(key) {
                return Ok(Fate::Before(Box::new(row.clone())));
            }
            if let Some(index) = here {
                return Ok(Fate::Again(index));
            }
        }
        may_post(&access, self.now)?;
        self.check_reply(&letter)?;
        let index = self.rows.len();
        self.accept(letter);
        if let Some(key) = key {
            self.keys.insert(key, index);
        }
        Ok(Fate::New(index))
    }

    fn check_reply(&self, letter: &Letter) -> Result<(), MessagesError> {
        let Some(id) = letter.draft.reply_to else {
            return Ok(());
        };
        let answered = self.answered.get(&id);
        if answered.is_some_and(|row| row.room_id == letter.room) {
            return Ok(());
        }
        Err(MessagesError::Field(
            "reply_to",
            "there is no such message in this room",
        ))
    }

    fn accept(&mut self, letter: Letter) {
        let seq = self.heads.entry(letter.room).or_default();
        *seq += 1;
        self.moved.insert(letter.room, *seq);
        let mut row = Row::new(0, (letter.room, *seq), letter.actor.user_id, self.now);
        row.kind = kind_to(letter.draft.kind);
        row.content = letter.draft.content;
        row.client_id = letter.draft.client_id;
        row.digest = letter.digest;
        row.reply_to = letter.draft.reply_to;
        row.mentions_room = letter.calls.room;
        self.rows.push(row);
        self.calls.push(letter.calls);
    }
}

impl Desk {
    /// Stores and publishes a batch. An answer per letter, in order.
    pub(super) async fn post(
        &self,
        tx: &mut Tx<'_>,
        letters: Vec<Letter>,
    ) -> Result<Vec<Result<Posted, MessagesError>>, StorageError> {
        let accesses = self.accesses(tx, &letters).await;
        let mut batch = self.open_batch(tx, &letters, &accesses).await?;
        let fates: Vec<Result<Fate, MessagesError>> = letters
            .into_iter()
            .zip(accesses)
            .map(|(letter, access)| batch.decide(letter, access))
            .collect();
        let new = self.store_batch(tx, &mut batch).await?;
        let before = fates.iter().filter_map(|fate| match fate {
            Ok(Fate::Before(row)) => Some(row.as_ref().clone()),
            _ => None,
        });
        let before: Vec<Row> = before.collect();
        let mut before = self.views(tx.sql(), &before).await?.into_iter();
        let answers = fates.into_iter().map(|fate| {
            let (message, duplicate) = match fate? {
                Fate::New(index) => (new.get(index).cloned(), false),
                Fate::Again(index) => (new.get(index).cloned(), true),
                Fate::Before(_) => (before.next(), true),
            };
            let message = message.ok_or(StorageError::Unanswered)?;
            Ok(Posted { message, duplicate })
        });
        Ok(answers.collect())
    }

    /// What each sender is to the room, at this place in the order of commits: from memory, unless something earlier in
    /// this transaction may have changed it.
    async fn accesses(
        &self,
        tx: &Tx<'_>,
        letters: &[Letter],
    ) -> Vec<Result<Access, MessagesError>> {
        let mut accesses = Vec::with_capacity(letters.len());
        for letter in letters {
            let access = if tx.is_behind(Stream::Room(letter.room)) {
                Rooms::access_in(tx, letter.room, &letter.actor).await
            } else {
                self.rooms.access(letter.room, &letter.actor).await
            };
            accesses.push(access.map_err(MessagesError::from));
        }
        accesses
    }

    /// Locks the rooms that something may be said in, and reads what the decisions depend on.
    async fn open_batch(
        &self,
        tx: &mut Tx<'_>,
        letters: &[Letter],
        accesses: &[Result<Access, MessagesError>],
    ) -> Result<Batch, StorageError> {
        let members = accesses.iter().flatten().filter(|a| a.is_member());
        let kinds: HashMap<RoomId, RoomKind> = members.map(|a| (a.room_id, a.kind)).collect();
        let rooms: BTreeSet<RoomId> = kinds.keys().copied().collect();
        let heads = tx.lock_rooms(&Vec::from_iter(rooms)).await?;
        let keys: BTreeSet<(UserId, &str)> = letters.iter().filter_map(Letter::key).collect();
        let keys = Vec::from_iter(keys);
        let mut before = store::by_client_ids(tx.sql(), &keys).await?;
        if self.has_removed.load(Ordering::Acquire) {
            before.extend(load_removed(tx, &keys, letters).await?);
        }
        let key = |row: Row| Some(((row.sender_id, row.client_id.clone()?), row));
        let ids: BTreeSet<MessageId> = letters.iter().filter_map(|l| l.draft.reply_to).collect();
        let answered = store::by_ids(tx.sql(), &Vec::from_iter(ids)).await?;
        Ok(Batch {
            now: tx.now(),
            heads,
            moved: BTreeMap::new(),
            before: before.into_iter().filter_map(key).collect(),
            answered: answered.into_iter().map(|row| (row.id, row)).collect(),
            rows: Vec::with_capacity(letters.len()),
            calls: Vec::with_capacity(letters.len()),
            kinds,
            keys: HashMap::new(),
        })
    }

    /// Writes the new messages and publishes them, in order.
    async fn store_batch(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch,
    ) -> Result<Vec<Message>, StorageError> {
        if batch.rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = &self.kernel.ids;
        let ids = ids.take(tx.sql(), Kind::Message, batch.rows.len()).await?;
        for (row, id) in batch.rows.iter_mut().zip(ids) {
            row.id = id;
        }
        let mentions = self.resolve(&batch.rows, &batch.calls).await?;
        tx.advance_rooms(&batch.moved).await?;
        store::insert(tx.sql(), &batch.rows).await?;
        beside::insert_mentions(tx.sql(), &mentions).await?;
        let entries: Vec<_> = batch.rows.iter().map(entry_of).collect();
        tx.insert(&entries).await?;
        self.note_new(tx, &batch.rows, &batch.kinds, &mentions, &batch.answered)
            .await?;
        let mut beside = self.beside_new(batch, mentions).await?;
        let messages: Vec<Message> = batch
            .rows
            .iter()
            .map(|row| beside.view(row, DeliveryStatus::Sent))
            .collect();
        for message in &messages {
            publish(tx, message.clone());
        }
        Ok(messages)
    }

    /// What new messages have beside their rows, without asking the database again.
    async fn beside_new(
        &self,
        batch: &mut Batch,
        mentions: Vec<Mention>,
    ) -> Result<Beside, StorageError> {
        let answered = std::mem::take(&mut batch.answered);
        let senders = batch.rows.iter().chain(answered.values());
        let senders: BTreeSet<UserId> = senders.map(|row| row.sender_id).collect();
        let mut beside = Beside {
            briefs: self.accounts.briefs(&Vec::from_iter(senders)).await?,
            answered,
            ..Beside::default()
        };
        for mention in mentions {
            let people = beside.mentions.entry(mention.message_id).or_default();
            people.push(mention.user_id);
        }
        Ok(beside)
    }

    /// The members whom messages call, in the order of their ids. Names of others are plain text, and so are the names of
    /// those who have blocked the writer.
    pub(super) async fn resolve(
        &self,
        rows: &[Row],
        calls: &[Calls],
    ) -> Result<Vec<Mention>, StorageError> {
        let names: BTreeSet<&str> = calls.iter().flat_map(Calls::names).collect();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.accounts.named(&Vec::from_iter(names)).await?;
        let mut mentions = Vec::new();
        for (row, calls) in rows.iter().zip(calls).filter(|(_, c)| !c.is_empty()) {
            let members = self.rooms.member_ids(row.room_id).await?;
            let member = |name: &String| {
                let user = *known.get(name.as_str())?;
                members.binary_search(&user).is_ok().then_some(user)
            };
            let called = calls
                .people
                .iter()
                .filter_map(|n| n.iter().find_map(member));
            let mut people = Vec::new();
            for user in called {
                if !people.contains(&user) && people.len() < mentions::MOST {
                    people.push(user);
                }
            }
            let deaf = self.friends.blockers_of(row.sender_id, &people).await?;
            people.retain(|user| !deaf.contains(user));
            people.sort_unstable();
            mentions.extend(people.into_iter().map(|user_id| Mention {
                message_id: row.id,
                user_id,
            }));
        }
        Ok(mentions)
    }
}

/// What was sent under these client ids and is gone. What it said is not known any more: in the same room it is taken to
/// have been the same.
async fn load_removed(
    tx: &Tx<'_>,
    keys: &[(UserId, &str)],
    letters: &[Letter],
) -> Result<Vec<Row>, StorageError> {
    let mut rows = store::removed_by_client_ids(tx.sql(), keys).await?;
    for row in &mut rows {
        let key = Some((row.sender_id, row.client_id.as_deref().unwrap_or_default()));
        let same = letters
            .iter()
            .find(|letter| letter.key() == key && letter.room == row.room_id);
        row.digest = same.map_or(row.digest, |letter| letter.digest);
    }
    Ok(rows)
}

pub(super) fn entry_of(row: &Row) -> (Stream, Seq, NewEntry) {
    let entry = NewEntry {
        kind: NEW_MESSAGE,
        actor: Some(row.sender_id),
        about: row.id,
        body: String::new(),
    };
    (Stream::Room(row.room_id), row.seq, entry)
}

pub(super) fn publish(tx: &mut Tx<'_>, message: Message) {
    let event = NewMessage {
        room_id: message.room_id,
        seq: message.seq,
        message,
    };
    tx.publish(Signal::event(Stream::Room(event.room_id), event));
}

/// The lane that all letters take.
pub(super) fn lane(desk: Arc<Desk>) -> super::SendLane {
    let log = desk.kernel.log.clone();
    crate::kernel::log::Lane::new(log, move |tx: &mut Tx<'_>, letters: Vec<Letter>| {
        let desk = desk.clone();
        Box::pin(async move { desk.post(tx, letters).await })
    })
}
