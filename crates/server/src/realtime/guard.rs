//! A second look at who is connected. Ended sessions are closed as the bus says so; should that ever fail, or should
//! something else have changed the database, this finds out within seconds. It also brings people's rights up to date.

use super::groups::session;
use super::outlet::Outlets;
use super::session::Session;
use crate::accounts::Accounts;
use crate::kernel::bus::Signal;
use crate::kernel::jobs::Jobs;
use parlor_protocol::{SessionId, UserId};
use parlor_transport::Hub;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// How often everybody is looked at.
const LOOK: Duration = Duration::from_secs(4);

/// Everybody who is connected, by connection.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<HashMap<u64, Arc<Session>>>);

impl Registry {
    /// A connection is signed in.
    pub(super) fn add(&self, session: Arc<Session>) {
        self.sessions().insert(session.connection(), session);
    }

    /// A connection is gone.
    pub(super) fn remove(&self, session: &Session) {
        self.sessions().remove(&session.connection());
    }

    fn all(&self) -> Vec<Arc<Session>> {
        self.sessions().values().cloned().collect()
    }

    fn of(&self, user: UserId) -> Vec<Arc<Session>> {
        let sessions = self.sessions();
        let own = sessions.values().filter(|s| s.actor().user_id == user);
        own.cloned().collect()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<u64, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to have a person's connections looked at now.
pub(super) struct Guard(mpsc::UnboundedSender<UserId>);

struct Watch {
    accounts: Arc<Accounts>,
    registry: Arc<Registry>,
    hub: Hub,
    outlets: Outlets,
}

impl Guard {
    /// Starts looking.
    pub(super) fn start(
        accounts: Arc<Accounts>,
        registry: Arc<Registry>,
        (hub, outlets): (Hub, Outlets),
        jobs: &Jobs,
    ) -> Self {
        let (send, queue) = mpsc::unbounded_channel();
        let watch = Watch {
            accounts,
            registry,
            hub,
            outlets,
        };
        let stop = jobs.stopping();
        jobs.spawn(async move {
            stop.run_until_cancelled(watch.run(queue)).await;
        });
        Self(send)
    }

    /// Something about a person has changed.
    pub(super) fn look_at(&self, user: UserId) {
        // Without the task the server is about to stop.
        let _ = self.0.send(user);
    }
}

impl Watch {
    async fn run(&self, mut queue: mpsc::UnboundedReceiver<UserId>) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let sessions = tokio::select! {
                Some(user) = queue.recv() => self.registry.of(user),
                _ = ticks.tick() => self.registry.all(),
            };
            self.check(&sessions).await;
        }
    }

    async fn check(&self, sessions: &[Arc<Session>]) {
        let ids: BTreeSet<SessionId> = sessions.iter().map(|s| s.actor().session_id).collect();
        let ids: Vec<SessionId> = ids.into_iter().collect();
        let actors = match self.accounts.actors_of(&ids).await {
            Ok(actors) => actors,
            Err(error) => {
                tracing::warn!(%error, "who is connected could not be checked");
                return;
            }
        };
        for session in sessions {
            if let Some(actor) = actors.get(&session.actor().session_id) {
                session.update(actor);
            }
        }
        for id in ids.into_iter().filter(|id| !actors.contains_key(id)) {
            self.hub.close_group(session(id), "session ended");
            for outlet in self.outlets.iter() {
                outlet.deliver(&Signal::SessionEnded(id));
            }
        }
    }
}
