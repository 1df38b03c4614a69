//! `GET /metrics`, on a listener of its own: figures are for the operator alone.

use crate::app::{App, StartError};
use crate::kernel::Kernel;
use crate::kernel::db::{Db, Sql as _};
use crate::kernel::metrics::Figures;
use crate::kernel::problem::Answer;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::{counter, gauge};
use parlor_transport::Transport;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[derive(Clone)]
struct Sources {
    kernel: Kernel,
    transport: Transport,
    figures: Figures,
}

/// Listens for Prometheus, where the settings say so. Answers where.
pub(super) async fn serve(
    app: &App,
    transport: &Transport,
) -> Result<Option<SocketAddr>, StartError> {
    let kernel = app.kernel.clone();
    let Some(listen) = kernel.config.metrics_listen else {
        return Ok(None);
    };
    let fail = |error| StartError::Io(format!("cannot listen on {listen}"), error);
    let figures =
        Figures::start(&kernel.jobs).map_err(|error| fail(std::io::Error::other(error)))?;
    let listener = TcpListener::bind(listen).await.map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let (jobs, stop) = (kernel.jobs.clone(), kernel.jobs.stopping());
    let sources = Sources {
        kernel,
        transport: transport.clone(),
        figures,
    };
    let router = Router::new()
        .route("/metrics", get(metrics))
        .with_state(sources);
    jobs.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "figures are served no longer");
        }
    });
    Ok(Some(address))
}

async fn metrics(State(sources): State<Sources>) -> Answer<impl IntoResponse> {
    look(&sources).await;
    let text = sources.figures.render();
    Ok((
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    ))
}

/// Takes down what is not counted as it happens.
async fn look(sources: &Sources) {
    let stats = sources.transport.stats();
    gauge!("parlor_connections").set(float(stats.connections));
    counter!("parlor_events_received_total").absolute(stats.events);
    counter!("parlor_packets_sent_total").absolute(stats.packets);
    counter!("parlor_writes_total").absolute(stats.writes);
    counter!("parlor_bytes_sent_total").absolute(stats.bytes);
    counter!("parlor_slow_readers_total").absolute(stats.overflows);
    counter!("parlor_violations_total").absolute(stats.violations);
    gauge!("parlor_people_online").set(float(sources.kernel.online.count() as u64));
    if let Some(waiting) = outbox(&sources.kernel.db).await {
        gauge!("parlor_outbox_waiting").set(float(waiting));
    }
}

/// `None` while the database does not answer: the figure stays as it was.
async fn outbox(db: &Db) -> Option<u64> {
    let count = db.read().scalar::<i64>("SELECT COUNT(*) FROM outbox", []);
    u64::try_from(count.await.ok()??).ok()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, which none of these reaches"
)]
fn float(number: u64) -> f64 {
    number as f64
}
