//! Which past the logs tell of. Where the database is brought back from a copy, what was said after the copy was made
//! is gone, and its numbers are given out again. So the past has a name, which changes then, and whoever continues
//! after a number says in which past they saw it.

use crate::kernel::db::{Db, Sql, StorageError, args};

const FACT: &str = "log_epoch";

/// The name of the past that the logs of this database tell of. Where it has none yet, it is `fresh`.
pub async fn load(db: &Db, fresh: String) -> Result<String, StorageError> {
    if let Some(epoch) = stored(db.read()).await? {
        return Ok(epoch);
    }
    let insert = "INSERT INTO server_facts (name, value) VALUES (?, ?)";
    match db.write().run(insert, args![FACT, fresh.clone()]).await {
        Ok(_) => Ok(fresh),
        // Another process starts at the same time, and was first.
        Err(error) if error.is_unique_violation() => Ok(stored(db.read()).await?.unwrap_or(fresh)),
        Err(error) => Err(error),
    }
}

/// Names the past anew: the database has been brought back from a copy.
pub async fn renew(db: &Db, fresh: String) -> Result<(), StorageError> {
    let delete = "DELETE FROM server_facts WHERE name = ?";
    db.write().run(delete, args![FACT]).await?;
    load(db, fresh).await.map(drop)
}

/// The name of the past, where it has one.
pub(crate) async fn stored(sql: &impl Sql) -> Result<Option<String>, StorageError> {
    let query = "SELECT value FROM server_facts WHERE name = ?";
    sql.scalar(query, args![FACT]).await
}
