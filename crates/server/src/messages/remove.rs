//! Removing what is too old, for good and a stretch at a time, so that nobody who writes waits for long.
//!
//! A room's log loses its beginning and nothing else: messages and entries up to one place go together, in one
//! transaction, and one entry at the end of the log says so. What a stop interrupts is therefore whole, and goes on with
//! the next stretch.

use super::store::{self, Old};
use super::{Desk, MESSAGES_REMOVED, Messages};
use crate::holds;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::log::{NewEntry, Stream, Tx};
use parlor_protocol::events::MessagesRemoved;
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};

/// The most messages that go at a time.
const STRETCH: i64 = 200;
/// The most entries of the log that go at a time.
const ENTRIES: i64 = 1_000;

/// What became of one stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Messages that are gone.
    pub messages: usize,
    /// There may be more to remove.
    pub more: bool,
}

impl Messages {
    /// Removes some of the oldest messages of a room that were said before a moment. It ends at the first that is younger
    /// or held, so that what remains is an unbroken stretch up to the present.
    pub async fn remove_before(
        &self,
        room: RoomId,
        before: Timestamp,
    ) -> Result<Removed, StorageError> {
        let oldest = store::oldest(self.desk.kernel.db.read(), room, 1).await?;
        if !oldest.iter().any(|old| old.created_at < before.0) {
            return Ok(Removed::default());
        }
        let (desk, log) = (self.desk.clone(), &self.desk.kernel.log);
        log.commit(move |tx| Box::pin(async move { desk.remove_stretch(tx, room, before).await }))
            .await
    }
}

impl Desk {
    async fn remove_stretch(
        &self,
        tx: &mut Tx<'_>,
        room: RoomId,
        before: Timestamp,
    ) -> Result<Removed, StorageError> {
        tx.lock_rooms(&[room]).await?;
        if holds::holds_room(tx.sql(), room).await? {
            return Ok(Removed::default());
        }
        let held = holds::held_people(tx.sql()).await?;
        let oldest = store::oldest(tx.sql(), room, STRETCH).await?;
        let (old, more) = stretch(&oldest, before, &held);
        let Some(last) = old.last() else {
            return Ok(Removed::default());
        };
        let stream = Stream::Room(room);
        let up_to = tx.cut(stream, last.seq, ENTRIES).await?;
        let ids = old.iter().filter(|old| old.seq <= up_to).map(|old| old.id);
        let ids: Vec<_> = ids.collect();
        store::remember_removed(tx.sql(), &ids).await?;
        store::delete_all(tx.sql(), &ids).await?;
        announce(tx, room, up_to).await?;
        Ok(Removed {
            messages: ids.len(),
            more: more || up_to < last.seq,
        })
    }
}

/// The first of some messages that are too old and that nobody holds; and whether others may follow them.
fn stretch<'a>(oldest: &'a [Old], before: Timestamp, held: &[UserId]) -> (&'a [Old], bool) {
    let may_go =
        |old: &Old| old.created_at < before.0 && held.binary_search(&old.sender_id).is_err();
    let count = oldest.iter().take_while(|old| may_go(old)).count();
    (&oldest[..count], count > 0 && count == oldest.len())
}

async fn announce(tx: &mut Tx<'_>, room: RoomId, up_to: Seq) -> Result<(), StorageError> {
    let stream = Stream::Room(room);
    let entry = NewEntry {
        kind: MESSAGES_REMOVED,
        actor: None,
        about: up_to,
        body: String::new(),
    };
    let seq = tx.append(stream, entry).await?;
    let event = MessagesRemoved {
        room_id: room,
        seq,
        up_to,
    };
    tx.publish(Signal::event(stream, event));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_at_what_is_young_or_held() {
        let old = |seq: Seq, sender_id: UserId, created_at: i64| Old {
            id: seq * 10,
            seq,
            sender_id,
            created_at,
        };
        let all = [
            old(2, 7, 100),
            old(3, 8, 200),
            old(5, 7, 300),
            old(6, 9, 250),
        ];
        let seqs = |before: i64, held: &[UserId]| {
            let (stretch, more) = stretch(&all, Timestamp(before), held);
            let seqs: Vec<Seq> = stretch.iter().map(|old| old.seq).collect();
            (seqs, more)
        };
        assert_eq!(seqs(100, &[]), (vec![], false));
        assert_eq!(seqs(101, &[]), (vec![2], false));
        // What is older but comes later waits for what is before it.
        assert_eq!(seqs(300, &[]), (vec![2, 3], false));
        assert_eq!(seqs(301, &[]), (vec![2, 3, 5, 6], true));
        assert_eq!(seqs(301, &[1, 8]), (vec![2], false));
        assert_eq!(seqs(301, &[7]), (vec![], false));
    }
}
