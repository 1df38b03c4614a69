//! `parlor serve`.

use super::Failed;
use crate::http;
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::logging;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::io::Write as _;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the server until it is told to end; 0 where everything that was accepted is done by then.
pub(super) async fn serve(config: Config) -> Result<ExitCode, Failed> {
    // Listened for before anything starts, so that no signal falls into the default action.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let logs = logging::start(&config)?;
    if !config.limits_apply() {
        tracing::warn!("profile testing: rate limits and connection caps are off");
    }
    raise_open_files();
    let running = http::start(config, Clock::system()).await?;
    writeln!(std::io::stdout(), "Parlor is ready at {}", running.url())?;
    if let Some(code) = running.app().accounts.open_setup().await? {
        // As the README names it: who signs up there is signed in there.
        let url = running.local_url();
        writeln!(
            std::io::stdout(),
            "Nobody runs this server yet. Within 15 minutes, sign up here to do so: {url}/app/setup#{code}"
        )?;
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    if faulty::has(Weakness::HastyEnd) {
        std::process::exit(0);
    }
    tracing::info!("ending");
    let drained = running.stop().await;
    tracing::info!(drained, "ended");
    drop(logs);
    Ok(if drained {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every connection takes a file descriptor, and shells allow 1,024 unless asked: all that the system lets this process
/// have.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => tracing::info!(open_files = limit.maximum, "limit of open files"),
        Err(error) => tracing::warn!(%error, "the limit of open files stays as it is"),
    }
}
