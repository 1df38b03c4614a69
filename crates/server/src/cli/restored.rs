//! `parlor restored`: says that the database was brought back from a copy.

use super::Failed;
use crate::app::{MIGRATIONS, StartError};
use crate::http::lock;
use crate::kernel::config::Config;
use crate::kernel::db::{Db, migrate};
use crate::kernel::log::epoch;
use crate::kernel::secrets::random_token;
use std::io::Write as _;
use std::process::ExitCode;

/// Names the past of the logs anew, so that clients which have seen more than the copy holds read everything again.
pub(super) async fn restored(config: Config) -> Result<ExitCode, Failed> {
    let lock = lock::take(&config.data_dir)?;
    renew(&config).await?;
    let said = "Clients that come back will read everything again.";
    writeln!(std::io::stdout().lock(), "{said}")?;
    drop(lock);
    Ok(ExitCode::SUCCESS)
}

async fn renew(config: &Config) -> Result<(), StartError> {
    let db = Db::connect(&config.database_url(), config.allow_weak_durability).await?;
    migrate::run(&db, MIGRATIONS).await?;
    Ok(epoch::renew(&db, random_token()?).await?)
}
