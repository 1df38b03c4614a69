//! What is stored of somebody's notifications.

use super::Notifications;
use super::model::Row;
use super::store::{self, Wanted, reminders, settings};
use crate::accounts::records::Record;
use crate::kernel::db::{Sql, StorageError};
use parlor_protocol::{Timestamp, UserId};
use serde_json::json;

/// Rows read at a time.
const PAGE: i64 = 200;

impl Notifications {
    /// What somebody was told of, what they want to be told of, and what they want to be reminded of. What was said is in
    /// none of it.
    pub async fn records(&self, sql: &impl Sql, user: UserId) -> Result<Vec<Record>, StorageError> {
        let mut records = Vec::new();
        let mut after = 0;
        loop {
            let rows = store::find(sql, Wanted::Of(user), after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            records.extend(rows.iter().map(|row| ("notifications", record(row))));
        }
        let unwanted = settings::unwanted(sql, &[user]).await?;
        let mut unwanted: Vec<_> = unwanted.into_iter().map(|(_, kind)| kind).collect();
        unwanted.sort_unstable();
        records.extend(unwanted.into_iter().map(|kind| {
            let record = json!({ "notification_type": kind, "in_app": false });
            ("notification_settings", record)
        }));
        let levels = settings::levels_of(sql, user).await?;
        records.extend(
            levels
                .iter()
                .map(|room| ("notification_settings", json!(room))),
        );
        let waiting = reminders::list(sql, user, 0, i64::MAX).await?;
        records.extend(waiting.iter().map(|row| {
            let record = json!({
                "room_id": row.room_id,
                "message_id": row.message_id,
                "remind_at": Timestamp(row.remind_at),
                "created_at": Timestamp(row.created_at),
            });
            ("reminders", record)
        }));
        Ok(records)
    }
}

fn record(row: &Row) -> serde_json::Value {
    json!({
        "id": row.id,
        "notification_type": row.kind(),
        "timestamp": Timestamp(row.created_at),
        "read_at": row.read_at.map(Timestamp),
        "by_id": row.actor_id,
        "room_id": row.room_id,
        "message_id": row.message_id,
    })
}
