//! `parlor migrate --to` and `--abandon`: to another database while people write, and back.

use super::Failed;
use crate::app::MIGRATIONS;
use crate::http::lock;
use crate::kernel::config::{Config, settings};
use crate::kernel::db::Db;
use crate::kernel::progress::Progress;
use crate::transfer::{TransferError, moving};
use std::io::Write as _;
use std::process::ExitCode;

/// One move at a time; the server may run meanwhile.
const LOCK: &str = "parlor-move.lock";

/// Moves everything to another database.
pub(super) async fn move_to(config: &Config, url: &str) -> Result<ExitCode, Failed> {
    let _lock = lock::take_named(&config.data_dir, LOCK)?;
    let old = open(config).await?;
    let new = Db::connect(url, config.allow_weak_durability)
        .await
        .map_err(TransferError::from)?;
    let name = settings::without_password(url);
    let progress = Progress::shown();
    let moved = moving::move_all(&old, &new, &name, MIGRATIONS, &progress).await?;
    drop(progress);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Everything is in the new database: {} tables, {} rows, equal in number and sum.",
        moved.tables, moved.rows
    )?;
    writeln!(
        out,
        "Nobody has been able to write for {} ms, and nobody can until the server is started with",
        moved.pause.as_millis()
    )?;
    writeln!(out, "  PARLOR_DATABASE_URL={name}")?;
    writeln!(
        out,
        "or until this is taken back by `parlor migrate --abandon`, before anybody writes there."
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Gives a move up.
pub(super) async fn abandon(config: &Config) -> Result<ExitCode, Failed> {
    let _lock = lock::take_named(&config.data_dir, LOCK)?;
    let old = open(config).await?;
    // Who writes in the new database, or would go on in the old one, is to have ended.
    let _server = if moving::is_over(&old).await? {
        Some(lock::take(&config.data_dir)?)
    } else {
        None
    };
    let was_over = moving::abandon(&old, MIGRATIONS).await?;
    let said = if was_over {
        "The old database is in use again. What was written in the new one is not in it: clients will read everything again."
    } else {
        "No move is under way."
    };
    writeln!(std::io::stdout(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

async fn open(config: &Config) -> Result<Db, TransferError> {
    let url = config.database_url();
    Ok(Db::connect_existing(&url, config.allow_weak_durability).await?)
}
