//! Which messages from elsewhere are here, by what makes them the same.

use crate::kernel::db::sql::rows_of;
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::MessageId;
use serde::Deserialize;

/// Messages looked for in one statement.
const CHUNK: usize = 100;

#[derive(Deserialize)]
struct Pair {
    identity: String,
    message_id: MessageId,
}

pub(in crate::messages) async fn known(
    sql: &impl Sql,
    identities: &[String],
) -> Result<Vec<(String, MessageId)>, StorageError> {
    let mut known = Vec::new();
    for chunk in identities.chunks(CHUNK) {
        let statement = format!(
            "SELECT identity, message_id FROM imported_messages WHERE identity IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|one| Value::from(one.as_str())).collect();
        let pairs: Vec<Pair> = sql.rows(&statement, values).await?;
        known.extend(
            pairs
                .into_iter()
                .map(|pair| (pair.identity, pair.message_id)),
        );
    }
    Ok(known)
}

pub(in crate::messages) async fn insert(
    sql: &impl Sql,
    pairs: &[(String, MessageId)],
) -> Result<(), StorageError> {
    for chunk in pairs.chunks(CHUNK) {
        let statement = format!(
            "INSERT INTO imported_messages (identity, message_id) VALUES {}",
            rows_of(2, chunk.len())
        );
        let values = chunk
            .iter()
            .flat_map(|(identity, id)| args![identity.clone(), *id]);
        sql.run(&statement, values.collect::<Vec<Value>>()).await?;
    }
    Ok(())
}
