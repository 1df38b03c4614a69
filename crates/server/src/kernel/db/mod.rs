//! The database: one code path for SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! Statements are portable SQL with `?` placeholders (see [`sql`]); times are milliseconds in `BIGINT`, truth
//! values `BOOLEAN`, ids `BIGINT`. SQLite runs WAL with `synchronous=FULL`, one writing connection and a few
//! reading ones, so that readers never wait for a commit.

pub mod migrate;
pub mod sql;
pub mod standing;

pub use sea_orm::{DatabaseTransaction, FromQueryResult, Value};
pub use sql::{Narrowed, Sql, args, placeholders};

use crate::kernel::faulty::{self, Weakness};
use parlor_protocol::{Code, Problem};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqliteSynchronous};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A failure of the database. What was asked may or may not have happened.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused, or did not answer.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A setting of the database that could lose what was acknowledged.
    #[error(
        "{setting} is {value:?}: acknowledged messages could be lost; set it to {wanted}, or allow it with --allow-weak-durability"
    )]
    WeakDurability {
        /// The database's setting.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// An earlier write failed on the disk: what it holds is unknown, so nothing more is written.
    #[error("an earlier write failed on the disk: nothing is written until a restart")]
    DiskFailed,
    /// A newer version has changed its tables.
    #[error(
        "the database was changed by a newer version of Parlor ({0}): start that version, or restore a backup of before"
    )]
    Newer(String),
    /// It is not whole, or no longer the one to use.
    #[error("this database cannot be served: {0}")]
    NotWhole(&'static str),
    /// There is nothing at that address.
    #[error("there is no database of Parlor there")]
    Nothing,
    /// The writer has stopped: the server is going down.
    #[error("the log writer has stopped")]
    Stopped,
    /// The writer gave a change up before it could say what became of it.
    #[error("the log writer gave no answer")]
    Unanswered,
}

impl StorageError {
    /// True where SQLite could not write to its files or sync them: extended result codes of `SQLITE_IOERR`
    /// (<https://sqlite.org/rescode.html>).
    fn is_disk_failure(&self) -> bool {
        const WRITE: &str = "778";
        const FSYNC: &str = "1034";
        const DIR_FSYNC: &str = "1290";
        const TRUNCATE: &str = "1546";
        const FULL: &str = "13";
        let Self::Database(
            DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error))
            | DbErr::Conn(RuntimeErr::SqlxError(error)),
        ) = self
        else {
            return false;
        };
        let Some(sqlite) = error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<sqlx::sqlite::SqliteError>())
        else {
            return false;
        };
        match sqlx::error::DatabaseError::code(sqlite).as_deref() {
            Some(WRITE | FSYNC | DIR_FSYNC | TRUNCATE) => !faulty::has(Weakness::SyncAgain),
            Some(FULL) => faulty::has(Weakness::FullIsBroken),
            _ => false,
        }
    }

    /// True where a UNIQUE constraint refused a row.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        matches!(
            error.sql_err(),
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
        )
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        if matches!(error, StorageError::Stopped) {
            return Problem::new(Code::ShuttingDown);
        }
        tracing::error!(%error, "storage failed");
        Problem::new(Code::StorageUnavailable)
    }
}

/// Connections to the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    disk_failed: Arc<AtomicBool>,
}

impl Db {
    /// Connects to a database that is to be there already: no file is made for it.
    pub async fn connect_existing(url: &str, allow_weak: bool) -> Result<Self, StorageError> {
        let db = if url.starts_with("sqlite:") {
            Self::connect_sqlite(url, false)
                .await
                .map_err(|_| StorageError::Nothing)?
        } else {
            Self::connect(url, allow_weak).await?
        };
        if migrate::applied(db.read()).await?.is_empty() {
            return Err(StorageError::Nothing);
        }
        Ok(db)
    }

    /// Connects to a `sqlite:`, `postgres:` or `mysql:` address, and refuses settings that would weaken the promise
    /// that what is acknowledged is durable, unless `allow_weak`.
    pub async fn connect(url: &str, allow_weak: bool) -> Result<Self, StorageError> {
        if url.starts_with("sqlite:") {
            return Self::connect_sqlite(url, true).await;
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(16)
            .connect_timeout(Duration::from_secs(5))
            .acquire_timeout(Duration::from_secs(5));
        options.sqlx_logging(false);
        options.map_sqlx_mysql_opts(|o| o.charset("utf8mb4").collation("utf8mb4_bin"));
        let pool = Database::connect(options).await?;
        let db = Self {
            read: pool.clone(),
            write: pool,
            disk_failed: Arc::default(),
        };
        match db.check_durability().await {
            Err(weak @ StorageError::WeakDurability { .. }) if allow_weak => {
                tracing::warn!("{weak}");
            }
            result => result?,
        }
        Ok(db)
    }

    async fn connect_sqlite(url: &str, create: bool) -> Result<Self, StorageError> {
        use sqlx::sqlite::SqliteJournalMode;
        let open = move |connections| {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(connections)
                .min_connections(1)
                .sqlx_logging(false);
            options.map_sqlx_sqlite_opts(move |o| {
                o.create_if_missing(create)
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
            });
            options.map_sqlx_sqlite_pool_opts(|pool| {
                pool.after_release(|connection, _| Box::pin(is_at_rest(connection)))
            });
            Database::connect(options)
        };
        let write = open(1).await?;
        Ok(Self {
            read: open(4).await?,
            write,
            disk_failed: Arc::default(),
        })
    }

    async fn check_durability(&self) -> Result<(), StorageError> {
        let (setting, sql, strong): (_, _, &[&str]) = match self.backend() {
            DbBackend::Postgres => {
                let sql = "SELECT current_setting('synchronous_commit')";
                (
                    "synchronous_commit",
                    sql,
                    &["on", "remote_write", "remote_apply", "local"],
                )
            }
            DbBackend::MySql => {
                let sql = "SELECT CAST(@@global.innodb_flush_log_at_trx_commit AS CHAR)";
                ("innodb_flush_log_at_trx_commit", sql, &["1"])
            }
            _ => return Ok(()),
        };
        let value: String = self.read.scalar(sql, []).await?.unwrap_or_default();
        if strong.contains(&value.as_str()) {
            return Ok(());
        }
        Err(StorageError::WeakDurability {
            setting,
            value,
            wanted: strong.first().copied().unwrap_or_default(),
        })
    }

    /// For reading. On SQLite these connections never wait for the writer.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For single statements that write. What others must hear of goes through the log instead.
    #[must_use]
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a transaction that may write; dropped without a commit it is rolled back.
    pub async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        self.check_disk()?;
        let options = TransactionOptions {
            isolation_level: (self.backend() != DbBackend::Sqlite)
                .then_some(sea_orm::IsolationLevel::ReadCommitted),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Begins a transaction that only reads, and reads everything as it is at one moment, whoever writes meanwhile.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction, StorageError> {
        // A transaction of SQLite's is that anyway.
        let has_levels = self.backend() != DbBackend::Sqlite;
        let options = TransactionOptions {
            isolation_level: has_levels.then_some(sea_orm::IsolationLevel::RepeatableRead),
            access_mode: has_levels.then_some(sea_orm::AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        Ok(self.read.begin_with_options(options).await?)
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Answers once the database does and may be written.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.check_disk()?;
        Ok(self.read.ping().await?)
    }

    /// To be told of every commit that failed. Where the disk did not take what SQLite wrote or synced, nothing is
    /// written from here on: the system forgets such pages, so that a later sync succeeds without them
    /// (<https://wiki.postgresql.org/wiki/Fsync_Errors>). A full disk is another matter, and heals.
    pub async fn commit_failed(&self, error: &StorageError) {
        if !error.is_disk_failure() || self.disk_failed.swap(true, Ordering::SeqCst) {
            return;
        }
        tracing::error!("the disk failed a write: nothing is written until a restart");
        if let Err(error) = self.write.close_by_ref().await {
            tracing::warn!(%error, "the writing connection did not close");
        }
    }

    fn check_disk(&self) -> Result<(), StorageError> {
        if self.disk_failed.load(Ordering::SeqCst) {
            return Err(StorageError::DiskFailed);
        }
        Ok(())
    }
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
