//! Everything that is in a database, out of it and into another one, of whatever kind.
//!
//! - [`tables`]: which tables there are; [`rows`]: their rows out of and into a database
//! - [`file`]: the file that a backup is; [`backup`] and [`restore`] write and read it
//! - [`moving`]: from one database into another while people write

pub mod backup;
pub mod file;
pub mod moving;
pub mod restore;
mod rows;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::kernel::db::migrate::{self, Migration};
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::secrets::SecretsError;
use file::FormatError;
use tables::SchemaError;

/// Why a backup, a restore or a move ended.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The backup.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The keys.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A file.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// It is not done, for a reason that whoever asked can do something about.
    #[error("{0}")]
    Refused(String),
    /// What was read is not what such a column holds.
    #[error("a value of {0} is of the wrong kind")]
    Garbled(String),
    /// What arrived is not what was sent.
    #[error("{0}")]
    Differs(String),
}

/// The steps that a database has behind it, in the order of the list. One that this list does not know is refused.
async fn steps_of(
    sql: &impl Sql,
    list: &'static [Migration],
) -> Result<Vec<Migration>, TransferError> {
    let applied = migrate::applied(sql).await?;
    steps_named(&applied, list).map_err(|unknown| StorageError::Newer(unknown).into())
}

/// The steps of these names, in the order of the list, or a name that is not in it.
fn steps_named(names: &[String], list: &'static [Migration]) -> Result<Vec<Migration>, String> {
    let is_known = |name: &&String| list.iter().any(|step| step.name == **name);
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        return Err(unknown.clone());
    }
    let is_named = |step: &&Migration| names.iter().any(|name| step.name == name);
    Ok(list.iter().filter(is_named).copied().collect())
}

/// Removes every table that these steps make, and what is known of the steps.
async fn drop_tables(sql: &impl Sql, list: &'static [Migration]) -> Result<(), TransferError> {
    let tables = tables::tables(list)?;
    let names = tables.iter().map(|table| table.name.as_str());
    for name in names.chain([migrate::TABLE]) {
        let drop = format!("DROP TABLE IF EXISTS {name}");
        sql.execute_raw(&drop).await?;
    }
    Ok(())
}

/// Whether no table of these steps has a row.
async fn is_empty(sql: &impl Sql, list: &'static [Migration]) -> Result<bool, TransferError> {
    for table in tables::tables(list)? {
        let is_there = migrate::has_table(sql, &table.name).await?;
        if is_there && rows::count(sql, &table).await? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
