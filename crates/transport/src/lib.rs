//! An Engine.IO 4 and Socket.IO 5 server, over WebSocket and HTTP long polling.
//!
//! An application implements [`Handler`] for each namespace, builds a [`Transport`] and mounts its
//! router. It speaks to clients through [`Socket`]s and, by group, through [`Hub`]s.
//!
//! What is where, from the outside in:
//!
//! - `http`: handshakes, polling requests and upgrades; each leads to a connection.
//! - `pump`: a connection's one task. It reads, runs the handlers, writes what waits, and ends the
//!   connection in good order.
//! - `proto`: what the bytes mean. No socket, clock or thread inside.
//! - `conn`: a connection as others see it, above all what waits for it. Others write to the socket
//!   themselves, as long as it takes everything.
//! - `hub`, `group`, `fanout`, `cork`: who is in which group, and how a broadcast reaches all its
//!   members in one order.
//! - `wheel`: one timer for all connections.

mod config;
mod conn;
mod core;
mod cork;
mod encoded;
mod fanout;
mod group;
mod handler;
mod handshake;
mod http;
mod hub;
mod namespace;
mod proto;
mod pump;
mod sid;
mod socket;
mod spawn;
mod stats;
mod transport;
mod wheel;

pub use config::Config;
pub use cork::Cork;
pub use encoded::Encoded;
pub use handler::{Ack, DisconnectReason, Event, Handler, Refusal, Verdict};
pub use handshake::{ClientAddr, Handshake, Unwrap};
pub use hub::{Group, Hub};
pub use socket::{NewSocket, Socket, SocketId, SocketRef};
pub use stats::Stats;
pub use transport::{Builder, Transport};
