//! What was committed, in the order of commits, to those who listen.
//!
//! Reactions run first, at once and in memory, before the writer is told that its change holds: whatever is cached
//! from the database is right by then. Delivery to connections follows through a queue.

use super::log::Stream;
use parlor_protocol::accounts::Privacy;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::{RoomId, SessionId, UserId};
use std::sync::{Arc, RwLock};
use tokio::sync::mpsc;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// All connections that are subscribed to a room.
    Room(RoomId),
    /// All connections of a person.
    User(UserId),
    /// Everybody who shares a room with this person or is their friend.
    Acquaintances(UserId),
    /// Those of them whom this person lets see whether they are here.
    Watchers(UserId),
    /// All connections.
    Everybody,
    /// Nobody outside the server: for reactions alone.
    Nobody,
}

impl From<Stream> for Audience {
    fn from(stream: Stream) -> Self {
        match stream {
            Stream::Room(id) => Self::Room(id),
            Stream::User(id) => Self::User(id),
            Stream::Server => Self::Everybody,
            Stream::Audit => Self::Nobody,
        }
    }
}

/// Something that happened and holds.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Clients hear of it.
    Event(Audience, Arc<ServerEvent>),
    /// A session has ended: its connections close.
    SessionEnded(SessionId),
    /// All sessions of a person have ended, but for one.
    SessionsEnded {
        /// Whose.
        user_id: UserId,
        /// The one that goes on.
        except: Option<SessionId>,
    },
    /// A person's name, picture or rights have changed: what is cached of them is stale.
    AccountChanged(UserId),
    /// A person lets others do and see something else than before.
    PrivacyChanged {
        /// Who.
        user_id: UserId,
        /// What they let others do and see now.
        privacy: Privacy,
    },
    /// What is kept of a room in memory is stale: read it again.
    RoomStale(RoomId),
    /// A room is gone, with everything in it.
    RoomDeleted(RoomId),
}

impl Signal {
    /// An event for an audience.
    pub fn event(to: impl Into<Audience>, event: impl Into<ServerEvent>) -> Self {
        Self::Event(to.into(), Arc::new(event.into()))
    }
}

type Reaction = Box<dyn Fn(&Signal) + Send + Sync>;

/// The bus of one process. Cheap to clone.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    reactions: RwLock<Vec<Reaction>>,
    delivery: mpsc::Sender<Vec<Signal>>,
}

impl Bus {
    /// A bus, and the queue that delivery reads: one item a commit.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Vec<Signal>>) {
        let (delivery, queue) = mpsc::channel(1024);
        (
            Self(Arc::new(Inner {
                reactions: RwLock::default(),
                delivery,
            })),
            queue,
        )
    }

    /// How many commits wait to be delivered.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let queue = &self.0.delivery;
        queue.max_capacity() - queue.capacity()
    }

    /// Calls `reaction` for every signal from now on. It must be quick and do no I/O.
    pub fn on_signal(&self, reaction: impl Fn(&Signal) + Send + Sync + 'static) {
        self.0
            .reactions
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(Box::new(reaction));
    }

    /// First half of publishing: the reactions.
    pub(super) fn react(&self, signals: &[Signal]) {
        let reactions = self
            .0
            .reactions
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for signal in signals {
            for reaction in reactions.iter() {
                reaction(signal);
            }
        }
    }

    /// Second half: queues for delivery, and waits while delivery is behind.
    pub(super) async fn deliver(&self, signals: Vec<Signal>) {
        if !signals.is_empty() && self.0.delivery.send(signals).await.is_err() {
            tracing::debug!("nobody delivers any more");
        }
    }

    /// Publishes what is in no log: typing, presence.
    pub async fn publish(&self, signals: Vec<Signal>) {
        self.react(&signals);
        self.deliver(signals).await;
    }
}
