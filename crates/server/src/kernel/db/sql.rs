//! Portable SQL: `?` placeholders everywhere, and the few statements whose form differs by vendor.

use super::row::{Column, FromRow, Row};
use super::{StorageError, Value};
use futures_util::future::BoxFuture;
use std::fmt::Write as _;

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
}

impl Backend {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
        }
    }
}

/// `?, ?, ?` for lists: `IN (…)`.
#[must_use]
pub fn placeholders(count: usize) -> String {
    let mut text = "?, ".repeat(count);
    text.truncate(text.len().saturating_sub(2));
    text
}

/// `(?, ?), (?, ?)` for inserting many rows at once.
#[must_use]
pub fn rows_of(columns: usize, rows: usize) -> String {
    let row = format!("({}), ", placeholders(columns));
    let mut text = row.repeat(rows);
    text.truncate(text.len().saturating_sub(2));
    text
}

/// What an insert does where the row is there already.
#[derive(Clone, Copy, Debug)]
pub enum OnConflict<'a> {
    /// Leaves the old row.
    Ignore,
    /// Overwrites these columns with the new values.
    Replace(&'a [&'a str]),
}

/// An `INSERT` of `rows` rows that meets existing ones, by the unique columns `key`.
#[must_use]
pub fn upsert(
    backend: Backend,
    table: &str,
    columns: &[&str],
    rows: usize,
    key: &[&str],
    then: OnConflict<'_>,
) -> String {
    let values = rows_of(columns.len(), rows);
    let insert = format!(
        "INSERT INTO {table} ({}) VALUES {values}",
        columns.join(", ")
    );
    let assign = |form: &dyn Fn(&str) -> String, names: &[&str]| {
        names.iter().map(|c| form(c)).collect::<Vec<_>>().join(", ")
    };
    match (backend, then) {
        (Backend::MySql, OnConflict::Ignore) => {
            format!(
                "{insert} ON DUPLICATE KEY UPDATE {}",
                assign(&|c| format!("{c} = {table}.{c}"), &key[..1])
            )
        }
        (Backend::MySql, OnConflict::Replace(names)) => {
            format!(
                "{insert} ON DUPLICATE KEY UPDATE {}",
                assign(&|c| format!("{c} = VALUES({c})"), names)
            )
        }
        (_, OnConflict::Ignore) => format!("{insert} ON CONFLICT ({}) DO NOTHING", key.join(", ")),
        (_, OnConflict::Replace(names)) => {
            let set = assign(&|c| format!("{c} = excluded.{c}"), names);
            format!(
                "{insert} ON CONFLICT ({}) DO UPDATE SET {set}",
                key.join(", ")
            )
        }
    }
}

/// A pattern for `LIKE ? ESCAPE '!'` that finds `text` literally, anywhere.
#[must_use]
pub fn containing(text: &str) -> String {
    format!("%{}", beginning(text))
}

/// The same, at the beginning alone.
#[must_use]
pub fn beginning(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// How many rows of a table have one of these ids.
pub async fn count_among(sql: &impl Sql, table: &str, ids: &[i64]) -> Result<i64, StorageError> {
    let mut count = 0;
    for chunk in ids.chunks(500) {
        let list = placeholders(chunk.len());
        let query = format!("SELECT COUNT(*) FROM {table} WHERE id IN ({list})");
        let values = chunk.iter().map(|id| Value::from(*id));
        let found: Option<i64> = sql.scalar(&query, values.collect::<Vec<_>>()).await?;
        count += found.unwrap_or_default();
    }
    Ok(count)
}

/// A query that is narrowed condition by condition, as a filter asks for it.
#[derive(Clone, Debug)]
pub struct Narrowed {
    text: String,
    values: Vec<Value>,
}

impl Narrowed {
    /// A query that ends within its `WHERE`.
    #[must_use]
    pub fn new(query: &str, values: impl Into<Vec<Value>>) -> Self {
        Self {
            text: query.to_owned(),
            values: values.into(),
        }
    }

    /// Only rows for which `condition` holds of a value, if there is one.
    pub fn by<V: Into<Value>>(&mut self, condition: &str, value: Option<V>) {
        if let Some(value) = value {
            self.all(condition, [value.into()]);
        }
    }

    /// Only rows for which `condition` holds of these values.
    pub fn all(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    /// The rows, in an order and up to a number.
    pub async fn rows<T: FromRow>(
        mut self,
        sql: &impl Sql,
        order: &str,
        limit: i64,
    ) -> Result<Vec<T>, StorageError> {
        let _ = write!(self.text, " ORDER BY {order} LIMIT ?");
        self.values.push(limit.into());
        sql.rows(&self.text, self.values).await
    }
}

/// A statement with its values, in the form that the database takes.
#[derive(Debug)]
pub struct Statement {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    fn new(backend: Backend, text: &str, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: match backend {
                Backend::Postgres => numbered(text),
                Backend::Sqlite | Backend::MySql => text.to_owned(),
            },
            values: values.into_iter().collect(),
        }
    }
}

/// How many rows are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Most {
    /// The first.
    One,
    /// All that there are.
    All,
}

/// Runs statements on a connection or in a transaction.
pub trait Sql: Sync {
    /// Which database it is.
    fn backend(&self) -> Backend;

    /// The rows of a query.
    fn fetch(
        &self,
        statement: Statement,
        most: Most,
    ) -> BoxFuture<'_, Result<Vec<Row>, StorageError>>;

    /// Runs a statement, and says how many rows it touched.
    fn execute(&self, statement: Statement) -> BoxFuture<'_, Result<u64, StorageError>>;

    /// Runs a statement without values as it stands: what defines tables, which not every database prepares.
    fn execute_raw<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), StorageError>>;

    /// All rows, as the database gives them.
    fn raw_rows(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> BoxFuture<'_, Result<Vec<Row>, StorageError>> {
        self.fetch(Statement::new(self.backend(), sql, args), Most::All)
    }

    /// All rows.
    fn rows<T: FromRow>(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Vec<T>, StorageError>> + Send {
        let rows = self.raw_rows(sql, args);
        async move { rows.await?.iter().map(T::from_row).collect() }
    }

    /// The first row, if there is one.
    fn row<T: FromRow>(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Option<T>, StorageError>> + Send {
        let rows = self.fetch(Statement::new(self.backend(), sql, args), Most::One);
        async move { rows.await?.first().map(T::from_row).transpose() }
    }

    /// The first column of the first row; `None` where there is no row or it is NULL.
    fn scalar<T: Column>(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Option<T>, StorageError>> + Send {
        let rows = self.fetch(Statement::new(self.backend(), sql, args), Most::One);
        async move { rows.await?.first().map_or(Ok(None), |row| row.get(0)) }
    }

    /// The first column of all rows; those where it is NULL are left out.
    fn column<T: Column>(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> impl Future<Output = Result<Vec<T>, StorageError>> + Send {
        let rows = self.raw_rows(sql, args);
        async move {
            let rows = rows.await?;
            rows.iter()
                .filter_map(|row| row.get(0).transpose())
                .collect()
        }
    }

    /// Runs a statement that returns nothing, and says how many rows it touched.
    fn run(
        &self,
        sql: &str,
        args: impl IntoIterator<Item = Value>,
    ) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.execute(Statement::new(self.backend(), sql, args))
    }
}

/// `?` to `$1`, `$2` …, outside quotes.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let (mut count, mut quoted) = (0, false);
    for c in sql.chars() {
        match c {
            '\'' => quoted = !quoted,
            '?' if !quoted => {
                count += 1;
                let _ = write!(text, "${count}");
                continue;
            }
            _ => {}
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_outside_quotes() {
        assert_eq!(
            numbered("a = ? AND b = '?' AND c IN (?, ?)"),
            "a = $1 AND b = '?' AND c IN ($2, $3)"
        );
        assert_eq!(placeholders(3), "?, ?, ?");
        assert_eq!(placeholders(0), "");
        assert_eq!(rows_of(2, 2), "(?, ?), (?, ?)");
    }

    #[test]
    fn a_search_text_is_literal() {
        assert_eq!(containing("50%_!"), "%50!%!_!!%");
        assert_eq!(beginning("50%_!"), "50!%!_!!%");
    }
}
