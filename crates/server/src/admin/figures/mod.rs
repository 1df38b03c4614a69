//! Figures of use: how much is said, by how many, how soon it arrives, and what it takes to keep.
//!
//! They are kept in small tables, an hour or a day a row, which a job brings up to date from the rooms' logs: each entry
//! is read once, soon after it was written, so that asking for a year's figures reads a year's rows and no message.
//!
//! - [`histogram`]: how soon messages are delivered; [`count`]: what is new in the logs; [`storage`]: what it takes
//! - [`roll_up`]: the job; [`view`]: figures as administrators see them; [`store`]: the tables

mod count;
mod histogram;
mod roll_up;
mod storage;
mod store;
mod view;

use histogram::Histogram;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::Mutex;

/// How many real-time connections there are; those who serve them know.
pub type CountConnections = Box<dyn Fn() -> u64 + Send + Sync>;

/// How often the tables are brought up to date.
const ROLL_UP: Duration = Duration::from_mins(1);
const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// What is counted in memory until it is written down.
#[derive(Default)]
pub(super) struct Figures {
    delivery: Histogram,
    connections: OnceLock<CountConnections>,
    /// Taken by who brings the tables up to date.
    turn: Mutex<()>,
}

impl Figures {
    /// A message has reached its room's connections this many milliseconds after it was accepted.
    pub(super) fn delivered(&self, millis: i64) {
        self.delivery.record(millis);
    }

    /// Lets those who serve connections count them.
    pub(super) fn count_connections_with(&self, count: CountConnections) {
        let _ = self.connections.set(count);
    }

    fn connections(&self) -> i64 {
        let count = self.connections.get().map_or(0, |count| count());
        i64::try_from(count).unwrap_or(i64::MAX)
    }
}

/// The beginning of the hour, or of the day, that a moment is in.
fn floor(at: i64, step: i64) -> i64 {
    at - at.rem_euclid(step)
}
