//! Opening a database as each kind wants it.

use super::disk::Disk;
use super::pool::{Connections, Pool};
use crate::kernel::faulty::{self, Weakness};
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::pool::{PoolConnectionMetadata, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection, Database};
use std::str::FromStr as _;
use std::time::Duration;

/// How many connections a server of a database gets at most.
const CONNECTIONS: u32 = 16;
/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that was idle for longer is asked whether it still stands.
const DOUBT: Duration = Duration::from_secs(10);

/// Opens the database at a `postgres:` or `mysql:` address.
pub(super) async fn server(url: &str) -> sqlx::Result<Pool> {
    if url.starts_with("postgres") {
        let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        let pool = checked(PgPoolOptions::new());
        let open = Connections::Postgres(pool.connect_with(options).await?);
        return Ok(Pool::new(open, Disk::elsewhere()));
    }
    let options = MySqlConnectOptions::from_str(url)?
        .charset("utf8mb4")
        .collation("utf8mb4_bin")
        .disable_statement_logging();
    let pool = checked(MySqlPoolOptions::new());
    let open = Connections::MySql(pool.connect_with(options).await?);
    Ok(Pool::new(open, Disk::elsewhere()))
}

/// Connections that are asked before they are used only where there is a doubt: each time would be one more way there
/// and back.
fn checked<D: Database>(options: PoolOptions<D>) -> PoolOptions<D> {
    options
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, seen: PoolConnectionMetadata| {
            Box::pin(async move {
                if seen.idle_for > DOUBT {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

/// Opens a SQLite database: the connections that read, and the one that writes.
pub(super) async fn sqlite(url: &str, create: bool) -> sqlx::Result<(Pool, Pool)> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous())
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true)
        .pragma("cache_size", "-8000")
        // What a savepoint may have to undo is kept in memory, not in a file of its own.
        .pragma("temp_store", "MEMORY")
        // Pages that change in every commit go from the WAL to the database once for many.
        .pragma("wal_autocheckpoint", "4000")
        .statement_cache_capacity(200)
        .disable_statement_logging();
    let open = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            // There is no line that could be cut.
            .test_before_acquire(false)
            .after_release(|connection, _| Box::pin(is_at_rest(connection)))
            .connect_with(options.clone())
    };
    let write = Connections::Sqlite(open(1).await?);
    let read = Connections::Sqlite(open(4).await?);
    Ok((
        Pool::new(read, Disk::elsewhere()),
        Pool::new(write, Disk::written()),
    ))
}

/// Opens the database of another system, a `sqlite:` or `mysql:` address, for reading.
pub async fn foreign(url: &str) -> sqlx::Result<Pool> {
    if url.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(url)?
            .read_only(true)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(1);
        let open = Connections::Sqlite(pool.connect_with(options).await?);
        return Ok(Pool::new(open, Disk::elsewhere()));
    }
    let options = MySqlConnectOptions::from_str(url)?
        .charset("utf8mb4")
        .disable_statement_logging();
    let pool = MySqlPoolOptions::new().max_connections(1);
    let open = Connections::MySql(pool.connect_with(options).await?);
    Ok(Pool::new(open, Disk::elsewhere()))
}

/// Whether a connection may be used again. On a full disk SQLite undoes a transaction by itself, which whoever counts
/// open transactions does not notice: what came next on that connection would be acknowledged and never committed.
async fn is_at_rest(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // Rollbacks wait in a queue, which this empties.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

fn synchronous() -> SqliteSynchronous {
    if faulty::has(Weakness::LazySync) {
        return SqliteSynchronous::Normal;
    }
    SqliteSynchronous::Full
}
