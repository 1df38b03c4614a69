//! From notes of what has happened to notifications. A note is handled a page of people at a time, each in a transaction
//! that also says how far it has come: what a stop interrupts goes on where it was, and nobody is told twice.

use super::deliver::{Cause, tell};
use super::model::{Shown, kind_to};
use super::rules::{is_for_everybody, reason, stands_for_all, wants};
use super::{Notifications, store};
use crate::friends::FriendNote;
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use crate::kernel::outbox::{self, Handled};
use crate::messages::{MessageNote, Messages};
use crate::rooms::{Rooms, StandingNote};
use parlor_protocol::notifications::{NotedRequest, NotificationType};
use parlor_protocol::{Seq, UserId};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People told in one transaction: bounds how long those wait who write meanwhile.
const PAGE: usize = 100;

/// The first of some people, who are known up to one of them or all; and up to whom they are, where more may follow.
fn page_of(
    people: impl Iterator<Item = UserId>,
    known_up_to: Option<UserId>,
) -> (Vec<UserId>, Option<UserId>) {
    let known = people.filter(|user| known_up_to.is_none_or(|last| *user <= last));
    let page: Vec<UserId> = known.take(PAGE).collect();
    let is_full = page.len() == PAGE;
    let last = page.last().copied().filter(|_| is_full).or(known_up_to);
    (page, last)
}

type People = BTreeMap<UserId, NotificationType>;

impl Notifications {
    /// Tells those whom a message concerns.
    pub(super) async fn on_message(&self, id: i64, body: &str) -> Result<Handled, StorageError> {
        let Some(mut note) = self.read::<MessageNote>(id, body).await? else {
            return Ok(Handled::Done);
        };
        self.kernel.ids.top_up(Kind::Notification).await?;
        let (page, last) = self.audience(&note).await?;
        let people = self.choose(&note, page).await?;
        let shown = Shown {
            people: self.accounts.briefs(&[note.by]).await?,
            ..Shown::default()
        };
        let ids = self.kernel.ids.clone();
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                tell_of_message(tx, &ids, &note, people, shown).await?;
                let Some(last) = last else {
                    outbox::settle(tx.sql(), id).await?;
                    return Ok(Handled::Done);
                };
                note.told_up_to = last;
                outbox::go_on(tx.sql(), id, &note.body()).await?;
                Ok(Handled::InPart)
            })
        });
        commit.await
    }

    /// The next of those whom a message may concern, in the order of their ids; and up to whom, where there may be more.
    async fn audience(
        &self,
        note: &MessageNote,
    ) -> Result<(Vec<UserId>, Option<UserId>), StorageError> {
        let members = self.rooms.member_ids(note.room_id).await?;
        let after = members.partition_point(|user| *user <= note.told_up_to);
        let members = &members[after..];
        if is_for_everybody(note) {
            return Ok(page_of(members.iter().copied(), None));
        }
        let called = note.mentioned.iter().chain(&note.answered).copied();
        let mut people: BTreeSet<UserId> = called.collect();
        let mut known_up_to = None;
        if super::holds(&self.followed, note.room_id) {
            let (sql, most) = (self.kernel.db.read(), i64::try_from(PAGE).unwrap_or(100));
            let followers = store::settings::followers(sql, note.room_id, note.told_up_to, most);
            let followers = followers.await?;
            known_up_to = followers
                .last()
                .copied()
                .filter(|_| followers.len() == PAGE);
            people.extend(followers);
        }
        let inside = people
            .into_iter()
            .filter(|user| members.binary_search(user).is_ok());
        Ok(page_of(inside, known_up_to))
    }

    /// Those of some people who want to be told of a message, and as what.
    async fn choose(&self, note: &MessageNote, page: Vec<UserId>) -> Result<People, StorageError> {
        let sql = self.kernel.db.read();
        let deaf = self.friends.blockers_of(note.by, &page).await?;
        let levels = store::settings::levels(sql, note.room_id, &page).await?;
        let unwanted = store::settings::unwanted(sql, &page).await?;
        let choose = |user: UserId| {
            let kind = reason(note, user)?;
            let level = levels.get(&user).copied();
            let wanted = wants(level, note.room_kind, kind)
                && !deaf.contains(&user)
                && !unwanted.contains(&(user, kind));
            wanted.then_some((user, kind))
        };
        Ok(page.into_iter().filter_map(choose).collect())
    }

    /// Tells somebody that they are asked to be a friend, or that somebody has said yes.
    pub(super) async fn on_friend(&self, id: i64, body: &str) -> Result<Handled, StorageError> {
        let Some(note) = self.read::<FriendNote>(id, body).await? else {
            return Ok(Handled::Done);
        };
        let request = NotedRequest {
            id: note.request_id,
            accepted: note.accepted,
        };
        let step = if note.accepted { "accepted" } else { "asked" };
        let cause = Cause {
            name: format!("{step} {}", note.request_id),
            actor: Some(note.by),
            // A plain struct: writing it cannot fail.
            body: serde_json::to_string(&request).unwrap_or_default(),
            ..Cause::default()
        };
        self.tell_one(id, note.user_id, NotificationType::Friend, cause)
            .await
    }

    /// Tells somebody that their standing in a room has changed.
    pub(super) async fn on_standing(&self, id: i64, body: &str) -> Result<Handled, StorageError> {
        let Some(note) = self.read::<StandingNote>(id, body).await? else {
            return Ok(Handled::Done);
        };
        let cause = Cause {
            name: format!("standing {} {}", note.room_id, note.seq),
            actor: Some(note.by),
            room: Some(note.room_id),
            seq: note.seq,
            // A plain enum: writing it cannot fail.
            body: serde_json::to_string(&note.change).unwrap_or_default(),
            message: None,
        };
        self.tell_one(id, note.user_id, NotificationType::System, cause)
            .await
    }

    async fn tell_one(
        &self,
        note: i64,
        user: UserId,
        kind: NotificationType,
        cause: Cause,
    ) -> Result<Handled, StorageError> {
        let is_wanted = self.is_wanted(user, kind, &cause).await?;
        let by: Vec<UserId> = cause.actor.into_iter().collect();
        let shown = Shown {
            people: self.accounts.briefs(&by).await?,
            ..Shown::default()
        };
        let ids = self.kernel.ids.clone();
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                let is_inside = match cause.room {
                    Some(room) => !Rooms::read_marks(tx.sql(), room, &[user]).await?.is_empty(),
                    None => true,
                };
                if is_wanted && is_inside {
                    tell(tx, &ids, &cause, [(user, kind)].into(), &shown).await?;
                }
                outbox::settle(tx.sql(), note).await?;
                Ok(Handled::Done)
            })
        });
        commit.await
    }

    /// Whether somebody wants to be told of something of this type by whoever is behind it.
    pub(super) async fn is_wanted(
        &self,
        user: UserId,
        kind: NotificationType,
        cause: &Cause,
    ) -> Result<bool, StorageError> {
        let unwanted = store::settings::unwanted(self.kernel.db.read(), &[user]).await?;
        if unwanted.contains(&(user, kind)) {
            return Ok(false);
        }
        Ok(match cause.actor {
            Some(actor) => self.friends.blockers_of(actor, &[user]).await?.is_empty(),
            None => true,
        })
    }

    /// Reads a note. One that cannot be read is put away: it must not keep others from being handled.
    async fn read<T: DeserializeOwned>(
        &self,
        id: i64,
        body: &str,
    ) -> Result<Option<T>, StorageError> {
        match serde_json::from_str(body) {
            Ok(note) => Ok(Some(note)),
            Err(error) => {
                tracing::error!(%error, id, "a note cannot be read");
                outbox::settle(self.kernel.db.write(), id).await?;
                Ok(None)
            }
        }
    }
}

/// Tells some people of a message that is there, but for those who have read it or are in the room no more. Where one
/// notification stands for all that is unread, there is one.
async fn tell_of_message(
    tx: &mut Tx<'_>,
    ids: &crate::kernel::ids::Ids,
    note: &MessageNote,
    mut people: People,
    mut shown: Shown,
) -> Result<(), StorageError> {
    if people.is_empty() {
        return Ok(());
    }
    shown.messages = Messages::heard(tx.sql(), &[note.message_id]).await?;
    if shown.messages.is_empty() {
        return Ok(());
    }
    let users: Vec<UserId> = people.keys().copied().collect();
    let marks = Rooms::read_marks(tx.sql(), note.room_id, &users).await?;
    people.retain(|user, _| marks.get(user).is_some_and(|mark| *mark < note.seq));
    let covered = cover(tx, note, &people, &marks).await?;
    people.retain(|user, _| !covered.contains(user));
    let cause = Cause {
        name: format!("message {}", note.message_id),
        actor: Some(note.by),
        room: Some(note.room_id),
        seq: note.seq,
        message: Some(note.message_id),
        body: String::new(),
    };
    tell(tx, ids, &cause, people, &shown).await
}

/// Lets notifications that stand for all that is unread in the room stand for a message too, and answers whose they are.
async fn cover(
    tx: &mut Tx<'_>,
    note: &MessageNote,
    people: &People,
    marks: &HashMap<UserId, Seq>,
) -> Result<BTreeSet<UserId>, StorageError> {
    let mut covered = BTreeSet::new();
    let kinds: BTreeSet<NotificationType> = people.values().copied().collect();
    for kind in kinds.into_iter().filter(|kind| stands_for_all(*kind)) {
        let of_kind = people.iter().filter(|(_, one)| **one == kind);
        let users: Vec<UserId> = of_kind.map(|(user, _)| *user).collect();
        let open = store::open_in(tx.sql(), (note.room_id, kind_to(kind)), &users).await?;
        // What has been read meanwhile stands for nothing any more.
        let open: Vec<_> = open
            .into_values()
            .filter(|open| marks.get(&open.user_id).is_some_and(|m| *m < open.last_seq))
            .collect();
        let ids: Vec<i64> = open.iter().map(|open| open.id).collect();
        store::extend(tx.sql(), &ids, note.seq).await?;
        covered.extend(open.iter().map(|open| open.user_id));
    }
    Ok(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_passed_over_between_two_pages() {
        // All are known, and fit.
        assert_eq!(page_of([3, 5].into_iter(), None), (vec![3, 5], None));
        // Followers are known up to 70, most of whom have left: who was called by name comes in a later page.
        assert_eq!(
            page_of([3, 5000].into_iter(), Some(70)),
            (vec![3], Some(70))
        );
        assert_eq!(page_of([5000].into_iter(), Some(70)), (vec![], Some(70)));
        let many: Vec<UserId> = (1..=150).collect();
        let (page, last) = page_of(many.iter().copied(), Some(120));
        assert_eq!((page.len(), last), (PAGE, Some(100)));
    }
}
