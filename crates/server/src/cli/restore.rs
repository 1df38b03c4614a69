//! `parlor restore`.

use super::Failed;
use crate::app::MIGRATIONS;
use crate::http::lock;
use crate::kernel::config::Config;
use crate::kernel::db::Db;
use crate::kernel::progress::Progress;
use crate::kernel::secrets;
use crate::transfer::TransferError;
use crate::transfer::file::Header;
use crate::transfer::restore;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Brings a backup back.
pub(super) async fn restore(config: Config, file: &Path) -> Result<ExitCode, Failed> {
    let progress = Progress::shown();
    let checked = restore::check(file, MIGRATIONS, &progress)?;
    let _lock = lock::take(&config.data_dir)?;
    let db = Db::connect(&config.database_url(), config.allow_weak_durability)
        .await
        .map_err(TransferError::from)?;
    restore::check_target(&db, MIGRATIONS).await?;
    let said = restore_secret(&config, &checked.header)?;
    restore::restore(&db, MIGRATIONS, file, &checked, &progress).await?;
    drop(progress);
    let rows: u64 = checked.manifest.tables.iter().map(|end| end.rows).sum();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{rows} rows are back. Clients will read everything again."
    )?;
    writeln!(out, "{said}")?;
    Ok(ExitCode::SUCCESS)
}

/// Keeps the server's secret that the backup brings along, where there is none. Says which secret is in force.
fn restore_secret(config: &Config, header: &Header) -> Result<&'static str, TransferError> {
    let given = config.secret_key.as_ref().map(|key| key.0.as_str());
    let there = secrets::stored(given, &config.data_dir)?;
    let mark = there.as_deref().map(secrets::mark).transpose()?;
    match (&there, &header.secret_key) {
        (Some(_), _) if mark == header.secret_mark => Ok("The server's secret is the one of the backup."),
        (Some(_), Some(_)) => Err(TransferError::Refused(
            "this server has another secret than the backup: move secrets.json away, and unset PARLOR_SECRET_KEY".to_owned(),
        )),
        (None, Some(key)) => {
            secrets::keep(key, &config.data_dir)?;
            Ok("The server's secret came with the backup, and is in secrets.json.")
        }
        (_, None) => Ok(
            "The server's secret is not the one of the backup: sessions have ended and access keys cannot be read, unless you bring the old secrets.json back before the server starts.",
        ),
    }
}
