//! Who is typing where: begun and repeated by the client, ended by it, by a message, by leaving, or by time.

use parlor_protocol::{RoomId, UserId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Who has not repeated it for this long has stopped.
pub(super) const EXPIRES: Duration = Duration::from_secs(6);

/// Everybody who is typing.
#[derive(Debug, Default)]
pub(super) struct Typists(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    typing: HashMap<(RoomId, UserId), Typist>,
    begun: u64,
}

#[derive(Debug)]
struct Typist {
    /// Which beginning this is, so that the watch over an earlier one leaves it alone.
    number: u64,
    connection: u64,
    until: Instant,
}

/// Somebody who has begun to type and has to be [watched](Typists::look).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) room: RoomId,
    pub(super) user: UserId,
    number: u64,
}

/// What has become of somebody who began to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Ended, and everybody knows.
    Over,
    /// Ended just now, by time.
    Expired,
    /// Goes on, at least until then.
    Typing(Instant),
}

impl Typists {
    /// Somebody types, or goes on. An answer where they begin.
    pub(super) fn start(
        &self,
        room: RoomId,
        user: UserId,
        connection: u64,
        now: Instant,
    ) -> Option<Begun> {
        let inner = &mut *self.inner();
        let until = now + EXPIRES;
        if let Some(typist) = inner.typing.get_mut(&(room, user)) {
            typist.connection = connection;
            typist.until = until;
            return None;
        }
        inner.begun += 1;
        let number = inner.begun;
        let typist = Typist {
            number,
            connection,
            until,
        };
        inner.typing.insert((room, user), typist);
        Some(Begun { room, user, number })
    }

    /// Somebody stops. False: they were not typing.
    pub(super) fn stop(&self, room: RoomId, user: UserId) -> bool {
        self.inner().typing.remove(&(room, user)).is_some()
    }

    /// A connection is gone: where its person was typing on it.
    pub(super) fn stop_connection(&self, connection: u64) -> Vec<(RoomId, UserId)> {
        self.stop_where(|_, typist| typist.connection == connection)
    }

    /// A room is gone.
    pub(super) fn stop_room(&self, gone: RoomId) {
        self.stop_where(|room, _| room == gone);
    }

    fn stop_where(&self, stops: impl Fn(RoomId, &Typist) -> bool) -> Vec<(RoomId, UserId)> {
        let mut inner = self.inner();
        let stopped = inner
            .typing
            .extract_if(|(room, _), typist| stops(*room, typist));
        stopped.map(|(key, _)| key).collect()
    }

    /// What has become of somebody who began to type; ends it where it is time.
    pub(super) fn look(&self, begun: Begun, now: Instant) -> Look {
        let mut inner = self.inner();
        let key = (begun.room, begun.user);
        match inner.typing.get(&key) {
            Some(typist) if typist.number != begun.number => Look::Over,
            None => Look::Over,
            Some(typist) if typist.until > now => Look::Typing(typist.until),
            Some(_) => {
                inner.typing.remove(&key);
                Look::Expired
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn typing_ends_by_itself_unless_it_is_repeated() {
        let (typists, start) = (Typists::default(), Instant::now());
        let begun = typists.start(1, 7, 100, start).unwrap();
        assert_eq!(
            typists.look(begun, start + SECOND),
            Look::Typing(start + EXPIRES)
        );
        assert_eq!(typists.start(1, 7, 100, start + 3 * SECOND), None);
        let later = start + EXPIRES;
        assert_eq!(typists.look(begun, later), Look::Typing(later + 3 * SECOND));
        assert_eq!(typists.look(begun, later + 3 * SECOND), Look::Expired);
        assert_eq!(typists.look(begun, later + 3 * SECOND), Look::Over);
        assert!(!typists.stop(1, 7));
    }

    #[test]
    fn who_stops_and_begins_again_is_watched_anew() {
        let (typists, start) = (Typists::default(), Instant::now());
        let first = typists.start(1, 7, 100, start).unwrap();
        assert!(typists.stop(1, 7));
        let second = typists.start(1, 7, 100, start).unwrap();
        assert_eq!(typists.look(first, start + EXPIRES), Look::Over);
        assert_eq!(typists.look(second, start + EXPIRES), Look::Expired);
    }

    #[test]
    fn a_connection_or_a_room_that_is_gone_ends_its_own() {
        let (typists, now) = (Typists::default(), Instant::now());
        typists.start(1, 7, 100, now);
        typists.start(2, 7, 101, now);
        typists.start(2, 8, 102, now);
        assert_eq!(typists.stop_connection(100), [(1, 7)]);
        typists.stop_room(2);
        assert!(!typists.stop(2, 7) && !typists.stop(2, 8));
    }
}
