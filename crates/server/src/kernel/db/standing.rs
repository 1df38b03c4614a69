//! Whether a database is whole. One that is being filled or moved says so in a table of its own, which is there only
//! meanwhile, so that nobody serves a half of what people have said.

use super::migrate::{dialect, has_table};
use super::sql::{OnConflict, upsert};
use super::{Sql, StorageError, args};

/// The table.
const TABLE: &str = "parlor_transfer";
const ROLE: &str = "role";

/// What a database is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is being filled from a backup.
    Restoring,
    /// It is being filled from another database.
    Receiving,
    /// It is being carried over into another one, and served meanwhile.
    Moving,
    /// It has been carried over into another one, which took its place.
    Moved,
    /// Its move was given up, and is still being cleared away.
    Abandoned,
}

const NAMES: [(Role, &str); 5] = [
    (Role::Restoring, "restoring"),
    (Role::Receiving, "receiving"),
    (Role::Moving, "moving"),
    (Role::Moved, "moved"),
    (Role::Abandoned, "abandoned"),
];

impl Role {
    fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(role, _)| *role == self)
            .map_or("", |(_, name)| name)
    }

    /// What keeps it from being served, and what to do.
    pub(super) fn why_not(self) -> &'static str {
        match self {
            Self::Restoring => {
                "a restore into it has not ended; run `parlor restore` with the same file again"
            }
            Self::Receiving => {
                "a move into it has not ended; run `parlor migrate --to` again where the old database is"
            }
            Self::Moving => "it is being moved",
            Self::Moved => {
                "everything in it was moved to another database; set PARLOR_DATABASE_URL to that one, or go back by `parlor migrate --abandon`"
            }
            Self::Abandoned => "a move was given up halfway; run `parlor migrate --abandon` again",
        }
    }
}

/// What the database is in the middle of; `None` for one that is whole.
pub async fn role(sql: &impl Sql) -> Result<Option<Role>, StorageError> {
    let Some(name) = fact(sql, ROLE).await? else {
        return Ok(None);
    };
    let known = NAMES.iter().find(|(_, known)| *known == name);
    match known {
        Some((role, _)) => Ok(Some(*role)),
        None => Err(StorageError::Newer(format!("{TABLE}: {name}"))),
    }
}

/// Says what the database is in the middle of. Where the table is there already it is one statement.
pub(crate) async fn take_role(sql: &impl Sql, role: Role) -> Result<(), StorageError> {
    make_table(sql).await?;
    note(sql, ROLE, role.name()).await
}

/// Makes the table, where it is not there. A database with the table and no role in it is whole.
pub(crate) async fn make_table(sql: &impl Sql) -> Result<(), StorageError> {
    if !has_table(sql, TABLE).await? {
        let create = format!(
            "CREATE TABLE IF NOT EXISTS {TABLE} (name VARCHAR(80) NOT NULL PRIMARY KEY, value TEXT NOT NULL)"
        );
        let create = dialect(sql.backend(), &create);
        sql.execute_raw(&create).await?;
    }
    Ok(())
}

/// Something to know about what it is in the middle of.
pub(crate) async fn fact(sql: &impl Sql, name: &str) -> Result<Option<String>, StorageError> {
    if !has_table(sql, TABLE).await? {
        return Ok(None);
    }
    let query = format!("SELECT value FROM {TABLE} WHERE name = ?");
    sql.scalar(&query, args![name]).await
}

/// Keeps something to know about it.
pub(crate) async fn note(sql: &impl Sql, name: &str, value: &str) -> Result<(), StorageError> {
    let statement = upsert(
        sql.backend(),
        TABLE,
        &["name", "value"],
        1,
        &["name"],
        OnConflict::Replace(&["value"]),
    );
    sql.run(&statement, args![name, value]).await.map(drop)
}

/// The database is whole.
pub(crate) async fn clear(sql: &impl Sql) -> Result<(), StorageError> {
    sql.execute_raw(&format!("DROP TABLE IF EXISTS {TABLE}"))
        .await
}
