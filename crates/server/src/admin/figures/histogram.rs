//! How long deliveries took: counts of those up to some bounds, which can be added up over hours and days.

use parlor_protocol::admin::Latency;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest of each class, in milliseconds; what took longer is in a class of its own.
const BOUNDS: [i64; 24] = [
    1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 2_000, 3_000,
    5_000, 10_000, 30_000,
];
const CLASSES: usize = BOUNDS.len() + 1;

/// Counts while they grow.
#[derive(Debug)]
pub(super) struct Histogram([AtomicU64; CLASSES]);

impl Default for Histogram {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Histogram {
    pub(super) fn record(&self, millis: i64) {
        let class = BOUNDS.partition_point(|bound| *bound < millis);
        if let Some(count) = self.0.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was counted since this was last called.
    pub(super) fn take(&self) -> Counts {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        Counts(self.0.iter().map(take).collect())
    }
}

/// Counts of a time that is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts(Vec<u64>);

impl Counts {
    /// As they are stored; none where the text is none of ours.
    pub(super) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// As they are to be stored.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// Adds those of another time.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own = own.saturating_add(*more);
        }
    }

    /// How many there are, and up to how long half of them, 95 and 99 in a hundred took.
    pub(super) fn latency(&self) -> Latency {
        let count: u64 = self.0.iter().sum();
        Latency {
            count: i64::try_from(count).unwrap_or(i64::MAX),
            p50_ms: self.within(count, 50),
            p95_ms: self.within(count, 95),
            p99_ms: self.within(count, 99),
        }
    }

    /// The bound of the class in which the one lies that `percent` in a hundred are not slower than.
    fn within(&self, count: u64, percent: u64) -> Option<i64> {
        let rank = count.saturating_mul(percent).div_ceil(100);
        let mut seen = 0;
        for (class, more) in self.0.iter().enumerate() {
            seen += more;
            if count > 0 && seen >= rank {
                return Some(BOUNDS.get(class).copied().unwrap_or(i64::from(i32::MAX)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_all_hours_together() {
        let histogram = Histogram::default();
        assert_eq!(histogram.take().latency().p50_ms, None);
        for millis in 1..=100 {
            histogram.record(millis);
        }
        let mut day = histogram.take();
        let latency = day.latency();
        assert_eq!(latency.count, 100);
        assert_eq!((latency.p50_ms, latency.p99_ms), (Some(50), Some(100)));
        assert_eq!(histogram.take().latency().count, 0, "taken once");
        for _ in 0..900 {
            histogram.record(0);
        }
        histogram.record(40_000);
        day.add(&Counts::read(&histogram.take().text()));
        let latency = day.latency();
        assert_eq!((latency.count, latency.p50_ms), (1_001, Some(1)));
        assert_eq!(latency.p95_ms, Some(70));
        let mut none = Counts::read("not ours");
        none.add(&day);
        assert_eq!(none, day);
    }
}
