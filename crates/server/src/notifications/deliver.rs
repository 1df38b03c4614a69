//! Making notifications, and telling the devices of those whom they are for: each in their own log.

use super::model::{Row, Shown, kind_to};
use super::{NOTIFIED, READ, REMOVED, store};
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::ids::{Ids, Kind};
use crate::kernel::log::{NewEntry, Stream, Tx};
use parlor_protocol::events::{NotificationsRead, NotificationsRemoved, Notified, ServerEvent};
use parlor_protocol::notifications::NotificationType;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use std::collections::BTreeMap;

/// What people are told of.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause {
    /// Its name: nobody is told twice of the same.
    pub(super) name: String,
    /// Who is behind it.
    pub(super) actor: Option<UserId>,
    /// In which room, and at which place of its log; 0 for none.
    pub(super) room: Option<RoomId>,
    pub(super) seq: Seq,
    /// The message it leads to.
    pub(super) message: Option<MessageId>,
    /// What the rest does not say, as JSON.
    pub(super) body: String,
}

impl Cause {
    fn row(&self, id: i64, user: UserId, kind: NotificationType, now: i64) -> Row {
        Row {
            id,
            user_id: user,
            kind: kind_to(kind),
            cause: self.name.clone(),
            actor_id: self.actor,
            room_id: self.room,
            message_id: self.message,
            seq: self.seq,
            last_seq: self.seq,
            body: self.body.clone(),
            created_at: now,
            read_at: None,
        }
    }
}

/// Tells some people of a cause, those who were not told of it before.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    ids: &Ids,
    cause: &Cause,
    mut people: BTreeMap<UserId, NotificationType>,
    shown: &Shown,
) -> Result<(), StorageError> {
    let users: Vec<UserId> = people.keys().copied().collect();
    let known = store::told_of(tx.sql(), &cause.name, &users).await?;
    people.retain(|user, _| !known.contains(user));
    if people.is_empty() {
        return Ok(());
    }
    let ids = ids.take(tx.sql(), Kind::Notification, people.len()).await?;
    let now = tx.now().0;
    let rows = people.into_iter().zip(ids);
    let rows = rows.map(|((user, kind), id)| cause.row(id, user, kind, now));
    let rows: Vec<Row> = rows.collect();
    store::insert(tx.sql(), &rows).await?;
    announce(tx, &rows, shown).await
}

/// Tells people's devices of notifications, at most one of each person.
pub(super) async fn announce(
    tx: &mut Tx<'_>,
    rows: &[Row],
    shown: &Shown,
) -> Result<(), StorageError> {
    let entry = |row: &Row| NewEntry {
        kind: NOTIFIED,
        actor: row.actor_id,
        about: row.id,
        body: String::new(),
    };
    let entries = rows.iter().map(|row| (row.user_id, entry(row))).collect();
    let places = tx.append_own(entries).await?;
    for row in rows {
        let Some(user_seq) = places.get(&row.user_id).copied() else {
            continue;
        };
        let event = Notified {
            user_seq,
            notification: row.view(false, shown),
        };
        tx.publish(Signal::event(Stream::User(row.user_id), event));
    }
    Ok(())
}

/// Tells somebody's devices that some of their notifications are read.
pub(super) async fn announce_read(
    tx: &mut Tx<'_>,
    user: UserId,
    ids: &[i64],
) -> Result<(), StorageError> {
    announce_ids(tx, user, READ, ids, |user_seq, ids| {
        NotificationsRead { user_seq, ids }.into()
    })
    .await
}

/// Tells somebody's devices that some of their notifications are gone.
pub(super) async fn announce_removed(
    tx: &mut Tx<'_>,
    user: UserId,
    ids: &[i64],
) -> Result<(), StorageError> {
    announce_ids(tx, user, REMOVED, ids, |user_seq, ids| {
        NotificationsRemoved { user_seq, ids }.into()
    })
    .await
}

/// The most notifications that one event names.
const NAMED: usize = 500;

async fn announce_ids(
    tx: &mut Tx<'_>,
    user: UserId,
    kind: &'static str,
    ids: &[i64],
    event: impl Fn(Seq, Vec<i64>) -> ServerEvent,
) -> Result<(), StorageError> {
    for chunk in ids.chunks(NAMED) {
        let entry = NewEntry {
            kind,
            actor: Some(user),
            about: 0,
            // A list of numbers: writing it cannot fail.
            body: serde_json::to_string(chunk).unwrap_or_default(),
        };
        let stream = Stream::User(user);
        let user_seq = tx.append(stream, entry).await?;
        tx.publish(Signal::event(stream, event(user_seq, chunk.to_vec())));
    }
    Ok(())
}
