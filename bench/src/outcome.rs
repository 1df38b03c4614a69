//! One measurement.

use serde::{Deserialize, Serialize};

/// What came out of one scenario on one server, once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outcome {
    pub(crate) scenario: String,
    pub(crate) server: String,
    pub(crate) round: usize,
    /// Why there is nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    pub(crate) connections: usize,
    /// Seconds that were measured.
    pub(crate) seconds: f64,
    /// Messages that left.
    pub(crate) sent: u64,
    /// Deliveries, or acknowledgements where those are what counts.
    pub(crate) done: u64,
    pub(crate) per_second: f64,
    /// The same per second of the server's processor time.
    pub(crate) per_cpu_second: f64,
    /// Seconds of the server's processor time, and how much of it was in its own code.
    pub(crate) server_cpu: f64,
    pub(crate) server_user_share: f64,
    pub(crate) generator_cpu: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p90_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    pub(crate) max_ms: f64,
    /// How late the generator itself was.
    pub(crate) late_p99_ms: f64,
    pub(crate) lost: u64,
    pub(crate) duplicated: u64,
    pub(crate) reordered: u64,
    /// Messages that took too long for their sender to wait.
    pub(crate) given_up: u64,
    pub(crate) unacknowledged: usize,
    pub(crate) refused: u64,
    pub(crate) disconnected: usize,
    /// What the first refusal or lost connection was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<String>,
    /// MiB resident when the server had just started; before anybody connected, with all accounts and rooms made; with
    /// everybody connected; and in the end.
    pub(crate) rss_started_mib: f64,
    pub(crate) rss_before_mib: f64,
    pub(crate) rss_connected_mib: f64,
    pub(crate) rss_end_mib: f64,
    pub(crate) kib_per_connection: f64,
    /// Microseconds of the server's processor time per connection made.
    pub(crate) cpu_per_connect_us: f64,
    /// Of the whole machine, when it was over.
    pub(crate) load_average: f64,
}

/// What a bar or a table can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Figure {
    PerSecond,
    PerCpuSecond,
    P50Ms,
    P99Ms,
    Lost,
    Duplicated,
    Reordered,
    KibPerConnection,
    RssStartedMib,
    RssConnectedMib,
    CpuPerConnectUs,
}

impl Figure {
    /// Its value.
    pub(crate) fn of(self, outcome: &Outcome) -> f64 {
        match self {
            Self::PerSecond => outcome.per_second,
            Self::PerCpuSecond => outcome.per_cpu_second,
            Self::P50Ms => outcome.p50_ms,
            Self::P99Ms => outcome.p99_ms,
            Self::Lost => outcome.lost as f64,
            Self::Duplicated => outcome.duplicated as f64,
            Self::Reordered => outcome.reordered as f64,
            Self::KibPerConnection => outcome.kib_per_connection,
            Self::RssStartedMib => outcome.rss_started_mib,
            Self::RssConnectedMib => outcome.rss_connected_mib,
            Self::CpuPerConnectUs => outcome.cpu_per_connect_us,
        }
    }

    /// What it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::PerSecond => "per second",
            Self::PerCpuSecond => "per second of the server's CPU",
            Self::P50Ms => "median latency, ms",
            Self::P99Ms => "99th percentile, ms",
            Self::Lost => "lost",
            Self::Duplicated => "twice",
            Self::Reordered => "out of order",
            Self::KibPerConnection => "KiB per connection",
            Self::RssStartedMib => "MiB just started",
            Self::RssConnectedMib => "MiB with all connected",
            Self::CpuPerConnectUs => "µs of CPU per connect",
        }
    }
}
