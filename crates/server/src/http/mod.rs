//! HTTP: the listener with its limits, the layers that every request passes, and what answers for the server itself.
//!
//! - [`listener`]: accepts connections, encrypted by [`tls`]; [`connection`]: speaks HTTP/1.1 on each, [`framing`] looking on
//! - [`front`]: what every request and answer passes: [`head`], [`proxies`], [`cors`], [`body`], [`protect`]
//! - [`bodyless`]: bodies where none is taken
//! - [`health`]: whether the server serves; [`figures`]: how it is doing
//! - [`lock`]: one server a data directory; [`console`]: the way in for the command line

mod admission;
mod body;
mod bodyless;
mod connection;
pub(crate) mod console;
mod cors;
mod figures;
mod framing;
mod front;
mod head;
mod health;
mod listener;
pub(crate) mod lock;
mod protect;
mod proxies;
mod tls;

pub use crate::kernel::client::ClientAddr;

use crate::app::{App, StartError};
use crate::kernel::clock::Clock;
use crate::kernel::config::{Config, Tls};
use crate::kernel::jobs::Jobs;
use crate::realtime::{self, Service};
use crate::{accounts, apidocs};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use front::Front;
use listener::Listener;
use parlor_transport::Transport;
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The log writer gets this time at least to commit what it holds, however short the drain time.
const LAST_COMMIT: Duration = Duration::from_secs(1);

/// The largest body, in bytes, where a route does not say otherwise.
const LARGEST_BODY: usize = 64 * 1024;

/// A server that serves.
pub struct Running {
    address: SocketAddr,
    figures: Option<SocketAddr>,
    app: Arc<App>,
    transport: Transport,
    connections: Jobs,
    _lock: File,
}

/// Starts the server: takes the data directory, brings the database up to date, and listens.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let lock = lock::take(&config.data_dir)?;
    let listen = config.listen;
    let tls = tls::acceptor(&config, clock.now())?;
    let (app, delivery) = App::build(config, clock).await?;
    let app = Arc::new(app);
    let service = realtime::mount(&app, delivery);
    app.notifications.start();
    app.retention.start();
    app.archives.start();
    let counted = service.transport.clone();
    let count = move || counted.stats().connections;
    app.admin.count_connections_with(Box::new(count));
    let fail = |error| StartError::Io(format!("cannot listen on {listen}"), error);
    let listener = TcpListener::bind(listen).await.map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let figures = figures::serve(&app, &service.transport).await?;
    console::serve(&app);
    let connections = Jobs::default();
    let front = Arc::new(Front::new(&app.kernel.config, router(&app, &service)));
    let most = app
        .kernel
        .config
        .limits_apply()
        .then_some(app.kernel.config.max_connections_per_address);
    let accept = Listener::new(front, tls, most, connections.clone());
    connections.spawn(accept.run(listener));
    Ok(Running {
        address,
        figures,
        app,
        transport: service.transport,
        connections,
        _lock: lock,
    })
}

fn router(app: &Arc<App>, service: &Service) -> Router {
    let (native, document) = app.routes().split_for_parts();
    let native = bodyless::layer(native, &document);
    let api = Router::new()
        .nest("/api", service.dialects.share(native))
        .merge(service.dialects.routes())
        .layer(accounts::guard::layer(app.accounts.clone()))
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    let api = admission::layer(api, app.kernel.config.max_requests);
    Router::new()
        .merge(api)
        .merge(apidocs::router(app))
        .merge(health::router(app))
        .merge(service.transport.router())
        .merge(crate::web::router())
        .fallback(front::not_found)
        .layer(from_fn(front::remember_route))
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Prometheus finds its figures, if anywhere.
    #[must_use]
    pub fn figures_address(&self) -> Option<SocketAddr> {
        self.figures
    }

    /// Where people find it.
    #[must_use]
    pub fn url(&self) -> String {
        let is_plain = self.app.kernel.config.tls == Tls::Off;
        let scheme = if is_plain { "http" } else { "https" };
        format!("{scheme}://{}", self.address)
    }

    /// The same for a browser on this machine: by name where it listens on all addresses, or on loopback alone.
    #[must_use]
    pub fn local_url(&self) -> String {
        let ip = self.address.ip();
        if ip.is_loopback() || ip.is_unspecified() {
            let given = self.address.to_string();
            let local = format!("localhost:{}", self.address.port());
            return self.url().replace(&given, &local);
        }
        self.url()
    }

    /// The product inside.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops accepting, tells clients to reconnect, finishes what was accepted, commits what was written, all within
    /// the drain time. Says whether everything that was written is committed.
    pub async fn stop(self) -> bool {
        let kernel = &self.app.kernel;
        let begun = Instant::now();
        let drain_time = kernel.config.drain_time;
        // What does not end by then is cut off, so that the writer has time for what it holds.
        let patience = drain_time.mul_f32(0.8);
        let (drained, ()) = tokio::join!(
            self.connections.shut_down(patience),
            self.transport.shutdown(realtime::farewell, patience),
        );
        if !drained {
            tracing::warn!("requests were cut off that did not end in time");
        }
        let left = drain_time.saturating_sub(begun.elapsed()).max(LAST_COMMIT);
        kernel.jobs.shut_down(left).await
    }
}
