//! `parlor backup`.

use super::Failed;
use crate::app::MIGRATIONS;
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::db::Db;
use crate::kernel::progress::Progress;
use crate::kernel::secrets;
use crate::transfer::TransferError;
use crate::transfer::backup::{self, Secret};
use clap::Args;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// A new file, or the folder for one
    to: PathBuf,
    /// Puts the server's secret into the backup: whoever has the file can then sign in as anybody
    #[arg(long)]
    with_secrets: bool,
}

/// Writes everything in the database to a new file.
pub(super) async fn backup(config: Config, args: BackupArgs) -> Result<ExitCode, Failed> {
    let db = Db::connect_existing(&config.database_url(), config.allow_weak_durability)
        .await
        .map_err(TransferError::from)?;
    let key = config.secret_key.as_ref().map(|key| key.0.as_str());
    let key = secrets::stored(key, &config.data_dir).map_err(TransferError::from)?;
    let mark = key.as_deref().map(secrets::mark).transpose();
    let secret = Secret {
        mark: mark.map_err(TransferError::from)?,
        key: key.filter(|_| args.with_secrets),
    };
    let has_key = secret.key.is_some();
    let (now, progress) = (Clock::system().now(), Progress::shown());
    let made = backup::backup(&db, MIGRATIONS, secret, &args.to, now, &progress).await?;
    drop(progress);
    let rows: u64 = made.manifest.tables.iter().map(|end| end.rows).sum();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: {} tables, {rows} rows",
        made.path.display(),
        made.manifest.tables.len()
    )?;
    let said = if has_key {
        "The server's secret is in it: keep it where nobody else reads it."
    } else {
        "The server's secret is not in it: keep secrets.json, or PARLOR_SECRET_KEY, elsewhere. Without it sessions end and access keys cannot be read."
    };
    writeln!(out, "{said}")?;
    Ok(ExitCode::SUCCESS)
}
