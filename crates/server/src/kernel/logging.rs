//! The log: lines on standard error, and the same lines in `DATA_DIR/logs`, where the newest ten files of a megabyte
//! are kept. It holds no tokens, no keys, and nothing that people write to each other.

use super::config::Config;
use logroller::{LogRoller, LogRollerBuilder, LogRollerError, Rotation, RotationSize, TimeZone};
use std::path::Path;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// How many full files are kept beside the one that is written.
const KEPT: u64 = 10;
/// For its owner and its owner's group: addresses and names of people are in it.
const MODE: u32 = 0o640;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The files cannot be written.
    #[error("log files: {0}")]
    Files(#[from] LogRollerError),
    /// Which lines to write was not understood.
    #[error("log_level: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Another part of the process has set up a log.
    #[error("log: {0}")]
    Taken(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Writes what is left when dropped.
#[must_use]
pub struct Logs {
    _writer: WorkerGuard,
}

/// Starts the log of this process.
pub fn start(config: &Config) -> Result<Logs, LogError> {
    let files = files(&config.data_dir.join("logs"))?;
    let (file, writer) = tracing_appender::non_blocking(files);
    let subscriber = tracing_subscriber::registry()
        .with(EnvFilter::builder().parse(&config.log_level)?)
        .with(fmt::layer().with_ansi(false).with_writer(std::io::stderr))
        .with(fmt::layer().with_ansi(false).with_writer(file));
    tracing::subscriber::set_global_default(subscriber)?;
    std::panic::set_hook(Box::new(|panic| {
        // What it says may quote what somebody wrote: where it happened is enough to find it.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
    Ok(Logs { _writer: writer })
}

fn files(folder: &Path) -> Result<LogRoller, LogRollerError> {
    LogRollerBuilder::new(folder, Path::new("parlor.log"))
        .rotation(Rotation::SizeBased(RotationSize::MB(1)))
        .max_keep_files(KEPT)
        .time_zone(TimeZone::UTC)
        .file_mode(MODE)
        // Old files are removed by a thread of its own: without this, a process that ends leaves too many.
        .graceful_shutdown(true)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn the_newest_files_of_a_megabyte_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = files(dir.path()).unwrap();
        let line = vec![b'x'; 64 * 1024];
        for _ in 0..13 * 16 {
            file.write_all(&line).unwrap();
        }
        drop(file);
        let sizes: Vec<u64> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), 11, "{sizes:?}");
        assert!(
            sizes.iter().all(|size| *size <= 1024 * 1024 + 64 * 1024),
            "{sizes:?}"
        );
    }
}
