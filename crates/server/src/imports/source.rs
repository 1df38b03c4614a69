//! Reading an older system's database, which is SQLite or MySQL. It is never written to.

use super::ImportError;
use super::plan::{System, Table};
use super::record::Record;
use crate::kernel::db::{self, Backend, Pool, Sql, StorageError, Value, args};
use crate::kernel::secrets::token_digest;
use chrono::FixedOffset;
use std::collections::HashMap;

/// An older system's database.
pub(super) struct Source {
    db: Pool,
    zone: FixedOffset,
    /// The columns of each table that are there.
    columns: HashMap<&'static str, Vec<&'static str>>,
}

impl Source {
    /// Opens the database at an address or, for SQLite, in a file, and checks that it has what the system's document
    /// says.
    pub(super) async fn open(
        address: &str,
        zone: FixedOffset,
        system: &System,
    ) -> Result<Self, ImportError> {
        let address = plain(address)?;
        let opened = db::foreign(&address).await;
        let mut source = Self {
            db: opened.map_err(|error| ImportError::Source(error.to_string()))?,
            zone,
            columns: HashMap::new(),
        };
        for step in system.steps {
            let columns = source.check(&step.table).await?;
            source.columns.insert(step.table.name, columns);
        }
        Ok(source)
    }

    /// The columns of a table that are read: all that are needed, and those others that are there.
    async fn check(&self, table: &Table) -> Result<Vec<&'static str>, ImportError> {
        let there = self.columns_of(table.name).await?;
        if there.is_empty() {
            return Err(ImportError::Shape {
                table: table.name,
                column: None,
                why: "there is no such table".to_owned(),
            });
        }
        let is_there = |column: &&&str| there.iter().any(|it| it.eq_ignore_ascii_case(column));
        let needed = table.key.iter().chain(table.needs);
        if let Some(missing) = needed.clone().find(|column| !is_there(column)) {
            return Err(ImportError::Shape {
                table: table.name,
                column: Some(missing),
                why: format!("there is no such column, but {}", there.join(", ")),
            });
        }
        let others = table.takes.iter().filter(is_there);
        Ok(needed.chain(others).copied().collect())
    }

    async fn columns_of(&self, table: &str) -> Result<Vec<String>, ImportError> {
        let query = match self.db.backend() {
            Backend::MySql => {
                "SELECT CAST(column_name AS CHAR) FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position"
            }
            _ => "SELECT name FROM pragma_table_info(?)",
        };
        self.db.column(query, args![table]).await.map_err(unread)
    }

    /// How many rows a table has; none where there is no such table.
    pub(super) async fn count(&self, table: &str) -> Result<i64, ImportError> {
        if self.columns_of(table).await?.is_empty() {
            return Ok(0);
        }
        let query = format!("SELECT COUNT(*) FROM `{table}`");
        let count: Option<i64> = self.db.scalar(&query, []).await.map_err(unread)?;
        Ok(count.unwrap_or_default())
    }

    /// Up to `limit` rows after the one of this key, in the order of keys.
    pub(super) async fn rows<'a>(
        &'a self,
        table: &'a Table,
        after: Option<&[String]>,
        limit: usize,
    ) -> Result<Vec<Record<'a>>, ImportError> {
        let columns = self.columns.get(table.name).map_or(&[][..], Vec::as_slice);
        let read = columns.iter().map(|it| format!("CAST(`{it}` AS CHAR)"));
        let read = read.collect::<Vec<_>>().join(", ");
        let order = table.key.iter().map(|it| format!("`{it}`"));
        let order = order.collect::<Vec<_>>().join(", ");
        let (place, values) = match after {
            Some(key) => beyond(table.key, key),
            None => (String::new(), Vec::new()),
        };
        let name = table.name;
        let query = format!("SELECT {read} FROM `{name}` {place} ORDER BY {order} LIMIT {limit}");
        let rows = self.db.raw_rows(&query, values).await.map_err(unread)?;
        let record = |row: db::Row| {
            let value = |at| row.get::<String>(at);
            let values = (0..columns.len()).map(value).collect::<Result<_, _>>();
            let values = values.map_err(unread)?;
            Ok(Record {
                table,
                columns,
                values,
                zone: self.zone,
            })
        };
        rows.into_iter().map(record).collect()
    }

    /// What tells this database from others of the same system: its first person and its first room.
    pub(super) async fn fingerprint(&self, system: &System) -> Result<String, ImportError> {
        let mut firsts = Vec::new();
        for step in system.steps.iter().take(2) {
            let rows = self.rows(&step.table, None, 1).await?;
            let name = |row: &Record<'_>| {
                let is_number = row.id().bytes().all(|byte| byte.is_ascii_digit());
                row.values.get(1).filter(|_| is_number).cloned()
            };
            firsts.push(rows.first().map(|row| (row.key(), name(row))));
        }
        Ok(token_digest(&format!("{firsts:?}")))
    }
}

/// The condition for rows after the one of a key, which may have several columns, and its values: as texts, which the
/// databases compare with a column of numbers as numbers.
fn beyond(columns: &[&str], key: &[String]) -> (String, Vec<Value>) {
    let mut any = Vec::new();
    let mut values = Vec::new();
    for at in 0..columns.len() {
        let same = columns.iter().take(at).map(|it| format!("`{it}` = ?"));
        let last = columns.get(at).map(|it| format!("`{it}` > ?"));
        any.push(same.chain(last).collect::<Vec<_>>().join(" AND "));
        values.extend(
            key.iter()
                .take(at + 1)
                .map(|text| Value::from(text.as_str())),
        );
    }
    (format!("WHERE ({})", any.join(" OR ")), values)
}

/// An address as this program takes it: `SQLAlchemy`'s name their driver too.
fn plain(address: &str) -> Result<String, ImportError> {
    let Some((scheme, rest)) = address.split_once(':') else {
        return Ok(format!("sqlite:{address}"));
    };
    match scheme.split('+').next().unwrap_or_default() {
        "sqlite" => Ok(format!("sqlite:{rest}")),
        "mysql" | "mariadb" => Ok(format!("mysql:{rest}")),
        _ => Err(ImportError::Source(format!(
            "{scheme:?} is neither sqlite nor mysql"
        ))),
    }
}

fn unread(error: StorageError) -> ImportError {
    match error {
        StorageError::Database(error) => ImportError::Source(error.to_string()),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_after_a_key_of_two_columns_are_those_of_the_second_first() {
        let key = ["7".to_owned(), "anna".to_owned()];
        let (place, values) = beyond(&["room_id", "user_name"], &key);
        assert_eq!(
            place,
            "WHERE (`room_id` > ? OR `room_id` = ? AND `user_name` > ?)"
        );
        assert_eq!(values, ["7".into(), "7".into(), "anna".into()]);
    }

    #[test]
    fn addresses_are_taken_as_sqlalchemy_writes_them_too() {
        assert_eq!(plain("Server.db").unwrap(), "sqlite:Server.db");
        assert_eq!(plain("sqlite:/srv/old.db").unwrap(), "sqlite:/srv/old.db");
        let mysql = plain("mysql+pymysql://chat@db/chat").unwrap();
        assert_eq!(mysql, "mysql://chat@db/chat");
        assert!(plain("postgres://db/chat").is_err());
    }
}
