//! Figures for metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

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

/// The figures as they are counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) opened: AtomicU64,
    pub(crate) closed: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) violations: AtomicU64,
    pub(crate) ping_timeouts: AtomicU64,
    pub(crate) events: AtomicU64,
    packets: AtomicU64,
    writes: AtomicU64,
    bytes: AtomicU64,
    pub(crate) overflows: AtomicU64,
}

impl Counters {
    /// Counts a write.
    pub(crate) fn wrote(&self, packets: u32, bytes: usize) {
        self.writes.fetch_add(1, Relaxed);
        self.packets.fetch_add(packets.into(), Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts one more of something.
    pub(crate) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Relaxed);
    }

    /// Connections open now.
    pub(crate) fn open(&self) -> u64 {
        let closed = self.closed.load(Relaxed);
        self.opened.load(Relaxed).saturating_sub(closed)
    }

    pub(crate) fn read(&self) -> Stats {
        Stats {
            connections: self.open(),
            opened: self.opened.load(Relaxed),
            refused: self.refused.load(Relaxed),
            violations: self.violations.load(Relaxed),
            ping_timeouts: self.ping_timeouts.load(Relaxed),
            events: self.events.load(Relaxed),
            packets: self.packets.load(Relaxed),
            writes: self.writes.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            overflows: self.overflows.load(Relaxed),
        }
    }
}
