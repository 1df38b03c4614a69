//! The tables `figures_hours`, `figures_days`, `figures_rooms` and `figures_storage`.

use super::count::Said;
use super::histogram::Counts;
use super::storage::Measured;
use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::Timestamp;
use serde::Deserialize;

/// An hour.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct HourRow {
    pub(super) hour: i64,
    pub(super) messages: i64,
    /// The most people who were connected at a time.
    pub(super) people: i64,
    /// The most connections that there were at a time.
    pub(super) connections: i64,
    pub(super) delivery: String,
}

/// A day. All but `active` and `bytes` is as it was at its end.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct DayRow {
    pub(super) day: i64,
    /// How many people were seen.
    pub(super) active: i64,
    pub(super) accounts: i64,
    pub(super) rooms: i64,
    pub(super) communities: i64,
    /// What the database takes.
    pub(super) bytes: i64,
}

/// What a part of the database takes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct StorageRow {
    pub(super) family: String,
    pub(super) bytes: i64,
    pub(super) measured_at: i64,
}

/// The row under which the whole database is kept.
pub(super) const TOTAL: &str = "total";

async fn begin_hour(sql: &impl Sql, hour: i64) -> Result<(), StorageError> {
    let columns = ["hour", "messages", "people", "connections", "delivery"];
    let backend = sql.backend();
    let begin = upsert(
        backend,
        "figures_hours",
        &columns,
        1,
        &["hour"],
        OnConflict::Ignore,
    );
    sql.run(&begin, args![hour, 0_i64, 0_i64, 0_i64, "[]"])
        .await?;
    Ok(())
}

/// Adds what was said, and notes how far it was counted.
pub(super) async fn add(sql: &impl Sql, said: &Said) -> Result<(), StorageError> {
    for (hour, messages) in &said.hours {
        begin_hour(sql, *hour).await?;
        let update = "UPDATE figures_hours SET messages = messages + ? WHERE hour = ?";
        sql.run(update, args![*messages, *hour]).await?;
    }
    for (room, seq, messages, last_at) in &said.rooms {
        let update = "UPDATE figures_rooms SET seq = ?, messages = messages + ?, \
                      last_at = CASE WHEN last_at < ? THEN ? ELSE last_at END WHERE room_id = ?";
        let values = args![*seq, *messages, *last_at, *last_at, *room];
        if sql.run(update, values).await? == 0 {
            let insert =
                "INSERT INTO figures_rooms (room_id, seq, messages, last_at) VALUES (?, ?, ?, ?)";
            sql.run(insert, args![*room, *seq, *messages, *last_at])
                .await?;
        }
    }
    Ok(())
}

/// Adds what was seen in memory in the course of an hour.
pub(super) async fn sample(
    sql: &impl Sql,
    hour: i64,
    (people, connections): (i64, i64),
    delivery: &Counts,
) -> Result<(), StorageError> {
    begin_hour(sql, hour).await?;
    let query = "SELECT delivery FROM figures_hours WHERE hour = ?";
    let before: Option<String> = sql.scalar(query, args![hour]).await?;
    let mut counts = Counts::read(&before.unwrap_or_default());
    counts.add(delivery);
    let update = "UPDATE figures_hours SET people = CASE WHEN people < ? THEN ? ELSE people END, \
                  connections = CASE WHEN connections < ? THEN ? ELSE connections END, delivery = ? WHERE hour = ?";
    let values = args![
        people,
        people,
        connections,
        connections,
        counts.text(),
        hour
    ];
    sql.run(update, values).await?;
    Ok(())
}

/// Counts what there is, by indexes: people who were seen today, and how many there are of what.
pub(super) async fn count_day(sql: &impl Sql, day: i64) -> Result<DayRow, StorageError> {
    let count = async |query: &str, values: Vec<crate::kernel::db::Value>| {
        let count = sql.scalar::<i64>(query, values).await?;
        Ok::<_, StorageError>(count.unwrap_or(0))
    };
    let seen = "SELECT COUNT(*) FROM accounts WHERE last_seen >= ? AND is_guest = ?";
    let people = "SELECT COUNT(*) FROM accounts WHERE is_guest = ? AND status <> 'deleted'";
    let rooms = "SELECT COUNT(*) FROM rooms WHERE kind = ?";
    Ok(DayRow {
        day,
        active: count(seen, args![day, false].to_vec()).await?,
        accounts: count(people, args![false].to_vec()).await?,
        rooms: count(rooms, args![0_i16].to_vec()).await?,
        communities: count(rooms, args![2_i16].to_vec()).await?,
        bytes: 0,
    })
}

/// Writes a day down; who was seen is not unseen by being deleted.
pub(super) async fn put_day(sql: &impl Sql, row: DayRow) -> Result<(), StorageError> {
    let query = "SELECT active FROM figures_days WHERE day = ?";
    let before: Option<i64> = sql.scalar(query, args![row.day]).await?;
    let columns = ["day", "active", "accounts", "rooms", "communities", "bytes"];
    let backend = sql.backend();
    let replace = OnConflict::Replace(&columns[1..]);
    let put = upsert(backend, "figures_days", &columns, 1, &["day"], replace);
    let active = row.active.max(before.unwrap_or(0));
    let values = args![
        row.day,
        active,
        row.accounts,
        row.rooms,
        row.communities,
        row.bytes
    ];
    sql.run(&put, values).await?;
    Ok(())
}

/// Puts a measurement in the place of the last.
pub(super) async fn put_storage(
    sql: &impl Sql,
    measured: &Measured,
    now: Timestamp,
) -> Result<(), StorageError> {
    sql.run("DELETE FROM figures_storage", []).await?;
    let all = measured
        .families
        .iter()
        .map(|(family, bytes)| (*family, *bytes));
    let insert = "INSERT INTO figures_storage (family, bytes, measured_at) VALUES (?, ?, ?)";
    for (family, bytes) in all.chain([(TOTAL, measured.total)]) {
        sql.run(insert, args![family, bytes, now.0]).await?;
    }
    Ok(())
}

/// Forgets rooms that are gone, and hours before a moment.
pub(super) async fn clear(sql: &impl Sql, before: i64) -> Result<(), StorageError> {
    let gone = "DELETE FROM figures_rooms WHERE NOT EXISTS \
                (SELECT 1 FROM rooms r WHERE r.id = figures_rooms.room_id)";
    sql.run(gone, []).await?;
    let old = "DELETE FROM figures_hours WHERE hour < ?";
    sql.run(old, args![before]).await?;
    Ok(())
}

pub(super) async fn hours(sql: &impl Sql, since: i64) -> Result<Vec<HourRow>, StorageError> {
    let query = "SELECT hour, messages, people, connections, delivery FROM figures_hours \
                 WHERE hour >= ? ORDER BY hour";
    sql.rows(query, args![since]).await
}

pub(super) async fn days(sql: &impl Sql, since: i64) -> Result<Vec<DayRow>, StorageError> {
    let query = "SELECT day, active, accounts, rooms, communities, bytes FROM figures_days \
                 WHERE day >= ? ORDER BY day";
    sql.rows(query, args![since]).await
}

pub(super) async fn storage(sql: &impl Sql) -> Result<Vec<StorageRow>, StorageError> {
    let query =
        "SELECT family, bytes, measured_at FROM figures_storage ORDER BY bytes DESC, family";
    sql.rows(query, []).await
}

/// How much work waits that must follow a commit.
pub(super) async fn outbox(sql: &impl Sql) -> Result<i64, StorageError> {
    let count = sql.scalar::<i64>("SELECT COUNT(*) FROM outbox", []).await?;
    Ok(count.unwrap_or(0))
}
