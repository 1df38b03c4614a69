//! One timer for the deadlines of all connections.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::Config;
use crate::conn::Conn;
use crate::core::{Core, lock};
use crate::proto::deadlines::{Rules, Tick};

const SLOTS: usize = 128;

/// Holds connections by the tick at which one of their deadlines may have come.
#[derive(Debug)]
pub(crate) struct Wheel {
    slots: Box<[Mutex<Vec<Weak<Conn>>>]>,
    now: AtomicU32,
    tick: Duration,
    pub(crate) rules: Rules,
}

impl Wheel {
    pub(crate) fn new(config: &Config) -> Self {
        let times = [
            config.ping_interval,
            config.ping_timeout,
            config.connect_timeout,
            config.completion_timeout,
        ];
        let shortest = times.into_iter().min().unwrap_or_default();
        let tick = (shortest / 10).clamp(Duration::from_millis(1), Duration::from_millis(500));
        let ticks = |time: Duration| {
            let ticks = time.as_nanos().div_ceil(tick.as_nanos());
            // The present tick is partly over.
            Tick::try_from(ticks)
                .unwrap_or(Tick::MAX / 4)
                .min(Tick::MAX / 4)
                + 1
        };
        Self {
            slots: (0..SLOTS).map(|_| Mutex::default()).collect(),
            now: AtomicU32::new(0),
            tick,
            rules: Rules {
                ping_interval: ticks(config.ping_interval) - 1,
                ping_timeout: ticks(config.ping_timeout),
                connect: ticks(config.connect_timeout),
                completion: ticks(config.completion_timeout),
                leaving: ticks(config.completion_timeout / 5),
            },
        }
    }

    pub(crate) fn now(&self) -> Tick {
        self.now.load(Relaxed)
    }

    /// Will look after a connection at `at`, at the earliest with the next tick.
    pub(crate) fn schedule(&self, conn: Weak<Conn>, at: Tick) {
        let at = at.max(self.now().saturating_add(1));
        if let Some(slot) = self.slots.get(at as usize % SLOTS) {
            lock(slot).push(conn);
        }
    }

    /// Whether two moments have the same place on the wheel.
    pub(crate) fn meet(&self, one: Tick, other: Tick) -> bool {
        one as usize % self.slots.len() == other as usize % self.slots.len()
    }

    /// All connections.
    pub(crate) fn connections(&self) -> Vec<Arc<Conn>> {
        let mut connections = Vec::new();
        for slot in &self.slots {
            connections.extend(lock(slot).iter().filter_map(Weak::upgrade));
        }
        // One may be in several places.
        connections.sort_unstable_by_key(Arc::as_ptr);
        connections.dedup_by_key(|conn| Arc::as_ptr(conn));
        connections
    }

    fn turn(&self) {
        let now = self.now.fetch_add(1, Relaxed).wrapping_add(1);
        let Some(slot) = self.slots.get(now as usize % SLOTS) else {
            return;
        };
        let due = std::mem::take(&mut *lock(slot));
        for conn in due.iter().filter_map(Weak::upgrade) {
            conn.tick(now);
        }
    }
}

/// Turns the wheel for as long as the transport exists.
pub(crate) async fn turn(core: Weak<Core>, tick: Duration) {
    let mut ticks = interval(tick);
    // After a pause of the whole process, clients must get their chance to answer.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(core) = core.upgrade() else { return };
        core.wheel.turn();
    }
}

impl Core {
    /// Starts the timer.
    pub(crate) fn start(self: &Arc<Self>) {
        self.spawner
            .spawn(turn(Arc::downgrade(self), self.wheel.tick));
    }
}
