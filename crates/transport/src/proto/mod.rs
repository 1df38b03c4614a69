//! The protocols, without a socket, clock or thread: WebSocket frames ([`frame`]) and their
//! compression ([`deflate`]), Engine.IO packets ([`engine`]), Socket.IO packets ([`socket`]), what they mean for one connection ([`session`]),
//! and when something is due ([`deadlines`]).

pub(crate) mod deadlines;
pub(crate) mod deflate;
pub(crate) mod engine;
pub(crate) mod frame;
#[cfg(test)]
mod fuzz;
pub(crate) mod session;
pub(crate) mod socket;

/// What a client did wrong. Its connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not a WebSocket frame that a client may send here.
    Frame,
    /// A frame, message or list of arguments beyond the limit.
    TooBig,
    /// Text that is not UTF-8.
    Utf8,
    /// Not an Engine.IO or Socket.IO packet that a client may send here.
    Packet,
    /// A binary message, or a packet that announces attachments.
    Attachment,
    /// An event under a name that Socket.IO keeps for itself.
    ReservedName,
    /// An acknowledgement number that is negative or above 2^53.
    AckId,
    /// An event or acknowledgement for a namespace that the client is not connected to.
    NotConnected,
}

impl Fault {
    /// The WebSocket close code that says so (RFC 6455, 7.4.1).
    pub(crate) fn close_code(self) -> u16 {
        match self {
            Self::Frame => frame::PROTOCOL_ERROR,
            Self::Utf8 => frame::INVALID_PAYLOAD,
            Self::TooBig => frame::MESSAGE_TOO_BIG,
            Self::Attachment => frame::UNSUPPORTED,
            Self::Packet | Self::ReservedName | Self::AckId | Self::NotConnected => frame::POLICY,
        }
    }
}
