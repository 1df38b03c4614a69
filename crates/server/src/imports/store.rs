//! How far an import is, what became of which row, and what there is to tell.

use crate::kernel::db::sql::{OnConflict, rows_of, upsert};
use crate::kernel::db::{Sql, StorageError, Value, args};
use serde::Deserialize;
use std::collections::HashMap;

/// Which import.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which<'a> {
    pub(super) system: &'static str,
    pub(super) label: &'a str,
}

/// How far a step is.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Mark {
    /// The key of the last row, as JSON; empty before the first.
    pub(super) place: String,
    /// How many rows were read.
    pub(super) done: i64,
    /// How many of them are here now.
    pub(super) kept: i64,
}

pub(super) async fn fingerprint(
    sql: &impl Sql,
    of: Which<'_>,
) -> Result<Option<String>, StorageError> {
    let query = "SELECT fingerprint FROM imports WHERE origin = ? AND label = ?";
    sql.scalar(query, args![of.system, of.label]).await
}

pub(super) async fn begin(
    sql: &impl Sql,
    of: Which<'_>,
    fingerprint: &str,
    now: i64,
) -> Result<(), StorageError> {
    let query = "INSERT INTO imports (origin, label, fingerprint, begun_at) VALUES (?, ?, ?, ?)";
    sql.run(query, args![of.system, of.label, fingerprint, now])
        .await?;
    Ok(())
}

pub(super) async fn mark(sql: &impl Sql, of: Which<'_>, step: &str) -> Result<Mark, StorageError> {
    let query =
        "SELECT place, done, kept FROM import_steps WHERE origin = ? AND label = ? AND step = ?";
    let mark = sql.row(query, args![of.system, of.label, step]).await?;
    Ok(mark.unwrap_or_default())
}

pub(super) async fn set_mark(
    sql: &impl Sql,
    of: Which<'_>,
    step: &str,
    mark: &Mark,
) -> Result<(), StorageError> {
    let query = upsert(
        sql.backend(),
        "import_steps",
        &["origin", "label", "step", "place", "done", "kept"],
        1,
        &["origin", "label", "step"],
        OnConflict::Replace(&["place", "done", "kept"]),
    );
    let values = args![
        of.system,
        of.label,
        step,
        mark.place.clone(),
        mark.done,
        mark.kept
    ];
    sql.run(&query, values).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Became {
    old_id: String,
    new_id: i64,
}

/// What became of the rows of a step.
pub(super) async fn ids(
    sql: &impl Sql,
    of: Which<'_>,
    step: &str,
) -> Result<HashMap<String, i64>, StorageError> {
    let query = "SELECT old_id, new_id FROM import_ids WHERE origin = ? AND label = ? AND step = ?";
    let rows: Vec<Became> = sql.rows(query, args![of.system, of.label, step]).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.old_id, row.new_id))
        .collect())
}

/// What became of up to `limit` rows of a step after the one of an old id.
pub(super) async fn ids_after(
    sql: &impl Sql,
    of: Which<'_>,
    step: &str,
    (after, limit): (&str, i64),
) -> Result<Vec<(String, i64)>, StorageError> {
    let query = "SELECT old_id, new_id FROM import_ids WHERE origin = ? AND label = ? AND step = ? \
         AND old_id > ? ORDER BY old_id LIMIT ?";
    let values = args![of.system, of.label, step, after, limit];
    let rows: Vec<Became> = sql.rows(query, values).await?;
    let became = rows.into_iter().map(|row| (row.old_id, row.new_id));
    Ok(became.collect())
}

pub(super) async fn insert_ids(
    sql: &impl Sql,
    of: Which<'_>,
    step: &str,
    became: &[(String, i64)],
) -> Result<(), StorageError> {
    for chunk in became.chunks(100) {
        let rows = rows_of(5, chunk.len());
        let query =
            format!("INSERT INTO import_ids (origin, label, step, old_id, new_id) VALUES {rows}");
        let values = chunk
            .iter()
            .flat_map(|(old, new)| args![of.system, of.label, step, old.clone(), *new]);
        sql.run(&query, values.collect::<Vec<Value>>()).await?;
    }
    Ok(())
}

pub(super) async fn insert_note(
    sql: &impl Sql,
    of: Which<'_>,
    id: i64,
    text: &str,
) -> Result<(), StorageError> {
    let query = "INSERT INTO import_notes (id, origin, label, text) VALUES (?, ?, ?, ?)";
    sql.run(query, args![id, of.system, of.label, text]).await?;
    Ok(())
}

pub(super) async fn notes(sql: &impl Sql, of: Which<'_>) -> Result<Vec<String>, StorageError> {
    let query = "SELECT text FROM import_notes WHERE origin = ? AND label = ? ORDER BY id";
    sql.column(query, args![of.system, of.label]).await
}
