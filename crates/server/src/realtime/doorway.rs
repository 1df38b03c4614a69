//! Subscribing a connection to its person's rooms while people join and leave rooms.
//!
//! Which rooms those are is read from storage, and by the time the answer is here a change may have been delivered to
//! all connections but this one. So changes that are delivered meanwhile are noted, and come after what was read.

use super::groups::Plane;
use parlor_protocol::{RoomId, UserId};
use parlor_transport::Hub;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who is coming in at this moment.
#[derive(Debug, Default)]
pub(super) struct Doorway(Mutex<HashMap<UserId, Entering>>);

#[derive(Debug, Default)]
struct Entering {
    connections: usize,
    changes: Vec<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Joined(RoomId),
    Left(RoomId),
}

/// A connection that is coming in, until it is [seated](Entrance::seat) or turned away.
#[derive(Debug)]
pub(super) struct Entrance<'a> {
    doorway: &'a Doorway,
    user: UserId,
}

impl Doorway {
    /// A connection comes in. Its person's rooms have to be read after this.
    pub(super) fn enter(&self, user: UserId) -> Entrance<'_> {
        self.entering().entry(user).or_default().connections += 1;
        Entrance {
            doorway: self,
            user,
        }
    }

    /// Subscribes a person's connections to a room.
    pub(super) fn on_joined(&self, hub: &Hub, user: UserId, room: RoomId) {
        self.change(user, Change::Joined(room), || {
            for plane in Plane::FOLLOWING {
                hub.join_members(plane.user(user), plane.room(room));
            }
        });
    }

    /// Takes a person's connections out of a room.
    pub(super) fn on_left(&self, hub: &Hub, user: UserId, room: RoomId) {
        self.change(user, Change::Left(room), || {
            for plane in Plane::FOLLOWING {
                hub.leave_members(plane.user(user), plane.room(room));
            }
        });
    }

    fn change(&self, user: UserId, change: Change, apply: impl FnOnce()) {
        let mut entering = self.entering();
        if let Some(entering) = entering.get_mut(&user) {
            entering.changes.push(change);
        }
        apply();
    }

    fn entering(&self) -> MutexGuard<'_, HashMap<UserId, Entering>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entrance<'_> {
    /// Calls `join` and `leave` for the rooms that were read and then for what has changed since; no change is
    /// delivered in between. From here on the connection is reached through its person's group.
    pub(super) fn seat(self, rooms: &[RoomId], join: impl Fn(RoomId), leave: impl Fn(RoomId)) {
        let entering = self.doorway.entering();
        rooms.iter().copied().for_each(&join);
        let changes = entering.get(&self.user).map(|e| e.changes.as_slice());
        for change in changes.unwrap_or_default() {
            match *change {
                Change::Joined(room) => join(room),
                Change::Left(room) => leave(room),
            }
        }
    }
}

impl Drop for Entrance<'_> {
    fn drop(&mut self) {
        let mut entering = self.doorway.entering();
        if let Some(own) = entering.get_mut(&self.user) {
            own.connections -= 1;
            if own.connections == 0 {
                entering.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    fn seat(entrance: Entrance<'_>, read: &[RoomId]) -> Vec<RoomId> {
        let rooms = RefCell::new(BTreeSet::new());
        entrance.seat(
            read,
            |room| {
                rooms.borrow_mut().insert(room);
            },
            |room| {
                rooms.borrow_mut().remove(&room);
            },
        );
        rooms.into_inner().into_iter().collect()
    }

    #[test]
    fn what_changes_while_one_comes_in_holds() {
        let doorway = Doorway::default();
        let entrance = doorway.enter(7);
        doorway.change(7, Change::Left(1), || {});
        doorway.change(7, Change::Joined(3), || {});
        doorway.change(8, Change::Left(2), || {});
        assert_eq!(seat(entrance, &[1, 2]), [2, 3]);
    }

    #[test]
    fn the_last_of_several_changes_decides() {
        let doorway = Doorway::default();
        let entrance = doorway.enter(7);
        doorway.change(7, Change::Left(1), || {});
        doorway.change(7, Change::Joined(1), || {});
        assert_eq!(seat(entrance, &[]), [1]);
    }

    #[test]
    fn nothing_is_kept_once_everybody_is_in() {
        let doorway = Doorway::default();
        let (first, second) = (doorway.enter(7), doorway.enter(7));
        drop(first);
        doorway.change(7, Change::Joined(1), || {});
        assert_eq!(seat(second, &[]), [1]);
        doorway.change(7, Change::Joined(2), || {});
        assert!(doorway.entering().is_empty());
    }
}
