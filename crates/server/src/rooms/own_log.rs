//! What a person's own log says about rooms, told again: which have become theirs, which are theirs no longer, and where
//! they keep them.

use super::Rooms;
use super::events::{ROOM_JOINED, ROOM_REMOVED, SHELF_UPDATE};
use super::model::{RemovedBody, Shelf};
use crate::kernel::log::Entry;
use parlor_protocol::events::{RoomJoined, RoomRemoved, ServerEvent, ShelfUpdate};
use parlor_protocol::rooms::Room;
use parlor_protocol::{Problem, RoomId, UserId};
use serde::de::DeserializeOwned;
use std::collections::HashMap;

impl Rooms {
    /// Entries of a person's log that are this capability's, as events. Of each room the last that lets them in or out is
    /// told, with the room as it is now, and the last that says where they keep it; and only where it still holds: what
    /// has been undone since comes with an entry of its own.
    pub async fn replay_own(
        &self,
        reader: UserId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        let last = last_of_each(entries);
        let ids: Vec<RoomId> = last.iter().map(|entry| entry.ref_id).collect();
        let inside = self.views_inside(reader, &ids).await?.into_iter();
        let inside: HashMap<RoomId, Room> = inside.map(|room| (room.card.id, room)).collect();
        let event = |entry: &Entry| revive(entry, inside.get(&entry.ref_id));
        Ok(last.into_iter().filter_map(event).collect())
    }
}

/// The last entry of each kind about each room, in the order of the log.
fn last_of_each(entries: &[Entry]) -> Vec<&Entry> {
    let topic = |entry: &Entry| match entry.r#type.as_str() {
        ROOM_JOINED | ROOM_REMOVED => Some((ROOM_JOINED, entry.ref_id)),
        SHELF_UPDATE => Some((SHELF_UPDATE, entry.ref_id)),
        _ => None,
    };
    let ours = entries.iter().filter_map(|e| Some((topic(e)?, e)));
    let last: HashMap<(&str, RoomId), &Entry> = ours.collect();
    let mut last: Vec<&Entry> = last.into_values().collect();
    last.sort_unstable_by_key(|entry| entry.seq);
    last
}

/// The event of an entry, `room` being there where the person is in it now.
fn revive(entry: &Entry, room: Option<&Room>) -> Option<ServerEvent> {
    let room_id = entry.ref_id;
    match (entry.r#type.as_str(), room) {
        (ROOM_JOINED, Some(room)) => {
            let event = RoomJoined {
                room_id,
                seq: room.card.last_seq,
                user_seq: Some(entry.seq),
                room: room.clone(),
            };
            Some(event.into())
        }
        (ROOM_REMOVED, None) => {
            let body: RemovedBody = read(entry)?;
            let event = RoomRemoved {
                room_id,
                seq: body.seq,
                user_seq: entry.seq,
                reason: body.reason,
            };
            Some(event.into())
        }
        (SHELF_UPDATE, Some(_)) => {
            let shelf: Shelf = read(entry)?;
            let event = ShelfUpdate {
                room_id,
                user_seq: entry.seq,
                is_favourite: shelf.is_favourite,
                folder: shelf.folder,
            };
            Some(event.into())
        }
        _ => None,
    }
}

fn read<T: DeserializeOwned>(entry: &Entry) -> Option<T> {
    serde_json::from_str(&entry.body)
        .inspect_err(|_| tracing::warn!(seq = entry.seq, "an entry cannot be read"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, kind: &str, room: RoomId) -> Entry {
        Entry {
            seq,
            r#type: kind.to_owned(),
            actor_id: None,
            ref_id: room,
            body: r#"{"seq":7,"reason":"kicked"}"#.to_owned(),
            at: 0,
        }
    }

    #[test]
    fn of_each_room_the_last_counts_in_the_order_of_the_log() {
        let entries = [
            entry(1, ROOM_JOINED, 5),
            entry(2, ROOM_JOINED, 4),
            entry(3, "something_else", 4),
            entry(4, ROOM_REMOVED, 5),
            entry(5, SHELF_UPDATE, 4),
            entry(6, SHELF_UPDATE, 4),
        ];
        let last: Vec<i64> = last_of_each(&entries).iter().map(|e| e.seq).collect();
        assert_eq!(last, [2, 4, 6]);
    }

    #[test]
    fn what_does_not_hold_any_more_is_not_told() {
        assert_eq!(revive(&entry(1, ROOM_JOINED, 5), None), None);
        assert_eq!(revive(&entry(1, SHELF_UPDATE, 5), None), None);
        let removed = revive(&entry(2, ROOM_REMOVED, 5), None).expect("told");
        assert_eq!(
            (removed.name(), removed.user_seq()),
            (ROOM_REMOVED, Some(2))
        );
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        let mut odd = entry(1, ROOM_REMOVED, 5);
        odd.body = "{".to_owned();
        assert_eq!(revive(&odd, None), None);
    }
}
