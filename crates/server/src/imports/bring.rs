//! A page of a table, brought over in one transaction.

use super::plan::{Brings, Friendship, Membership, Place, Saying, Standing, Step};
use super::record::Record;
use super::store::{self, Mark, Which};
use super::{ImportError, Target};
use crate::accounts::take_over::PastPerson;
use crate::friends::Friends;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use crate::messages::PastMessage;
use crate::rooms::take_over::PastMember;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::{RoomId, UserId};
use std::collections::{BTreeMap, HashMap};

/// The step under which people are noted who wrote something and are in no table of people.
pub(super) const GONE: &str = "people who are gone";

/// What has become of whom and what, so far.
#[derive(Debug, Default)]
pub(super) struct Known {
    people: HashMap<String, UserBrief>,
    /// By their names in lower case: where names name people, some databases let them vary.
    folded: HashMap<String, UserBrief>,
    rooms: HashMap<&'static str, HashMap<String, RoomId>>,
    directs: HashMap<(UserId, UserId), RoomId>,
}

impl Known {
    pub(super) fn add_person(&mut self, old: String, user: UserBrief) {
        self.folded.insert(old.to_lowercase(), user.clone());
        self.people.insert(old, user);
    }

    pub(super) fn add_room(&mut self, step: &'static str, old: String, room: RoomId) {
        self.rooms.entry(step).or_default().insert(old, room);
    }

    fn person(&self, old: Option<&String>) -> Option<&UserBrief> {
        let old = old?;
        let folded = || self.folded.get(&old.to_lowercase());
        self.people.get(old).or_else(folded)
    }

    fn room(&self, step: &str, old: Option<&String>) -> Option<RoomId> {
        self.rooms.get(step)?.get(old?).copied()
    }
}

/// A page on its way.
pub(super) struct Page<'p, 't> {
    pub(super) target: &'p Target,
    pub(super) tx: &'p mut Tx<'t>,
    pub(super) of: Which<'p>,
    pub(super) step: &'static Step,
    pub(super) known: &'p mut Known,
    became: Vec<(String, i64)>,
    notes: Vec<String>,
    stayed: BTreeMap<&'static str, usize>,
    kept: i64,
}

impl<'p, 't> Page<'p, 't> {
    pub(super) fn new(
        target: &'p Target,
        tx: &'p mut Tx<'t>,
        of: Which<'p>,
        step: &'static Step,
        known: &'p mut Known,
    ) -> Self {
        Self {
            target,
            tx,
            of,
            step,
            known,
            became: Vec::new(),
            notes: Vec::new(),
            stayed: BTreeMap::new(),
            kept: 0,
        }
    }

    /// Brings rows over, and notes how far the step is.
    pub(super) async fn bring(
        mut self,
        rows: &[Record<'_>],
        mut mark: Mark,
    ) -> Result<(), ImportError> {
        match &self.step.brings {
            Brings::People(read) => {
                for row in rows {
                    self.person(row, &read(row)?).await?;
                }
            }
            Brings::Profiles(read) => {
                for row in rows {
                    let (user, profile) = read(row)?;
                    self.profile(&user, &profile).await?;
                }
            }
            Brings::Rooms(read) => {
                for row in rows {
                    let (past, owner) = read(row)?;
                    self.room(row, past, owner).await?;
                }
            }
            Brings::Members(of, read) => {
                for row in rows {
                    self.member(of, read(row)?).await?;
                }
            }
            Brings::Friends(read) => {
                for row in rows {
                    self.friendship(read(row)?).await?;
                }
            }
            Brings::Messages(of, read) => {
                let said = rows.iter().map(|row| Ok((row.id(), read(row)?)));
                let said = said.collect::<Result<_, ImportError>>()?;
                self.messages(of, said).await?;
            }
        }
        mark.done += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        mark.kept += self.kept;
        if let Some(last) = rows.last() {
            mark.place = serde_json::to_string(&last.key()).unwrap_or_default();
        }
        self.note(&mark).await
    }

    async fn note(mut self, mark: &Mark) -> Result<(), ImportError> {
        let (sql, step) = (self.tx.sql(), self.step.table.name);
        store::insert_ids(sql, self.of, step, &self.became).await?;
        for (why, count) in std::mem::take(&mut self.stayed) {
            self.notes.push(format!("{count} of {step} stayed: {why}"));
        }
        let ids = &self.target.kernel.ids;
        let ids = ids.take(sql, Kind::Row, self.notes.len()).await?;
        for (id, text) in ids.into_iter().zip(&self.notes) {
            store::insert_note(sql, self.of, id, text).await?;
        }
        Ok(store::set_mark(sql, self.of, step, mark).await?)
    }

    fn keep(&mut self, old: String, new: i64) {
        self.became.push((old, new));
        self.kept += 1;
    }

    fn leave(&mut self, why: &'static str) {
        *self.stayed.entry(why).or_default() += 1;
    }

    async fn person(&mut self, row: &Record<'_>, person: &PastPerson) -> Result<(), ImportError> {
        let id = row.id();
        let accounts = &self.target.accounts;
        let taken = accounts.take_over(self.tx, person, &id).await?;
        self.notes.extend(taken.notes);
        self.keep(id.clone(), taken.user.id);
        self.known.add_person(id, taken.user);
        Ok(())
    }

    async fn profile(&mut self, user: &String, profile: &PastPerson) -> Result<(), ImportError> {
        let Some(user) = self.known.person(Some(user)) else {
            self.leave("its person is not there");
            return Ok(());
        };
        let (accounts, user) = (&self.target.accounts, user.id);
        accounts.take_over_profile(self.tx, user, profile).await?;
        self.kept += 1;
        Ok(())
    }

    async fn room(
        &mut self,
        row: &Record<'_>,
        mut past: crate::rooms::take_over::PastRoom,
        owner: Option<String>,
    ) -> Result<(), ImportError> {
        let id = row.id();
        past.owner = match owner {
            Some(owner) => Some(self.whoever(Some(&owner)).await?),
            None => None,
        };
        let taken = self.target.rooms.take_over(self.tx, &past, &id).await?;
        self.notes.extend(taken.notes);
        self.keep(id.clone(), taken.room);
        self.known.add_room(self.step.table.name, id, taken.room);
        Ok(())
    }

    async fn member(&mut self, of: &str, member: Membership) -> Result<(), ImportError> {
        let Some(room) = self.known.room(of, member.room.as_ref()) else {
            self.leave("the room is not there");
            return Ok(());
        };
        let Some(user) = self.known.person(member.user.as_ref()).cloned() else {
            self.leave("the person is not there");
            return Ok(());
        };
        let past = PastMember {
            user,
            is_admin: member.is_admin,
            is_muted: member.is_muted,
            joined_at: member.joined_at,
        };
        let rooms = &self.target.rooms;
        rooms.take_over_member(self.tx, room, &past).await?;
        self.kept += 1;
        Ok(())
    }

    async fn friendship(&mut self, two: Friendship) -> Result<(), ImportError> {
        let from = self.known.person(two.from.as_ref()).map(|user| user.id);
        let to = self.known.person(two.to.as_ref()).map(|user| user.id);
        let (Some(from), Some(to)) = (from, to) else {
            self.leave("one of the two is not there");
            return Ok(());
        };
        let friends = &self.target.friends;
        let is_new = match two.is {
            Standing::Friends => Friends::take_over(self.tx, (from, to), two.since).await?,
            Standing::Asked => {
                let asked = friends.take_over_request(self.tx, (from, to), two.since);
                asked.await?
            }
            Standing::Settled => false,
        };
        if is_new {
            self.kept += 1;
        } else {
            self.leave("it is known already, or settled");
        }
        Ok(())
    }

    async fn messages(&mut self, of: &str, said: Vec<(String, Saying)>) -> Result<(), ImportError> {
        let (mut ids, mut past) = (Vec::new(), Vec::new());
        for (id, saying) in said {
            let author = self.whoever(saying.author.as_ref()).await?;
            let Some(room) = self.place(of, &saying.to, &author).await? else {
                self.leave("the room is not there");
                continue;
            };
            ids.push(id);
            past.push(PastMessage {
                room,
                sender: author.id,
                content: saying.content,
                kind: saying.kind,
                at: saying.at.unwrap_or(self.tx.now()),
                edited_at: saying.edited_at,
                is_deleted: saying.is_deleted,
            });
        }
        let stored = self.target.messages.take_over(self.tx, past).await?;
        for (old, new) in ids.into_iter().zip(stored) {
            self.keep(old, new);
        }
        Ok(())
    }

    /// Where something was said.
    async fn place(
        &mut self,
        of: &str,
        to: &Place,
        author: &UserBrief,
    ) -> Result<Option<RoomId>, ImportError> {
        let other = match to {
            Place::Room(room) => return Ok(self.known.room(of, room.as_ref())),
            Place::Person(other) => self.whoever(Some(other)).await?,
        };
        if other.id == author.id {
            return Ok(None);
        }
        let pair = (author.id.min(other.id), author.id.max(other.id));
        if let Some(room) = self.known.directs.get(&pair) {
            return Ok(Some(*room));
        }
        let rooms = &self.target.rooms;
        let made = rooms.take_over_direct(self.tx, author.clone(), other);
        let room = made.await?;
        self.known.directs.insert(pair, room);
        Ok(Some(room))
    }

    /// Somebody of the older system. Who is in no table of people any more, but has left something, gets an account
    /// that nobody can use.
    async fn whoever(&mut self, old: Option<&String>) -> Result<UserBrief, ImportError> {
        let nobody = "nobody".to_owned();
        let old = old.unwrap_or(&nobody);
        if let Some(user) = self.known.person(Some(old)) {
            return Ok(user.clone());
        }
        let is_number = old.bytes().all(|byte| byte.is_ascii_digit());
        let username = if is_number {
            format!("user-{old}")
        } else {
            old.clone()
        };
        let person = PastPerson {
            username,
            ..PastPerson::default()
        };
        let accounts = &self.target.accounts;
        let taken = accounts.take_over(self.tx, &person, old).await?;
        let name = &taken.user.username;
        let note = format!("{old:?} is in no table of people; what they left is {name:?}'s here");
        self.notes.push(note);
        let became = [(old.clone(), taken.user.id)];
        store::insert_ids(self.tx.sql(), self.of, GONE, &became).await?;
        self.known.add_person(old.clone(), taken.user.clone());
        Ok(taken.user)
    }
}
