//! The table `account_privacy`: a row for everybody who has chosen something else than the default.

use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{Sql, StorageError, Value, args, placeholders};
use parlor_protocol::UserId;
use parlor_protocol::accounts::{Circle, Privacy};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Row {
    user_id: UserId,
    direct_chats: i16,
    presence: i16,
    read_receipts: bool,
}

/// What some people have chosen; who has chosen nothing is left out.
pub(in crate::accounts) async fn load(
    sql: &impl Sql,
    ids: &[UserId],
) -> Result<HashMap<UserId, Privacy>, StorageError> {
    let mut chosen = HashMap::new();
    for chunk in ids.chunks(500) {
        let statement = format!(
            "SELECT user_id, direct_chats, presence, read_receipts FROM account_privacy WHERE user_id IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        let rows = sql.rows::<Row>(&statement, values).await?;
        chosen.extend(rows.iter().map(|row| {
            let privacy = Privacy {
                direct_chats: circle_from(row.direct_chats),
                presence: circle_from(row.presence),
                read_receipts: row.read_receipts,
            };
            (row.user_id, privacy)
        }));
    }
    Ok(chosen)
}

pub(in crate::accounts) async fn set(
    sql: &impl Sql,
    id: UserId,
    privacy: Privacy,
) -> Result<(), StorageError> {
    let statement = upsert(
        sql.backend(),
        "account_privacy",
        &["user_id", "direct_chats", "presence", "read_receipts"],
        1,
        &["user_id"],
        OnConflict::Replace(&["direct_chats", "presence", "read_receipts"]),
    );
    let values = args![
        id,
        circle_to(privacy.direct_chats),
        circle_to(privacy.presence),
        privacy.read_receipts
    ];
    sql.run(&statement, values).await?;
    Ok(())
}

pub(in crate::accounts) async fn delete(sql: &impl Sql, id: UserId) -> Result<(), StorageError> {
    let statement = "DELETE FROM account_privacy WHERE user_id = ?";
    sql.run(statement, args![id]).await?;
    Ok(())
}

/// What is not known is kept closest.
fn circle_from(circle: i16) -> Circle {
    match circle {
        0 => Circle::Everyone,
        1 => Circle::Friends,
        _ => Circle::Nobody,
    }
}

fn circle_to(circle: Circle) -> i16 {
    match circle {
        Circle::Everyone => 0,
        Circle::Friends => 1,
        Circle::Nobody => 2,
    }
}
