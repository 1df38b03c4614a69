//! Who is connected to this process: in memory, the sum of a person's connections.

use parlor_protocol::{Timestamp, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A person's connections.
#[derive(Clone, Copy, Debug)]
struct Visit {
    since: Timestamp,
    connections: usize,
}

/// Who is connected. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Online(Arc<Mutex<HashMap<UserId, Visit>>>);

impl Online {
    /// Counts one more connection. True where it is the person's first.
    #[must_use]
    pub fn arrive(&self, user: UserId, now: Timestamp) -> bool {
        let mut visits = self.visits();
        let visit = visits.entry(user).or_insert(Visit {
            since: now,
            connections: 0,
        });
        visit.connections += 1;
        visit.connections == 1
    }

    /// Counts one connection less. True where it was the person's last.
    #[must_use]
    pub fn depart(&self, user: UserId) -> bool {
        let mut visits = self.visits();
        let Some(visit) = visits.get_mut(&user) else {
            return false;
        };
        visit.connections -= 1;
        if visit.connections == 0 {
            visits.remove(&user);
            return true;
        }
        false
    }

    /// Since when a person has been connected; `None` where they are not.
    #[must_use]
    pub fn since(&self, user: UserId) -> Option<Timestamp> {
        self.visits().get(&user).map(|visit| visit.since)
    }

    /// Connections of a person.
    #[must_use]
    pub fn connections(&self, user: UserId) -> usize {
        self.visits()
            .get(&user)
            .map_or(0, |visit| visit.connections)
    }

    /// Everybody who is connected, and since when.
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
