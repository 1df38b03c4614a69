//! What an application does with connections.

use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::proto::socket::Kind;
use crate::{Encoded, Handshake, NewSocket, Socket, SocketRef};

/// What an application does with the connections of one namespace.
///
/// For one socket the calls come in this order: `connect`; when that accepts, `connected` and
/// `event`, as many as there are; and last, after all of these have returned, `disconnected`.
pub trait Handler: Send + Sync + 'static {
    /// What the application knows about a connected socket, usually who it is.
    type Session: Send + Sync + 'static;

    /// Decides whether a client may connect, given its request and the `auth` object it sent.
    /// The socket may already join groups: what is sent to them meanwhile follows the answer.
    /// Always runs to its end, even if the client leaves meanwhile.
    fn connect(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> impl Future<Output = Result<Self::Session, Refusal>> + Send;

    /// The client has been told that it is connected, and anything sent from here on follows that.
    fn connected(&self, socket: &Socket<Self::Session>) -> impl Future<Output = ()> + Send {
        let _ = socket;
        std::future::ready(())
    }

    /// The client sent an event. Events of one connection are polled for the first time in the
    /// order of their arrival and then run concurrently,
    /// [`Config::max_in_flight`](crate::Config::max_in_flight) at most.
    fn event(
        &self,
        socket: &Socket<Self::Session>,
        event: Event,
    ) -> impl Future<Output = Verdict> + Send;

    /// The socket is gone. Called once for each session that `connect` returned, after everything else.
    fn disconnected(
        &self,
        socket: &Socket<Self::Session>,
        reason: DisconnectReason,
    ) -> impl Future<Output = ()> + Send {
        let _ = (socket, reason);
        std::future::ready(())
    }

    /// Sent in place of what was dropped when a connection was too slow; it should make the client
    /// fetch what it misses. Asked for once. `None`: a connection that is too slow is closed.
    fn overflow(&self) -> Option<Encoded> {
        None
    }
}

/// Whether a socket stays after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It is disconnected.
    Close,
}

/// Why a client may not connect: its `connect_error`.
#[derive(Debug)]
pub struct Refusal {
    pub(crate) message: String,
    pub(crate) data: Option<Box<RawValue>>,
}

impl Refusal {
    /// A refusal with the text that becomes the client's `error.message`.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            data: None,
        }
    }

    /// Adds what becomes the client's `error.data`.
    pub fn with_data(self, data: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self {
            data: Some(serde_json::value::to_raw_value(data)?),
            ..self
        })
    }
}

/// An event a client sent.
#[derive(Debug)]
pub struct Event {
    /// Its name, none of those reserved by Socket.IO.
    pub name: String,
    /// Its arguments, valid JSON each.
    pub args: Vec<Box<RawValue>>,
    /// Where to send the answer, if the client asked for one.
    pub ack: Option<Ack>,
}

impl Event {
    /// The argument at a position, read as a `T`; an absent one is read as `null`.
    pub fn arg<T: DeserializeOwned>(&self, position: usize) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.args.get(position).map_or("null", |arg| arg.get()))
    }
}

/// The client's acknowledgement callback. Dropping it leaves the client without an answer.
#[derive(Debug)]
pub struct Ack {
    pub(crate) socket: SocketRef,
    pub(crate) id: u64,
}

impl Ack {
    /// Answers with one argument.
    pub fn send(self, argument: &impl Serialize) -> Result<(), serde_json::Error> {
        let namespace = &self.socket.hub.path;
        let answer = Encoded::packet(Kind::Ack, namespace, Some(self.id), |out| {
            serde_json::to_writer(out, &[argument])
        })?;
        self.socket.emit(&answer);
        Ok(())
    }
}

/// Why a socket is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The client left the namespace.
    Left,
    /// The client closed the connection, or it broke.
    Closed,
    /// The client answered no ping.
    PingTimeout,
    /// The client broke the protocol or a limit.
    Violation,
    /// The client was too slow, and its namespace has no [`Handler::overflow`] packet.
    TooSlow,
    /// [`Verdict::Close`], or a handler that panicked.
    Refused,
    /// The application closed it, for the reason it gave.
    Server(&'static str),
    /// The server is shutting down.
    Shutdown,
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Left => "left",
            Self::Closed => "connection closed",
            Self::PingTimeout => "ping timeout",
            Self::Violation => "protocol violation",
            Self::TooSlow => "too slow",
            Self::Refused => "refused",
            Self::Server(reason) => reason,
            Self::Shutdown => "shutdown",
        })
    }
}
