//! What is known of a connection once it is signed in.

use super::conduct::Conduct;
use super::resume::Seen;
use crate::kernel::actor::Actor;
use crate::kernel::socket::Caller;
use parlor_protocol::Code;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::time::Instant;

/// A connection's person, and how it has behaved.
#[derive(Debug)]
pub(crate) struct Session {
    connection: u64,
    actor: RwLock<Arc<Actor>>,
    conduct: Mutex<Conduct>,
    resume: Mutex<Option<Seen>>,
    /// It also hears the events of `platform`, or is about to.
    platform: AtomicBool,
    /// Taken by events that are to be dealt with one after the other.
    turn: tokio::sync::Mutex<()>,
    /// Taken by who holds the connection's broadcasts back, so that one's release does not end another's hold.
    pub(super) replay: tokio::sync::Mutex<()>,
}

impl Session {
    pub(super) fn new(connection: u64, actor: Arc<Actor>, resume: Option<Seen>) -> Self {
        Self {
            connection,
            actor: RwLock::new(actor),
            conduct: Mutex::default(),
            resume: Mutex::new(resume),
            platform: AtomicBool::new(false),
            turn: tokio::sync::Mutex::default(),
            replay: tokio::sync::Mutex::default(),
        }
    }

    /// Who it is.
    pub(crate) fn actor(&self) -> Arc<Actor> {
        self.actor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// It is somebody with these rights now, and under this name; where they act from stays.
    pub(super) fn update(&self, actor: &Actor) {
        let mut own = self.actor.write().unwrap_or_else(PoisonError::into_inner);
        let actor = actor.acting_from(own.origin.clone());
        if **own != actor {
            *own = Arc::new(actor);
        }
    }

    /// The connection's number, unique in this process.
    pub(crate) fn connection(&self) -> u64 {
        self.connection
    }

    /// For actions.
    pub(super) fn caller(&self) -> Caller {
        Caller {
            actor: self.actor(),
            connection: self.connection,
        }
    }

    /// What the client has of each log, if it said so when it connected. Answered once.
    pub(super) fn take_resume(&self) -> Option<Seen> {
        self.resume
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Waits until the events before this one have given their turns back: in the order of asking.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// It is to hear the events of `platform`. False: it does already.
    pub(super) fn begin_platform(&self) -> bool {
        !self.platform.swap(true, Ordering::AcqRel)
    }

    /// Notes that an event was refused. False: the connection is to be closed.
    pub(crate) fn bear(&self, refused: Code) -> bool {
        self.conduct
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bear(refused, Instant::now())
    }
}
