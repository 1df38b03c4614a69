//! `parlor migrate`: brings the database up to date without serving, or moves it.

use super::{Failed, moving};
use crate::app::{MIGRATIONS, StartError};
use crate::http::lock;
use crate::kernel::config::Config;
use crate::kernel::db::{Db, migrate};
use clap::Args;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Only says what is to be done
    #[arg(long, conflicts_with_all = ["to", "abandon"])]
    status: bool,
    /// Moves everything to this empty database, while the server runs; run again, it goes on where it ended
    #[arg(long, value_name = "URL", value_parser = crate::kernel::config::settings::database)]
    to: Option<String>,
    /// Gives a move up: the server goes on with the old database
    #[arg(long, conflicts_with = "to")]
    abandon: bool,
}

/// Does what was asked for.
pub(super) async fn run(config: Config, args: MigrateArgs) -> Result<ExitCode, Failed> {
    match args.to {
        Some(url) => moving::move_to(&config, &url).await,
        None if args.abandon => moving::abandon(&config).await,
        None => migrate(&config, args.status).await,
    }
}

/// Applies what has not been applied; with `status`, only says what that is.
async fn migrate(config: &Config, status: bool) -> Result<ExitCode, Failed> {
    let lock = lock::take(&config.data_dir)?;
    let db = Db::connect(&config.database_url(), config.allow_weak_durability)
        .await
        .map_err(StartError::from)?;
    let pending = migrate::pending(&db, MIGRATIONS)
        .await
        .map_err(StartError::from)?;
    let mut out = std::io::stdout().lock();
    for step in &pending {
        writeln!(
            out,
            "{step} {}",
            if status { "is to be applied" } else { "…" }
        )?;
    }
    if !status {
        migrate::run(&db, MIGRATIONS)
            .await
            .map_err(StartError::from)?;
    }
    if !status || pending.is_empty() {
        writeln!(out, "The database is up to date.")?;
    }
    drop(lock);
    Ok(ExitCode::SUCCESS)
}
