//! An Engine.IO 4 and Socket.IO 5 server.

mod config;
mod encoded;
mod handler;
mod handshake;
mod hub;
mod socket;
mod stats;
mod transport;

pub use config::Config;
pub use encoded::Encoded;
pub use handler::{Ack, DisconnectReason, Event, Handler, Refusal, Verdict};
pub use handshake::{ClientAddr, Handshake};
pub use hub::{Group, Hub};
pub use socket::{NewSocket, Socket, SocketId, SocketRef};
pub use stats::Stats;
pub use transport::{Builder, Transport};
