//! What is known of a connection once it is signed in.

use super::conduct::Conduct;
use super::resume::Seen;
use crate::kernel::actor::Actor;
use crate::kernel::socket::Caller;
use parlor_protocol::Code;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::time::Instant;

/// A connection's person, and how it has behaved.
#[derive(Debug)]
pub(super) struct Session {
    connection: u64,
    actor: RwLock<Arc<Actor>>,
    conduct: Mutex<Conduct>,
    resume: Mutex<Option<Seen>>,
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
            replay: tokio::sync::Mutex::default(),
        }
    }

    /// Who it is.
    pub(super) fn actor(&self) -> Arc<Actor> {
        self.actor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// It is somebody with other rights now, or under another name.
    pub(super) fn update(&self, actor: Arc<Actor>) {
        *self.actor.write().unwrap_or_else(PoisonError::into_inner) = actor;
    }

    /// The connection's number, unique in this process.
    pub(super) fn connection(&self) -> u64 {
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

    /// Notes that an event was refused. False: the connection is to be closed.
    pub(super) fn bear(&self, refused: Code) -> bool {
        self.conduct
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bear(refused, Instant::now())
    }
}
