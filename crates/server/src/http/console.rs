//! The way in for the command line: `parlor admin` asks a running server over a socket in its data directory, whose
//! folder only its owner may enter. So there is one home for each action, and nothing that is kept in memory gets stale
//! behind the server's back. Without a running server the command line asks the same routes in its own process.

use crate::app::App;
use crate::kernel::actor::Actor;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::UnixListener;

/// Where the socket is.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("console").join("socket")
}

/// What may be asked there, by whoever can.
pub(crate) fn router(app: &App) -> Router {
    let (routes, _) = app.console_routes().split_for_parts();
    Router::new()
        .nest("/api", routes)
        .layer(from_fn(by_the_console))
}

async fn by_the_console(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::new(Actor::console()));
    next.run(request).await
}

/// Listens, until the server stops. Where it cannot, the server serves all the same, and says so.
pub(super) fn serve(app: &App) {
    let (jobs, path) = (&app.kernel.jobs, path(&app.kernel.config.data_dir));
    let listener = match listen(&path) {
        Ok(listener) => listener,
        Err(error) => {
            let path = path.display();
            tracing::warn!(%error, %path, "`parlor admin` cannot reach this server");
            return;
        }
    };
    let (router, stop) = (router(app), jobs.stopping());
    jobs.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "the console is served no longer");
        }
        let _ = std::fs::remove_file(path);
    });
}

/// The folder is made before the socket, and for its owner alone: there is no moment at which others could connect. A
/// socket that is there already was left by a server that is gone, for this one holds the data directory's lock.
fn listen(path: &Path) -> std::io::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    UnixListener::bind(path)
}
