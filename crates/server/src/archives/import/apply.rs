//! Bringing in the messages of a file that holds, a stretch in a transaction each.

use super::item::{Item, Rooms};
use super::{Checked, Destination, ImportError};
use crate::accounts::placeholder::{Acquainted, Stranger};
use crate::archives::Archives;
use crate::archives::format::RoomLine;
use crate::archives::writer::hex;
use crate::messages::{Brought, Foreign};
use crate::rooms::RoomsError;
use aws_lc_rs::digest;
use parlor_protocol::archives::ImportReport;
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, UserId};
use std::collections::HashMap;
use tokio::runtime::Handle;

/// Messages of one transaction.
const STRETCH: usize = 200;

/// What is known while a file is brought in.
struct Work<'a> {
    archives: &'a Archives,
    handle: &'a Handle,
    is_dry_run: bool,
    rooms: Rooms,
    report: ImportReport,
    /// The people of the file, and who they are here; nobody, where that is not to be decided.
    people: HashMap<UserId, Option<UserId>>,
    /// Its rooms, and which they are here.
    places: HashMap<RoomId, RoomId>,
    /// Its messages, and which they are here.
    messages: HashMap<MessageId, MessageId>,
    waiting: Vec<Item>,
    /// What new messages say, as the file has it and as it is stored.
    hashes: [digest::Context; 2],
}

/// Brings in a file that was checked, or says what that would do.
pub(super) fn apply(
    archives: &Archives,
    handle: &Handle,
    checked: Checked,
    is_dry_run: bool,
    note: &dyn Fn(u64, u64),
) -> Result<ImportReport, ImportError> {
    let Checked {
        messages,
        rooms,
        mut source,
    } = checked;
    let mut work = Work {
        archives,
        handle,
        is_dry_run,
        rooms,
        report: ImportReport::default(),
        people: HashMap::new(),
        places: HashMap::new(),
        messages: HashMap::new(),
        waiting: Vec::with_capacity(STRETCH),
        hashes: [(); 2].map(|()| digest::Context::new(&digest::SHA256)),
    };
    // Everybody is known by name before the first message mentions them.
    source.each(&mut |item| work.meet(&item))?;
    source.each(&mut |item| {
        let leaves = work.waiting.first();
        let leaves = leaves.is_some_and(|first| first.room_id != item.room_id);
        if leaves || work.waiting.len() >= STRETCH {
            work.flush()?;
            note(work.report.messages, messages);
        }
        work.waiting.push(item);
        Ok(())
    })?;
    work.flush()?;
    note(work.report.messages, messages);
    work.end()
}

impl Work<'_> {
    /// Finds out who somebody is here.
    fn meet(&mut self, item: &Item) -> Result<(), ImportError> {
        if self.people.contains_key(&item.user_id) {
            return Ok(());
        }
        let stranger = Stranger {
            username: item.username.clone(),
            nickname: item.nickname.clone(),
        };
        let accounts = self.archives.accounts.clone();
        let known = self.handle.block_on(accounts.recognise(&stranger))?;
        self.report.people += 1;
        let here = match known {
            Acquainted::Known(user) => Some(user),
            Acquainted::Unknown => {
                self.report.strangers += 1;
                if self.is_dry_run {
                    None
                } else {
                    Some(self.handle.block_on(accounts.acquaint(stranger))?)
                }
            }
        };
        self.people.insert(item.user_id, here);
        Ok(())
    }

    /// Brings in what waits, which is of one room.
    fn flush(&mut self) -> Result<(), ImportError> {
        let all = std::mem::take(&mut self.waiting);
        self.report.messages += all.len() as u64;
        let (items, deleted): (Vec<Item>, Vec<Item>) =
            all.into_iter().partition(|item| !item.is_deleted);
        self.report.deleted += deleted.len() as u64;
        let Some(first) = items.first() else {
            return Ok(());
        };
        let messages = self.archives.messages.clone();
        if self.is_dry_run {
            let foreign = items.iter().map(|item| self.foreign(item));
            let foreign: Vec<Foreign> = foreign.collect();
            let known = self.handle.block_on(messages.count_known(&foreign))? as u64;
            self.report.known += known;
            self.report.new += items.len() as u64 - known;
            return Ok(());
        }
        let room = self.place(first)?;
        // An answer may stand in the same stretch as what it answers: then it waits for the next.
        let mut rest = items.as_slice();
        while !rest.is_empty() {
            let ahead = |at: usize| {
                let answered = rest[at].reply_to;
                answered.is_some_and(|id| rest[..at].iter().any(|item| item.id == id))
            };
            let count = (1..rest.len()).find(|at| ahead(*at)).unwrap_or(rest.len());
            let (now, later) = rest.split_at(count);
            self.bring(room, now)?;
            rest = later;
        }
        Ok(())
    }

    fn bring(&mut self, room: RoomId, items: &[Item]) -> Result<(), ImportError> {
        let foreign = items.iter().map(|item| self.foreign(item));
        let foreign: Vec<Foreign> = foreign.collect();
        let messages = self.archives.messages.clone();
        let answers = self.handle.block_on(messages.import(room, foreign))?;
        let mut new = Vec::new();
        for (item, answer) in items.iter().zip(answers) {
            match answer {
                Brought::New(id) => {
                    self.report.new += 1;
                    self.messages.insert(item.id, id);
                    new.push((id, item));
                }
                Brought::Known(id) => {
                    self.report.known += 1;
                    self.messages.insert(item.id, id);
                }
                Brought::Refused => self.report.refused += 1,
            }
        }
        let ids: Vec<MessageId> = new.iter().map(|(id, _)| *id).collect();
        let stored = self.handle.block_on(messages.contents(&ids))?;
        let stored: HashMap<MessageId, String> = stored.into_iter().collect();
        for (id, item) in new {
            self.hashes[0].update(item.content.as_bytes());
            self.hashes[1].update(stored.get(&id).map_or("", String::as_str).as_bytes());
        }
        Ok(())
    }

    fn foreign(&mut self, item: &Item) -> Foreign {
        let here = |user: &UserId| self.people.get(user).copied().flatten();
        // Nobody has the number 0: whom a dry run does not make.
        let sender = here(&item.user_id).unwrap_or(0);
        let mut reactions = Vec::new();
        for (emoji, people) in &item.reactions {
            for user in people {
                match here(user) {
                    Some(user) => reactions.push((emoji.clone(), user)),
                    None => self.report.lost_reactions += 1,
                }
            }
        }
        Foreign {
            identity: item.identity(),
            id: item.id,
            sender,
            kind: item.kind,
            content: item.content.clone(),
            created_at: item.timestamp,
            edited_at: item.edited_at,
            reply_to: item.reply_to.and_then(|id| self.messages.get(&id).copied()),
            mentions: item.mentions.iter().filter_map(here).collect(),
            mentions_room: item.mentions_room,
            reactions,
            pinned_at: item.pinned_at,
        }
    }

    /// The room here that a message goes into.
    fn place(&mut self, item: &Item) -> Result<RoomId, ImportError> {
        if let Some(room) = self.places.get(&item.room_id) {
            return Ok(*room);
        }
        let owner = self.people.get(&item.user_id).copied().flatten();
        let rooms = self.archives.rooms.clone();
        let room = match &self.rooms {
            Rooms::One(Destination::Room(room)) => *room,
            Rooms::One(Destination::Named(name)) => {
                self.handle.block_on(rooms.room_for(name, true, None))?
            }
            Rooms::Several(all) => {
                let line = all.get(&item.room_id);
                match (line.and_then(peer_of), owner) {
                    (Some(peer), Some(owner)) => {
                        let accounts = self.archives.accounts.clone();
                        let peer = self.handle.block_on(accounts.acquaint(peer))?;
                        match self.handle.block_on(rooms.direct_for(owner, peer)) {
                            // They keep apart here: what was said stays with whom it belongs to.
                            Err(RoomsError::Refused(_)) => {
                                self.own_room(item, None, Some(owner))?
                            }
                            room => room?,
                        }
                    }
                    _ => self.own_room(item, line, owner)?,
                }
            }
        };
        self.places.insert(item.room_id, room);
        Ok(room)
    }

    /// The room for what somebody said in a room of another server: the one of the same name, where it is as open and, if it
    /// is private, they are in it. What was private is not told to others.
    fn own_room(
        &self,
        item: &Item,
        line: Option<&RoomLine>,
        owner: Option<UserId>,
    ) -> Result<RoomId, ImportError> {
        let known = line.and_then(|line| line.name.clone().filter(|name| !name.is_empty()));
        let is_private = known.is_none() || line.is_none_or(|line| line.is_private);
        let fallback = format!("{} of {}", item.room_id, item.username);
        let names = known.into_iter().map(|name| (name, is_private));
        for (name, is_private) in names.chain([(fallback, true)]) {
            if self.fits(&name, is_private, owner)? {
                let rooms = &self.archives.rooms;
                let room = rooms.room_for(&name, is_private, owner);
                return Ok(self.handle.block_on(room)?);
            }
        }
        Err(ImportError::Archive(format!(
            "there is no name left for room {}",
            item.room_id
        )))
    }

    /// Whether there is no room of this name, or one that such messages may go into.
    fn fits(
        &self,
        name: &str,
        is_private: bool,
        owner: Option<UserId>,
    ) -> Result<bool, ImportError> {
        let rooms = &self.archives.rooms;
        let Some(room) = self.handle.block_on(rooms.named_room(name))? else {
            return Ok(true);
        };
        let card = self.handle.block_on(rooms.card(room))?;
        let is_as_open = card.is_some_and(|card| card.is_private == is_private);
        let is_inside = match owner {
            Some(owner) => self.handle.block_on(rooms.is_member(room, owner))?,
            None => false,
        };
        Ok(is_as_open && (!is_private || is_inside))
    }

    /// Every message is accounted for, and what was stored is what the file says.
    fn end(mut self) -> Result<ImportReport, ImportError> {
        let report = &self.report;
        let told = report.new + report.known + report.deleted + report.refused;
        let [sent, stored] = self.hashes.map(digest::Context::finish);
        if told != report.messages || sent.as_ref() != stored.as_ref() {
            return Err(ImportError::Unverified);
        }
        self.report.sha256 = hex(stored.as_ref());
        Ok(self.report)
    }
}

fn peer_of(room: &RoomLine) -> Option<Stranger> {
    let peer = room
        .peer
        .clone()
        .filter(|_| room.kind == Some(RoomKind::Direct))?;
    Some(Stranger {
        nickname: peer.clone(),
        username: peer,
    })
}
