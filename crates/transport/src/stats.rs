//! Figures for metrics.

/// Figures of a transport. Those without "now" count from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Connections open now.
    pub connections: u64,
    /// Connections opened.
    pub opened: u64,
    /// Handshakes refused: origin, address limit, version, shutdown.
    pub refused: u64,
    /// Connections closed because the client broke the protocol or a limit.
    pub violations: u64,
    /// Connections closed because no ping was answered.
    pub ping_timeouts: u64,
    /// Events received.
    pub events: u64,
    /// Packets handed to clients, each counted once per client.
    pub packets: u64,
    /// Writes to sockets and answers to polls, each carrying one packet or more.
    pub writes: u64,
    /// Bytes written to clients, without HTTP headers.
    pub bytes: u64,
    /// Outboxes dropped because a client was too slow.
    pub overflows: u64,
}
