//! Noting which rows of the old database are written, by triggers, so that it holds for whoever writes there.
//!
//! A note is the name of a table and a row's key as JSON. The notes are a table like others, so a note is committed with
//! the row. No note is ever merged with an earlier one: that one may be carried over at this moment.
//!
//! Everything that writes notes it, so refusing notes refuses all writing: that is how the old database is closed. Making
//! that trigger waits for the transactions that have noted something and not ended, on PostgreSQL and MySQL by the lock
//! on the table and on SQLite because one writes at a time. So once it is made, whatever was or will be acknowledged is
//! committed, and noted.

use crate::kernel::db::migrate::{self, dialect};
use crate::kernel::db::{Backend, Db, Sql, StorageError};
use crate::kernel::faulty::{self, Weakness};
use crate::transfer::tables::{Index, Table};

/// The table of notes.
pub(super) const NOTES: &str = "parlor_changes";
/// The trigger that refuses notes, and PostgreSQL's function for it.
const CLOSED: &str = "parlor_closed";
/// What is said to whoever writes in a database that was closed.
const REFUSAL: &str = "this database is being moved, or was";

/// When a trigger fires.
#[derive(Clone, Copy)]
struct Event {
    /// In the trigger's name.
    letter: char,
    /// What is done.
    on: &'static str,
    /// Whose key is noted: the row's as it was, or as it is.
    row: &'static str,
    /// Only where the key has changed.
    if_moved: bool,
}

const EVENTS: [Event; 4] = [
    Event {
        letter: 'i',
        on: "INSERT",
        row: "NEW",
        if_moved: false,
    },
    Event {
        letter: 'u',
        on: "UPDATE",
        row: "NEW",
        if_moved: false,
    },
    Event {
        letter: 'k',
        on: "UPDATE",
        row: "OLD",
        if_moved: true,
    },
    Event {
        letter: 'd',
        on: "DELETE",
        row: "OLD",
        if_moved: false,
    },
];

/// Starts noting, where that has not been started.
pub(super) async fn start(old: &Db, tables: &[Table]) -> Result<(), StorageError> {
    let sql = old.write();
    let backend = old.backend();
    run(sql, &create_notes(backend)).await?;
    for table in tables {
        for event in EVENTS {
            if event.on == "UPDATE" && faulty::has(Weakness::HalfDeaf) {
                continue;
            }
            for statement in create(backend, table, event) {
                run(sql, &statement).await?;
            }
        }
    }
    Ok(())
}

/// Stops noting, and forgets what was noted.
pub(super) async fn stop(old: &Db, tables: &[Table]) -> Result<(), StorageError> {
    open(old).await?;
    let sql = old.write();
    let backend = old.backend();
    for table in tables {
        for event in EVENTS {
            let name = trigger(table, event);
            run(sql, &drop_trigger(backend, &name, &table.name)).await?;
            if backend == Backend::Postgres {
                run(sql, &format!("DROP FUNCTION IF EXISTS {name}()")).await?;
            }
        }
    }
    run(sql, &format!("DROP TABLE IF EXISTS {NOTES}")).await
}

/// Refuses whatever is written from here on, once what was under way has ended.
pub(super) async fn close(old: &Db) -> Result<(), StorageError> {
    let backend = old.backend();
    let statements = match backend {
        Backend::Sqlite => vec![format!(
            "CREATE TRIGGER IF NOT EXISTS {CLOSED} BEFORE INSERT ON {NOTES} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )],
        Backend::Postgres => vec![
            format!(
                "CREATE OR REPLACE FUNCTION {CLOSED}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
            ),
            postgres_trigger(&format!(
                "CREATE TRIGGER {CLOSED} BEFORE INSERT ON {NOTES} FOR EACH ROW EXECUTE PROCEDURE {CLOSED}()"
            )),
        ],
        Backend::MySql => vec![format!(
            "CREATE TRIGGER {CLOSED} BEFORE INSERT ON {NOTES} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{REFUSAL}'"
        )],
    };
    for statement in statements {
        run(old.write(), &statement).await?;
    }
    Ok(())
}

/// Lets people write again.
pub(super) async fn open(old: &Db) -> Result<(), StorageError> {
    let sql = old.write();
    if !crate::kernel::db::migrate::has_table(sql, NOTES).await? {
        return Ok(());
    }
    run(sql, &drop_trigger(old.backend(), CLOSED, NOTES)).await
}

/// Removes the unique indexes that are there.
pub(super) async fn drop_indexes(sql: &impl Sql, tables: &[Table]) -> Result<(), StorageError> {
    for table in tables {
        for Index { name, .. } in &table.unique {
            let statement = match sql.backend() {
                Backend::MySql => format!("DROP INDEX {name} ON {}", table.name),
                _ => format!("DROP INDEX IF EXISTS {name}"),
            };
            run(sql, &statement).await?;
        }
    }
    Ok(())
}

/// Makes the unique indexes that are not there.
pub(super) async fn make_indexes(sql: &impl Sql, tables: &[Table]) -> Result<(), StorageError> {
    for index in tables.iter().flat_map(|table| &table.unique) {
        let statement = match sql.backend() {
            Backend::MySql => index.create.clone(),
            _ => index.create.replacen("INDEX", "INDEX IF NOT EXISTS", 1),
        };
        run(sql, &statement).await?;
    }
    Ok(())
}

fn create_notes(backend: Backend) -> String {
    let id = match backend {
        Backend::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
        Backend::Postgres => "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        Backend::MySql => "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
    };
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {NOTES} (id {id}, tbl VARCHAR(64) NOT NULL, k TEXT NOT NULL)"
    );
    dialect(backend, &create)
}

fn trigger(table: &Table, event: Event) -> String {
    format!("parlor_{}_{}", table.name, event.letter)
}

/// The statements that make a trigger where it is not there.
fn create(backend: Backend, table: &Table, event: Event) -> Vec<String> {
    let name = trigger(table, event);
    let on = format!("AFTER {} ON {}", event.on, table.name);
    let note = note(backend, table, event);
    match backend {
        Backend::Sqlite => vec![format!(
            "CREATE TRIGGER IF NOT EXISTS {name} {on} BEGIN {note}; END"
        )],
        Backend::Postgres => vec![
            format!(
                "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note}; RETURN NULL; END $$"
            ),
            postgres_trigger(&format!(
                "CREATE TRIGGER {name} {on} FOR EACH ROW EXECUTE PROCEDURE {name}()"
            )),
        ],
        Backend::MySql => vec![format!("CREATE TRIGGER {name} {on} FOR EACH ROW {note}")],
    }
}

/// PostgreSQL before version 14 cannot replace a trigger. One that is there stays as it is.
fn postgres_trigger(create: &str) -> String {
    format!("DO $$ BEGIN {create}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
}

fn note(backend: Backend, table: &Table, event: Event) -> String {
    let columns: Vec<&str> = table.key_columns().map(|key| key.name.as_str()).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|name| format!("{}.{name}", event.row))
        .collect();
    let values = values.join(", ");
    let key = match backend {
        Backend::Postgres => format!("json_build_array({values})::text"),
        _ => format!("JSON_ARRAY({values})"),
    };
    let same: Vec<String> = columns
        .iter()
        .map(|name| format!("OLD.{name} = NEW.{name}"))
        .collect();
    let condition = if event.if_moved {
        format!(" WHERE NOT ({})", same.join(" AND "))
    } else {
        String::new()
    };
    let name = &table.name;
    format!(
        "INSERT INTO {NOTES} (tbl, k) SELECT '{name}', {key} FROM (SELECT 1 AS one) AS one{condition}"
    )
}

fn drop_trigger(backend: Backend, name: &str, table: &str) -> String {
    match backend {
        Backend::Postgres => format!("DROP TRIGGER IF EXISTS {name} ON {table}"),
        _ => format!("DROP TRIGGER IF EXISTS {name}"),
    }
}

/// Runs a statement. MySQL has no form of some that lets them be done twice.
async fn run(sql: &impl Sql, statement: &str) -> Result<(), StorageError> {
    match sql.execute_raw(statement).await {
        Err(error) if is_done(&error) => Ok(()),
        result => result,
    }
}

/// The trigger or the index is there, or is not there, already.
fn is_done(error: &StorageError) -> bool {
    const TRIGGER_THERE: u16 = 1359;
    const INDEX_THERE: u16 = 1061;
    const INDEX_GONE: u16 = 1091;
    let done = [TRIGGER_THERE, INDEX_THERE, INDEX_GONE];
    migrate::mysql_number(error).is_some_and(|number| done.contains(&number))
}
