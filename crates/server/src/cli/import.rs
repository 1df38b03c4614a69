//! `parlor import`: brings over what an older system has stored.

use super::Failed;
use crate::app::{App, MIGRATIONS, StartError};
use crate::http::lock;
use crate::imports::{self, Options};
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::db::{Db, migrate};
use crate::kernel::progress::Progress;
use chrono::FixedOffset;
use clap::Args;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How long the last commit may take to end.
const LAST_COMMIT: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The older system: must, chatroom, awesome, platform or komunikator
    #[arg(long, value_name = "SYSTEM", value_parser = ["must", "chatroom", "awesome", "platform", "komunikator"])]
    from: String,
    /// Its database: a file of SQLite, or an address such as <mysql://user:password@host/name>
    #[arg(value_name = "DATABASE-URL")]
    source: String,
    /// Says what would come of it, and writes nothing
    #[arg(long)]
    dry_run: bool,
    /// Tells several databases of the same system apart
    #[arg(long, default_value = "", value_name = "NAME")]
    label: String,
    /// In which zone the older system told its times
    #[arg(
        long,
        default_value = "+00:00",
        value_name = "+HH:MM",
        allow_hyphen_values = true
    )]
    utc_offset: FixedOffset,
}

/// Runs the command. No server may run over the same data directory, for it would not hear of what is new.
pub(super) async fn import(mut config: Config, import: Import) -> Result<ExitCode, Failed> {
    let Some(system) = imports::system_named(&import.from) else {
        return Ok(ExitCode::FAILURE);
    };
    let lock = lock::take(&config.data_dir)?;
    let scratch = if import.dry_run {
        elsewhere(&mut config).await?
    } else {
        None
    };
    let (app, delivery) = App::build(config, Clock::system()).await?;
    drop(delivery);
    let options = Options {
        address: import.source,
        label: import.label,
        zone: import.utc_offset,
        dry: import.dry_run,
    };
    let progress = Progress::shown();
    let result = system.import(&app, options, move |at| {
        progress.step(at.table, at.done.unsigned_abs(), at.total.unsigned_abs());
    });
    let result = result.await;
    app.kernel.jobs.shut_down(LAST_COMMIT).await;
    let report = result?;
    write!(std::io::stdout(), "{report}")?;
    drop((scratch, lock));
    Ok(ExitCode::SUCCESS)
}

/// A dry run leaves a server alone that was never started, and tries on an empty one instead. One whose database is not
/// up to date would have to be changed first.
async fn elsewhere(config: &mut Config) -> Result<Option<tempfile::TempDir>, Failed> {
    let address = config.database_url();
    let is_missing = |path: &str| !Path::new(path).exists();
    let mut is_new = address.strip_prefix("sqlite:").is_some_and(is_missing);
    if !is_new {
        let db = Db::connect(&address, config.allow_weak_durability).await;
        let pending = migrate::pending(&db.map_err(StartError::from)?, MIGRATIONS).await;
        let pending = pending.map_err(StartError::from)?.len();
        if pending == 0 {
            return Ok(None);
        }
        is_new = pending == MIGRATIONS.len();
    }
    if !is_new {
        let why = "the database is not up to date: run `parlor migrate` before a dry run";
        return Err(Failed::Io(std::io::Error::other(why)));
    }
    let folder = tempfile::tempdir()?;
    folder.path().clone_into(&mut config.data_dir);
    config.database_url.clear();
    Ok(Some(folder))
}
