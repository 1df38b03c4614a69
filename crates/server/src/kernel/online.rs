//! Who is connected to this process, and through which sessions: in memory, the sum of a person's connections.
//!
//! Who loses the last connection stays here for a moment, so that a quick reconnect is not seen as a coming and going:
//! [`Online::depart`] begins that moment and [`Online::forget`] ends it. How long it is, presence decides.

use parlor_protocol::{SessionId, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A person's connections.
#[derive(Debug)]
struct Visit {
    since: Timestamp,
    /// The session of each.
    connections: Vec<SessionId>,
    departures: u64,
}

/// One more connection of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// They were not here before.
    pub is_first: bool,
    /// How many connections they have now.
    pub connections: usize,
}

/// Somebody's last connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Departure {
    user: UserId,
    number: u64,
}

/// Who is connected. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Online(Arc<Mutex<HashMap<UserId, Visit>>>);

impl Online {
    /// Counts one more connection, through a session.
    pub fn arrive(&self, user: UserId, session: SessionId, now: Timestamp) -> Arrival {
        let mut visits = self.visits();
        let is_first = !visits.contains_key(&user);
        let visit = visits.entry(user).or_insert(Visit {
            since: now,
            connections: Vec::new(),
            departures: 0,
        });
        visit.connections.push(session);
        Arrival {
            is_first,
            connections: visit.connections.len(),
        }
    }

    /// Counts one connection less. An answer where it was the person's last: they count as here until it is passed to
    /// [`Online::forget`].
    pub fn depart(&self, user: UserId, session: SessionId) -> Option<Departure> {
        let mut visits = self.visits();
        let visit = visits.get_mut(&user)?;
        let place = visit.connections.iter().position(|id| *id == session)?;
        visit.connections.swap_remove(place);
        if !visit.connections.is_empty() {
            return None;
        }
        visit.departures += 1;
        Some(Departure {
            user,
            number: visit.departures,
        })
    }

    /// Forgets a person who has not come back since a departure. False: they have.
    pub fn forget(&self, departure: Departure) -> bool {
        let mut visits = self.visits();
        let Departure { user, number } = departure;
        let gone = visits
            .get(&user)
            .is_some_and(|visit| visit.connections.is_empty() && visit.departures == number);
        if gone {
            visits.remove(&user);
        }
        gone
    }

    /// Since when a person has been here; `None` where they are not.
    #[must_use]
    pub fn since(&self, user: UserId) -> Option<Timestamp> {
        self.visits().get(&user).map(|visit| visit.since)
    }

    /// A session of a person has a connection.
    #[must_use]
    pub fn is_connected(&self, user: UserId, session: SessionId) -> bool {
        let visits = self.visits();
        let visit = visits.get(&user);
        visit.is_some_and(|visit| visit.connections.contains(&session))
    }

    /// Up to `most` of some people, in the order of their ids, who are here.
    #[must_use]
    pub fn some_of(&self, people: &[UserId], most: usize) -> Vec<UserId> {
        let visits = self.visits();
        if visits.len() < people.len() {
            let here = visits
                .keys()
                .filter(|user| people.binary_search(user).is_ok());
            return here.take(most).copied().collect();
        }
        let here = people.iter().filter(|user| visits.contains_key(user));
        here.take(most).copied().collect()
    }

    /// How many people are here.
    #[must_use]
    pub fn count(&self) -> usize {
        self.visits().len()
    }

    /// Everybody who is here, and since when.
    #[must_use]
    pub fn everybody(&self) -> Vec<(UserId, Timestamp)> {
        self.visits()
            .iter()
            .map(|(user, visit)| (*user, visit.since))
            .collect()
    }

    fn visits(&self) -> MutexGuard<'_, HashMap<UserId, Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn a_person_is_here_from_the_first_connection_until_after_the_last() {
        let online = Online::default();
        assert!(online.arrive(7, 1, NOW).is_first);
        let second = online.arrive(7, 2, NOW.plus_millis(5));
        assert_eq!((second.is_first, second.connections), (false, 2));
        assert!(online.is_connected(7, 1) && online.is_connected(7, 2));
        assert_eq!(online.depart(7, 1), None);
        assert!(!online.is_connected(7, 1) && online.is_connected(7, 2));
        let departure = online.depart(7, 2).unwrap();
        assert_eq!(online.since(7), Some(NOW));
        assert!(online.forget(departure));
        assert_eq!(online.since(7), None);
        assert!(online.everybody().is_empty());
    }

    #[test]
    fn who_comes_back_in_time_was_never_away() {
        let online = Online::default();
        online.arrive(7, 1, NOW);
        let first = online.depart(7, 1).unwrap();
        assert!(!online.arrive(7, 1, NOW.plus_millis(5)).is_first);
        assert!(!online.forget(first));
        let second = online.depart(7, 1).unwrap();
        assert!(!online.forget(first), "the moment begins anew");
        assert_eq!(online.everybody(), [(7, NOW)]);
        assert!(online.forget(second));
    }

    #[test]
    fn some_of_many_are_found_whichever_are_fewer() {
        let online = Online::default();
        for user in [2, 4, 6] {
            online.arrive(user, 1, NOW);
        }
        let many: Vec<UserId> = (4..100).collect();
        let mut here = online.some_of(&many, 5);
        here.sort_unstable();
        assert_eq!(here, [4, 6]);
        assert_eq!(online.some_of(&many, 1).len(), 1);
        assert_eq!(online.some_of(&[1, 2], 5), [2]);
        assert!(online.some_of(&[], 5).is_empty());
    }

    #[test]
    fn a_stranger_cannot_depart() {
        let online = Online::default();
        assert_eq!(online.depart(7, 1), None);
        online.arrive(7, 1, NOW);
        assert_eq!(online.depart(7, 2), None);
    }
}
