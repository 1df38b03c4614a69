//! The limits and times of a transport.

use std::time::Duration;

/// Limits and times; the defaults suit a public server.
#[derive(Clone, Debug)]
pub struct Config {
    /// How often a connection is asked whether it is alive.
    pub ping_interval: Duration,
    /// How long it may take to answer.
    pub ping_timeout: Duration,
    /// The largest message, WebSocket frame or polling body a client may send, in bytes.
    pub max_payload: usize,
    /// The largest number of packets in one polling body.
    pub max_packets: usize,
    /// How long a connection may stay without a namespace.
    pub connect_timeout: Duration,
    /// How long an upgrade from polling to WebSocket may take.
    pub upgrade_timeout: Duration,
    /// How long a begun message may stay incomplete, and a closing handshake unanswered; at a shutdown a client that polls
    /// has a fifth of it to ask for what was said last.
    pub completion_timeout: Duration,
    /// The largest number of events that wait for one slow connection.
    pub outbox_events: usize,
    /// The largest number of bytes that wait for one slow connection.
    pub outbox_bytes: usize,
    /// The longest time the events of a busy group are gathered before they are written together.
    /// A quiet group is written to at once, whatever this says.
    pub gather: Duration,
    /// Messages of at least this many bytes are compressed for clients that offer to
    /// (permessage-deflate, RFC 7692), once for everybody. `None`: no message is.
    pub compress: Option<usize>,
    /// The largest number of connections from one address (an IPv6 /64 counts as one).
    pub max_connections_per_address: Option<usize>,
    /// The largest number of events of one connection that are handled at the same time; beyond
    /// it, nothing more is read from that connection.
    pub max_in_flight: usize,
    /// The request headers that a [`Handshake`](crate::Handshake) remembers, in lower case.
    pub headers: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: 64 * 1024,
            max_packets: 1_000,
            connect_timeout: Duration::from_secs(10),
            upgrade_timeout: Duration::from_secs(10),
            completion_timeout: Duration::from_secs(5),
            outbox_events: 256,
            outbox_bytes: 1024 * 1024,
            gather: Duration::from_millis(20),
            compress: None,
            max_connections_per_address: Some(100),
            max_in_flight: 32,
            headers: ["authorization", "cookie", "host", "origin", "user-agent"]
                .map(str::to_owned)
                .into(),
        }
    }
}
