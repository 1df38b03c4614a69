//! Where the server's terms are.

use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::retention::Retention;

const FACT: &str = "retention";

/// The server's terms; for ever where none were set.
pub(super) async fn load(sql: &impl Sql) -> Result<Retention, StorageError> {
    let query = "SELECT value FROM server_facts WHERE name = ?";
    let fact: Option<String> = sql.scalar(query, args![FACT]).await?;
    let Some(fact) = fact else {
        return Ok(Retention::default());
    };
    // What cannot be read must not remove anything.
    Ok(serde_json::from_str(&fact).unwrap_or_else(|error| {
        tracing::error!(%error, "the terms of retention cannot be read: everything is kept");
        Retention::default()
    }))
}

pub(super) async fn save(sql: &impl Sql, terms: &Retention) -> Result<(), StorageError> {
    let columns = ["name", "value"];
    let (backend, replace) = (sql.backend(), OnConflict::Replace(&columns[1..]));
    let query = upsert(backend, "server_facts", &columns, 1, &columns[..1], replace);
    let value = serde_json::to_string(terms).unwrap_or_default();
    sql.run(&query, args![FACT, value]).await?;
    Ok(())
}
