//! Handles to sockets: a client's place in a namespace.

use std::fmt;
use std::future::poll_fn;
use std::ops::Deref;
use std::sync::Arc;

use crate::conn::Conn;
use crate::hub::HubCore;
use crate::{DisconnectReason, Encoded, Group, Hub};

/// A socket's number, unique within this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(crate) u64);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A socket, whatever its session. Cheap to clone; keeps no connection open.
#[derive(Clone, Debug)]
pub struct SocketRef {
    pub(crate) id: SocketId,
    pub(crate) conn: Arc<Conn>,
    pub(crate) hub: Arc<HubCore>,
}

impl SocketRef {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> SocketId {
        self.id
    }

    /// The hub of its namespace.
    #[must_use]
    pub fn hub(&self) -> Hub {
        Hub(self.hub.clone())
    }

    /// Whether it is still connected.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.conn.lock().seat_of(self.id).is_some()
    }

    /// Sends an event to this socket alone, even while it is held. Nothing happens when it is gone.
    pub fn emit(&self, event: &Encoded) {
        self.conn.emit(self.id, event.clone());
    }

    /// Like [`SocketRef::emit`], but drops the event if the client cannot take it at once.
    pub fn emit_volatile(&self, event: &Encoded) {
        self.conn.emit_volatile(self.id, event.clone());
    }

    /// Waits until nothing waits for this client any more, or it is gone. Who sends many events, as
    /// in a replay, does so now and then, lest the client be taken for too slow.
    pub async fn flushed(&self) {
        poll_fn(|cx| self.conn.poll_flushed(cx)).await;
    }

    /// Joins a group: what is broadcast to it from now on reaches the socket.
    pub fn join(&self, group: Group) {
        self.hub.join(&self.conn, self.id, group);
    }

    /// Leaves a group: what was broadcast to it before still reaches the socket, nothing after.
    pub fn leave(&self, group: Group) {
        self.hub.leave(&self.conn, group);
    }

    /// From now on, what is broadcast to the socket's groups waits (within the outbox limits) until
    /// [`SocketRef::release`]. What was broadcast before, and what is emitted directly, goes out.
    pub fn hold(&self) {
        self.conn.hold(self.id);
    }

    /// Ends [`SocketRef::hold`]: sends what waits in its order, except what `keep` says no to, and
    /// then goes live without a gap. If too much waited, the overflow packet is sent instead.
    pub fn release(&self, keep: impl Fn(&Encoded) -> bool) {
        self.conn.release(self.id, keep);
    }

    /// Disconnects the socket: from now on nothing reaches it. The connection is closed when it has
    /// no other namespace.
    pub fn close(&self, reason: &'static str) {
        self.hub
            .close(&self.conn, self.id, DisconnectReason::Server(reason));
    }
}

/// A socket that is being connected.
#[derive(Debug)]
pub struct NewSocket(pub(crate) SocketRef);

impl NewSocket {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> SocketId {
        self.0.id()
    }

    /// The hub of its namespace.
    #[must_use]
    pub fn hub(&self) -> Hub {
        self.0.hub()
    }

    /// Joins a group: what is broadcast to it from now on reaches the client once it is connected.
    pub fn join(&self, group: Group) {
        self.0.join(group);
    }

    /// Leaves a group.
    pub fn leave(&self, group: Group) {
        self.0.leave(group);
    }

    /// What is broadcast waits beyond the end of `connect`, until [`SocketRef::release`].
    pub fn hold(&self) {
        self.0.hold();
    }

    /// Has the connection closed where its client is too slow, instead of sending what
    /// [`Handler::overflow`](crate::Handler::overflow) answers: for clients that do not know that event.
    pub fn close_when_slow(&self) {
        if let Some(seat) = self.0.conn.lock().seat_of(self.0.id) {
            seat.closed_when_slow = true;
        }
    }
}

/// A connected socket and what the application knows about it. Cheap to clone.
#[derive(Debug)]
pub struct Socket<S> {
    pub(crate) handle: SocketRef,
    pub(crate) session: Arc<S>,
}

impl<S> Socket<S> {
    /// What [`Handler::connect`](crate::Handler::connect) returned.
    #[must_use]
    pub fn session(&self) -> &S {
        &self.session
    }
}

impl<S> Clone for Socket<S> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            session: self.session.clone(),
        }
    }
}

impl<S> Deref for Socket<S> {
    type Target = SocketRef;

    fn deref(&self) -> &SocketRef {
        &self.handle
    }
}
