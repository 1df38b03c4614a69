//! Figures of this process, as Prometheus reads them.

use super::jobs::Jobs;
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often what was measured is put into its place; without it, it would pile up.
const UPKEEP: Duration = Duration::from_secs(5);
/// Bounds of times, in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Bounds of how much is committed at once.
const UNITS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// A process has one set of figures, however many servers it runs.
static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// Reads the figures.
#[derive(Clone, Debug)]
pub struct Figures(PrometheusHandle);

impl Figures {
    /// Begins to count. Before, whatever is counted is dropped at no cost.
    pub fn start(jobs: &Jobs) -> Result<Self, BuildError> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = match installed.as_ref() {
            Some(handle) => handle.clone(),
            None => installed.insert(install()?).clone(),
        };
        drop(installed);
        let upkeep = handle.clone();
        jobs.every(UPKEEP, move || {
            upkeep.run_upkeep();
            std::future::ready(())
        });
        Ok(Self(handle))
    }

    /// All figures in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }
}

fn install() -> Result<PrometheusHandle, BuildError> {
    use metrics_exporter_prometheus::Matcher::Full;
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Full("parlor_http_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Full("parlor_commit_units".to_owned()), UNITS)?
        .install_recorder()?;
    describe_counter!(
        "parlor_http_requests_total",
        "Requests answered, by method, route and status"
    );
    describe_histogram!(
        "parlor_http_seconds",
        "Time from a request's head to its answer's head"
    );
    describe_counter!(
        "parlor_accept_errors_total",
        "Failures to accept a connection"
    );
    describe_histogram!("parlor_commit_units", "Changes that share a commit");
    describe_gauge!("parlor_connections", "Real-time connections open now");
    describe_gauge!("parlor_people_online", "People with a real-time connection");
    describe_counter!("parlor_events_received_total", "Events that clients sent");
    describe_counter!(
        "parlor_packets_sent_total",
        "Packets handed to clients, once for each client"
    );
    describe_counter!(
        "parlor_writes_total",
        "Writes to connections, of a packet or more"
    );
    describe_counter!(
        "parlor_bytes_sent_total",
        "Bytes written to real-time clients"
    );
    describe_counter!(
        "parlor_slow_readers_total",
        "Queues dropped because their client read too slowly"
    );
    describe_counter!(
        "parlor_violations_total",
        "Connections closed because their client broke the protocol or a limit"
    );
    describe_gauge!(
        "parlor_outbox_waiting",
        "Work that was promised with a commit and is not done yet"
    );
    Ok(handle)
}
