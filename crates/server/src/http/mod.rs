//! HTTP: the listener with its limits, the layers that every request passes, and what answers for the server itself.
//!
//! - [`listener`]: accepts connections and speaks HTTP/1.1 on each
//! - [`front`]: what every request and answer passes
//! - [`health`]: whether the server serves
//! - [`lock`]: one server a data directory

mod front;
mod health;
mod listener;
mod lock;

pub use crate::kernel::client::ClientAddr;

use crate::accounts;
use crate::app::{App, StartError};
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::jobs::Jobs;
use crate::realtime;
use axum::Router;
use axum::middleware::from_fn;
use front::Front;
use parlor_transport::Transport;
use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// Time beyond the drain time for the log writer to commit what it holds.
const LAST_COMMIT: Duration = Duration::from_secs(5);

/// A server that serves.
pub struct Running {
    address: SocketAddr,
    app: Arc<App>,
    transport: Transport,
    connections: Jobs,
    _lock: File,
}

/// Starts the server: takes the data directory, brings the database up to date, and listens.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let lock = lock::take(&config.data_dir)?;
    let listen = config.listen;
    let (app, delivery) = App::build(config, clock).await?;
    let app = Arc::new(app);
    let transport = realtime::mount(&app, delivery);
    let fail = |error| StartError::Io(format!("cannot listen on {listen}"), error);
    let listener = TcpListener::bind(listen).await.map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let connections = Jobs::default();
    let front = Arc::new(Front::new(&app.kernel.config, router(&app, &transport)));
    connections.spawn(listener::run(listener, front, connections.clone()));
    Ok(Running {
        address,
        app,
        transport,
        connections,
        _lock: lock,
    })
}

fn router(app: &Arc<App>, transport: &Transport) -> Router {
    let (api, _) = app.routes().split_for_parts();
    let api = api.layer(accounts::guard::layer(app.accounts.clone()));
    Router::new()
        .nest("/api", api)
        .merge(health::router(app))
        .merge(transport.router())
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

    /// Where people find it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The product inside.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Stops accepting, tells clients to reconnect, finishes what was accepted, commits what was written. Says whether all of it ended in time.
    pub async fn stop(self) -> bool {
        let kernel = &self.app.kernel;
        let drain_time = kernel.config.drain_time;
        let deadline = Instant::now() + drain_time;
        let (drained, ()) = tokio::join!(
            self.connections.shut_down(drain_time),
            self.transport.shutdown(realtime::farewell(), drain_time),
        );
        let left = deadline.duration_since(Instant::now()) + LAST_COMMIT;
        kernel.jobs.shut_down(left).await && drained
    }
}
