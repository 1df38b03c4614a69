//! What is known of sessions and people without asking the database. Signals of the bus keep it right: they arrive
//! after the commit and before anybody is answered.

use super::model::SessionRow;
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::{SessionId, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More entries than this are not kept; reaching it empties the cache.
const MOST: usize = 100_000;
/// A session's last use is written down at most this often, in milliseconds.
const USE_INTERVAL: i64 = 60_000;
/// And this often while its owner is connected without asking for anything, in milliseconds.
const CONNECTED_INTERVAL: i64 = 60 * 60 * 1000;

/// A state of the cache. What was read from the database under an older one is not stored: a change may have come
/// between reading and storing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version(u64);

/// How a request names its session.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    /// By the id in its access token.
    Id(SessionId),
    /// By the digest of its cookie.
    Cookie(&'a str),
}

struct Held {
    actor: Arc<Actor>,
    cookie_digest: Option<String>,
    ends_at: i64,
    idle: i64,
    used_at: i64,
    written_at: i64,
}

#[derive(Default)]
struct Inner {
    version: u64,
    sessions: HashMap<SessionId, Held>,
    cookies: HashMap<String, SessionId>,
    briefs: HashMap<UserId, UserBrief>,
    /// Sessions whose last use is to be written down.
    used: HashMap<SessionId, (UserId, Timestamp)>,
}

/// The cache of a process.
#[derive(Default)]
pub(super) struct Cache(Mutex<Inner>);

impl Cache {
    /// Takes back what a signal makes stale.
    pub(super) fn react(&self, signal: &Signal) {
        let mut inner = self.inner();
        match signal {
            Signal::SessionEnded(id) => inner.forget(*id),
            Signal::SessionsEnded { user_id, except } => inner.forget_all(*user_id, *except),
            Signal::AccountChanged(user_id) => {
                inner.briefs.remove(user_id);
                inner.forget_all(*user_id, None);
            }
            Signal::Event(..)
            | Signal::PrivacyChanged { .. }
            | Signal::RoomStale(_)
            | Signal::RoomDeleted(_) => {}
        }
    }

    /// The present state: ask before reading from the database what is to be stored.
    pub(super) fn version(&self) -> Version {
        Version(self.inner().version)
    }

    /// Who acts through a session, if it is known and live; notes that it was used.
    pub(super) fn session(&self, key: Key<'_>, now: Timestamp) -> Option<Arc<Actor>> {
        let mut inner = self.inner();
        let inner = &mut *inner;
        let id = match key {
            Key::Id(id) => id,
            Key::Cookie(digest) => *inner.cookies.get(digest)?,
        };
        let held = inner.sessions.get_mut(&id)?;
        if now.0 >= held.ends_at.min(held.used_at + held.idle) {
            return None;
        }
        held.used_at = held.used_at.max(now.0);
        if now.0 - held.written_at >= USE_INTERVAL {
            held.written_at = now.0;
            inner.used.insert(id, (held.actor.user_id, now));
        }
        Some(held.actor.clone())
    }

    /// Remembers a live session that was read under `version`.
    pub(super) fn store_session(&self, version: Version, row: &SessionRow) {
        let mut inner = self.inner();
        if inner.version != version.0 {
            return;
        }
        if inner.sessions.len() >= MOST {
            inner.sessions.clear();
            inner.cookies.clear();
        }
        if let Some(digest) = &row.cookie_digest {
            inner.cookies.insert(digest.clone(), row.id);
        }
        let held = Held {
            actor: Arc::new(row.actor()),
            cookie_digest: row.cookie_digest.clone(),
            ends_at: row.ends_at,
            idle: row.idle(),
            used_at: row.last_used_at,
            written_at: row.last_used_at,
        };
        inner.sessions.insert(row.id, held);
    }

    /// The people among `ids` that are known.
    pub(super) fn briefs(&self, ids: &[UserId]) -> HashMap<UserId, UserBrief> {
        let inner = self.inner();
        let known = ids.iter().filter_map(|id| inner.briefs.get(id));
        known.map(|brief| (brief.id, brief.clone())).collect()
    }

    /// Remembers people that were read under `version`.
    pub(super) fn store_briefs(&self, version: Version, briefs: impl Iterator<Item = UserBrief>) {
        let mut inner = self.inner();
        if inner.version != version.0 {
            return;
        }
        if inner.briefs.len() >= MOST {
            inner.briefs.clear();
        }
        inner.briefs.extend(briefs.map(|brief| (brief.id, brief)));
    }

    /// Sessions whose last use is to be written down; they are no longer noted here. One that is connected is used.
    pub(super) fn take_used(
        &self,
        now: Timestamp,
        is_connected: impl Fn(UserId, SessionId) -> bool,
    ) -> HashMap<SessionId, (UserId, Timestamp)> {
        let mut inner = self.inner();
        let mut used = std::mem::take(&mut inner.used);
        for (id, held) in &mut inner.sessions {
            let owner = held.actor.user_id;
            if now.0 - held.written_at >= CONNECTED_INTERVAL && is_connected(owner, *id) {
                (held.used_at, held.written_at) = (now.0, now.0);
                used.insert(*id, (owner, now));
            }
        }
        used
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self, id: SessionId) {
        self.version += 1;
        let held = self.sessions.remove(&id);
        if let Some(digest) = held.and_then(|held| held.cookie_digest) {
            self.cookies.remove(&digest);
        }
        self.used.remove(&id);
    }

    fn forget_all(&mut self, user: UserId, except: Option<SessionId>) {
        self.version += 1;
        let sessions = self
            .sessions
            .iter()
            .filter(|(_, held)| held.actor.user_id == user);
        let gone: Vec<SessionId> = sessions
            .map(|(id, _)| *id)
            .filter(|id| Some(*id) != except)
            .collect();
        for id in gone {
            self.forget(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn a_session_that_is_connected_is_used() {
        let cache = Cache::default();
        cache.store_session(cache.version(), &row(1, 7));
        cache.store_session(cache.version(), &row(2, 7));
        let later = NOW.plus_millis(CONNECTED_INTERVAL);
        let used = cache.take_used(later, |user, session| (user, session) == (7, 1));
        assert_eq!(used, HashMap::from([(1, (7, later))]));
    }

    fn row(id: SessionId, user_id: UserId) -> SessionRow {
        SessionRow {
            id,
            user_id,
            cookie_digest: Some(format!("digest {id}")),
            refresh_nonce: String::new(),
            generation: 0,
            refreshed_at: NOW.0,
            user_agent: String::new(),
            address: String::new(),
            created_at: NOW.0,
            last_used_at: NOW.0,
            ends_at: NOW.0 + 1_000_000,
            username: "alice".to_owned(),
            system_role: "user".to_owned(),
            status: "active".to_owned(),
            is_guest: false,
            dialect: "chatroom".to_owned(),
            factors: 0,
        }
    }

    fn knows(cache: &Cache, id: SessionId) -> bool {
        cache.session(Key::Id(id), NOW).is_some()
            && cache
                .session(Key::Cookie(&format!("digest {id}")), NOW)
                .is_some()
    }

    #[test]
    fn a_session_is_known_until_it_ends() {
        let cache = Cache::default();
        for (id, user) in [(1, 7), (2, 7), (3, 8)] {
            cache.store_session(cache.version(), &row(id, user));
        }
        assert!(knows(&cache, 1) && knows(&cache, 2) && knows(&cache, 3));
        cache.react(&Signal::SessionsEnded {
            user_id: 7,
            except: Some(1),
        });
        assert!(knows(&cache, 1) && !knows(&cache, 2) && knows(&cache, 3));
        cache.react(&Signal::SessionEnded(1));
        cache.react(&Signal::AccountChanged(8));
        assert!(!knows(&cache, 1) && !knows(&cache, 3));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_stored_after_it() {
        let cache = Cache::default();
        let version = cache.version();
        cache.react(&Signal::SessionEnded(1));
        cache.store_session(version, &row(1, 7));
        assert!(!knows(&cache, 1));
    }

    #[test]
    fn a_session_expires_and_its_use_is_noted_once_a_minute() {
        let cache = Cache::default();
        cache.store_session(cache.version(), &row(1, 7));
        let at = |millis| cache.session(Key::Id(1), NOW.plus_millis(millis)).is_some();
        assert!(at(59_999));
        let written = |millis| cache.take_used(NOW.plus_millis(millis), |_, _| false);
        assert!(written(59_999).is_empty());
        assert!(at(60_000) && at(60_001));
        let used = written(60_001);
        assert_eq!(used.get(&1), Some(&(7, NOW.plus_millis(60_000))));
        assert!(written(60_002).is_empty());
        assert!(at(999_999));
        assert!(!at(1_000_000));
    }
}
