//! Rows out of a database and into one, the same for all kinds of databases.

use super::TransferError;
use super::file::{End, Row, Tally};
use super::tables::{Column, Kind, Table};
use crate::kernel::db::sql::rows_of;
use crate::kernel::db::{self, Backend, Sql, StorageError, Value, placeholders};
use serde_json::Value as Json;

/// How many rows are read at a time.
pub(super) const PAGE: usize = 500;
/// How many keys are named in one statement.
const KEYS: usize = 100;
/// How many values one statement may have: SQLite takes 32,766, the others 65,535.
const VALUES: usize = 30_000;
/// How many bytes of values, roughly, one statement may have; MySQL takes 16 MiB and more.
const BYTES: usize = 1024 * 1024;

/// How many rows a table has.
pub(super) async fn count(sql: &impl Sql, table: &Table) -> Result<u64, StorageError> {
    let query = format!("SELECT COUNT(*) FROM {}", table.name);
    let count: Option<i64> = sql.scalar(&query, []).await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}

/// The values of a row that are its primary key.
pub(super) fn key_of(table: &Table, row: &Row) -> Row {
    let values = table.key.iter().filter_map(|at| row.get(*at));
    values.cloned().collect()
}

/// Up to [`PAGE`] rows after a key, in the order of keys, which is the same in all databases: numbers by size, texts by
/// their bytes.
pub(super) async fn page(
    sql: &impl Sql,
    table: &Table,
    after: Option<&Row>,
) -> Result<Vec<Row>, TransferError> {
    let backend = sql.backend();
    let keys: Vec<String> = table
        .key_columns()
        .map(|key| ordered(backend, key))
        .collect();
    let mut values = Vec::new();
    let condition = match after {
        None => String::new(),
        Some(key) => format!(" WHERE {}", beyond(table, &keys, key, &mut values)?),
    };
    let query = format!(
        "SELECT {} FROM {}{condition} ORDER BY {} LIMIT {PAGE}",
        selected(backend, table),
        table.name,
        keys.join(", ")
    );
    read(sql, table, &query, values).await
}

/// The rows with these keys that are there, in any order.
pub(super) async fn with_keys(
    sql: &impl Sql,
    table: &Table,
    keys: &[Row],
) -> Result<Vec<Row>, TransferError> {
    let mut rows = Vec::new();
    for some in keys.chunks(KEYS) {
        let (condition, values) = any_of(table, some)?;
        let columns = selected(sql.backend(), table);
        let query = format!("SELECT {columns} FROM {} WHERE {condition}", table.name);
        rows.extend(read(sql, table, &query, values).await?);
    }
    Ok(rows)
}

/// Removes the rows with these keys.
pub(super) async fn delete(
    sql: &impl Sql,
    table: &Table,
    keys: &[Row],
) -> Result<(), TransferError> {
    for some in keys.chunks(KEYS) {
        let (condition, values) = any_of(table, some)?;
        let statement = format!("DELETE FROM {} WHERE {condition}", table.name);
        sql.run(&statement, values).await?;
    }
    Ok(())
}

/// Adds rows.
pub(super) async fn insert(
    sql: &impl Sql,
    table: &Table,
    rows: &[Row],
) -> Result<(), TransferError> {
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let most = (VALUES / names.len().max(1)).max(1);
    let mut rest = rows;
    while !rest.is_empty() {
        let (some, later) = rest.split_at(batch(rest, most));
        let statement = format!(
            "INSERT INTO {} ({}) VALUES {}",
            table.name,
            names.join(", "),
            rows_of(names.len(), some.len())
        );
        let mut values = Vec::with_capacity(some.len() * names.len());
        for row in some {
            for (value, column) in row.iter().zip(&table.columns) {
                values.push(bound(value, column)?);
            }
        }
        sql.run(&statement, values).await?;
        rest = later;
    }
    Ok(())
}

/// The number and sum of all rows of a table; `seen` hears how many there are so far.
pub(super) async fn tally(
    sql: &impl Sql,
    table: &Table,
    mut seen: impl FnMut(u64),
) -> Result<End, TransferError> {
    let mut tally = Tally::default();
    let mut last: Option<Row> = None;
    loop {
        let rows = page(sql, table, last.as_ref()).await?;
        for row in &rows {
            tally.row(row);
        }
        seen(tally.rows());
        match rows.last() {
            Some(row) if rows.len() == PAGE => last = Some(key_of(table, row)),
            _ => return Ok(tally.end(&table.name)),
        }
    }
}

/// How many of the next rows one statement takes.
fn batch(rows: &[Row], most: usize) -> usize {
    let mut bytes = 0;
    let fits = |row: &&Row| {
        let texts = row.iter().filter_map(Json::as_str);
        bytes += texts.map(str::len).sum::<usize>();
        bytes <= BYTES
    };
    let count = rows.iter().take(most).take_while(fits).count();
    count.max(1)
}

async fn read(
    sql: &impl Sql,
    table: &Table,
    query: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, TransferError> {
    let rows = sql.raw_rows(query, values).await?;
    rows.iter().map(|row| decoded(row, table)).collect()
}

fn decoded(row: &db::Row, table: &Table) -> Result<Row, TransferError> {
    let columns = table.columns.iter().enumerate();
    let value = |(at, column): (usize, &Column)| {
        let value = match column.kind {
            Kind::Integer => row.get::<i64>(at).map(Json::from),
            Kind::Boolean => row.get::<bool>(at).map(Json::from),
            Kind::Text => row.get::<String>(at).map(Json::from),
        };
        Ok(value?)
    };
    columns.map(value).collect()
}

/// What is asked for, each number as one of 64 bits.
fn selected(backend: Backend, table: &Table) -> String {
    let form = |column: &Column| match (backend, column.kind) {
        (Backend::Postgres, Kind::Integer) => format!("CAST({} AS BIGINT)", column.name),
        _ => column.name.clone(),
    };
    let columns: Vec<String> = table.columns.iter().map(form).collect();
    columns.join(", ")
}

/// A column of a key as it is ordered by: PostgreSQL orders texts by the customs of a country unless told otherwise.
fn ordered(backend: Backend, column: &Column) -> String {
    match (backend, column.kind) {
        (Backend::Postgres, Kind::Text) => format!("{} COLLATE \"C\"", column.name),
        _ => column.name.clone(),
    }
}

/// The condition of coming after a key: `a >= ? AND (a > ? OR (a = ? AND b > ?))`, the first part for the index.
fn beyond(
    table: &Table,
    keys: &[String],
    after: &Row,
    values: &mut Vec<Value>,
) -> Result<String, TransferError> {
    let columns: Vec<&Column> = table.key_columns().collect();
    let value = |at: usize| bound(after.get(at).unwrap_or(&Json::Null), columns[at]);
    let [first, ..] = keys else {
        return Err(TransferError::Garbled(table.name.clone()));
    };
    if keys.len() == 1 {
        values.push(value(0)?);
        return Ok(format!("{first} > ?"));
    }
    values.push(value(0)?);
    let mut alternatives = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let mut parts = Vec::new();
        for (before, same) in keys.iter().enumerate().take(at) {
            parts.push(format!("{same} = ?"));
            values.push(value(before)?);
        }
        parts.push(format!("{key} > ?"));
        values.push(value(at)?);
        alternatives.push(format!("({})", parts.join(" AND ")));
    }
    Ok(format!("{first} >= ? AND ({})", alternatives.join(" OR ")))
}

/// The condition of having one of these keys.
fn any_of(table: &Table, keys: &[Row]) -> Result<(String, Vec<Value>), TransferError> {
    let columns: Vec<&Column> = table.key_columns().collect();
    let mut values = Vec::with_capacity(keys.len() * columns.len());
    for key in keys {
        if key.len() != columns.len() {
            return Err(TransferError::Garbled(table.name.clone()));
        }
        for (value, column) in key.iter().zip(&columns) {
            values.push(bound(value, column)?);
        }
    }
    if let [column] = columns.as_slice() {
        let list = placeholders(keys.len());
        return Ok((format!("{} IN ({list})", column.name), values));
    }
    let equal: Vec<String> = columns
        .iter()
        .map(|column| format!("{} = ?", column.name))
        .collect();
    let one = format!("({})", equal.join(" AND "));
    Ok((vec![one; keys.len()].join(" OR "), values))
}

/// A value as a parameter of a statement.
fn bound(value: &Json, column: &Column) -> Result<Value, TransferError> {
    let garbled = || TransferError::Garbled(column.name.clone());
    if value.is_null() {
        return Ok(match column.kind {
            Kind::Integer => Value::from(None::<i64>),
            Kind::Boolean => Value::from(None::<bool>),
            Kind::Text => Value::from(None::<String>),
        });
    }
    match column.kind {
        Kind::Integer => value.as_i64().map(Value::from).ok_or_else(garbled),
        Kind::Boolean => value.as_bool().map(Value::from).ok_or_else(garbled),
        Kind::Text => value.as_str().map(Value::from).ok_or_else(garbled),
    }
}
