//! `parlor migrate`: brings the database up to date without serving.

use super::Failed;
use crate::app::{MIGRATIONS, StartError};
use crate::http::lock;
use crate::kernel::config::Config;
use crate::kernel::db::{Db, migrate};
use std::io::Write as _;
use std::process::ExitCode;

/// Applies what has not been applied; with `status`, only says what that is.
pub(super) async fn migrate(config: Config, status: bool) -> Result<ExitCode, Failed> {
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
