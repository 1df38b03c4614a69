//! What the database takes on the disk, as a whole and by what is kept in it.

use crate::kernel::db::Backend;
use crate::kernel::db::{Db, Sql, StorageError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Beginnings of tables' names, and what is kept in those.
const FAMILIES: [(&str, &str); 21] = [
    ("accounts", "accounts"),
    ("announcement", "announcements"),
    ("audit_", "audit"),
    ("block", "friends"),
    ("deleted_contents", "messages"),
    ("figures_", "figures"),
    ("file", "files"),
    ("friend", "friends"),
    ("log_", "logs"),
    ("logins", "accounts"),
    ("message", "messages"),
    ("notification", "notifications"),
    ("outbox", "logs"),
    ("password_", "accounts"),
    ("privacy", "accounts"),
    ("push_", "notifications"),
    ("room", "rooms"),
    ("search", "search"),
    ("sessions", "accounts"),
    ("upload", "files"),
    ("user", "accounts"),
];

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// The whole database, in bytes.
    pub(super) total: i64,
    /// By what is kept, in bytes; the rest is free or belongs to nothing.
    pub(super) families: BTreeMap<&'static str, i64>,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    bytes: i64,
}

/// The size of the whole database, in bytes: cheap to ask.
pub(super) async fn total(db: &Db) -> Result<i64, StorageError> {
    let query = match db.backend() {
        Backend::Postgres => "SELECT pg_database_size(current_database())",
        Backend::MySql => {
            "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) \
             FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        Backend::Sqlite => {
            "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s"
        }
    };
    Ok(db.read().scalar(query, []).await?.unwrap_or(0))
}

/// The sizes of all tables with their indexes. On SQLite this reads the whole file.
pub(super) async fn measure(db: &Db) -> Result<Measured, StorageError> {
    let query = match db.backend() {
        Backend::Postgres => {
            "SELECT CAST(relname AS TEXT) AS name, pg_total_relation_size(relid) AS bytes \
             FROM pg_stat_user_tables WHERE schemaname = current_schema()"
        }
        Backend::MySql => {
            "SELECT CAST(table_name AS CHAR) AS name, CAST(COALESCE(data_length + index_length, 0) AS SIGNED) AS bytes \
             FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        Backend::Sqlite => {
            "SELECT s.tbl_name AS name, SUM(d.pgsize) AS bytes FROM dbstat d \
             JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = 1 GROUP BY s.tbl_name"
        }
    };
    let tables: Vec<Table> = db.read().rows(query, []).await?;
    let mut measured = Measured {
        total: total(db).await?,
        ..Measured::default()
    };
    for table in tables {
        *measured.families.entry(family(&table.name)).or_default() += table.bytes;
    }
    Ok(measured)
}

fn family(table: &str) -> &'static str {
    let ours = FAMILIES
        .iter()
        .find(|(prefix, _)| table.starts_with(prefix));
    ours.map_or("other", |(_, family)| family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_of_a_family() {
        for (table, expected) in [
            ("messages", "messages"),
            ("message_pins", "messages"),
            ("log_entries", "logs"),
            ("room_members", "rooms"),
            ("password_resets", "accounts"),
            ("blocks", "friends"),
            ("schema_migrations", "other"),
        ] {
            assert_eq!(family(table), expected, "{table}");
        }
    }
}
