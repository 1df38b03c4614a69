//! The database: one code path for SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! Statements are portable SQL with `?` placeholders (see [`sql`]); times are milliseconds in `BIGINT`, truth
//! values `BOOLEAN`, ids `BIGINT`. SQLite runs WAL with `synchronous=FULL`, one writing connection and a few
//! reading ones, so that readers never wait for a commit.

mod connect;
mod disk;
pub mod migrate;
mod pool;
mod row;
pub mod sql;
pub mod standing;
mod value;

pub use connect::foreign;
pub use pool::{Pool, Transaction};
pub use row::{FromRow, Row};
pub use sql::{Backend, Narrowed, Sql, placeholders};
pub use value::{Value, args};

use crate::kernel::faulty::{self, Weakness};
use parlor_protocol::{Code, Problem};
use pool::Purpose;

/// A failure of the database. What was asked may or may not have happened.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused, or did not answer.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A change was given up together with others, of which one failed.
    #[error("{0}")]
    Undone(String),
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
        let Self::Database(error) = self else {
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
        let refusal = error.as_database_error();
        refusal.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
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
    read: Pool,
    write: Pool,
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
        let pool = connect::server(url).await?;
        let db = Self {
            read: pool.clone(),
            write: pool,
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
        let (read, write) = connect::sqlite(url, create).await?;
        Ok(Self { read, write })
    }

    /// Refuses settings under which what was committed may be lost in a power cut.
    async fn check_durability(&self) -> Result<(), StorageError> {
        const ON: &[&str] = &["on"];
        let settings: &[(_, _, &[&str])] = match self.backend() {
            Backend::Sqlite => &[],
            Backend::Postgres => &[
                (
                    "synchronous_commit",
                    "SELECT current_setting('synchronous_commit')",
                    &["on", "remote_write", "remote_apply", "local"],
                ),
                ("fsync", "SELECT current_setting('fsync')", ON),
                (
                    "full_page_writes",
                    "SELECT current_setting('full_page_writes')",
                    ON,
                ),
            ],
            Backend::MySql => &[
                (
                    "innodb_flush_log_at_trx_commit",
                    "SELECT CAST(@@global.innodb_flush_log_at_trx_commit AS CHAR)",
                    &["1"],
                ),
                // A binary log takes part in every commit, and decides after a crash which of them happened.
                (
                    "sync_binlog",
                    "SELECT CAST(CASE WHEN @@global.log_bin THEN @@global.sync_binlog ELSE 1 END AS CHAR)",
                    &["1"],
                ),
            ],
        };
        for &(setting, sql, strong) in settings {
            let value: String = self.read.scalar(sql, []).await?.unwrap_or_default();
            if !strong.contains(&value.as_str()) {
                return Err(StorageError::WeakDurability {
                    setting,
                    value,
                    wanted: strong.first().copied().unwrap_or_default(),
                });
            }
        }
        Ok(())
    }

    /// For reading. On SQLite these connections never wait for the writer.
    #[must_use]
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// For single statements that write. What others must hear of goes through the log instead.
    #[must_use]
    pub fn write(&self) -> &Pool {
        &self.write
    }

    /// Begins a transaction that may write; dropped without a commit it is rolled back.
    pub async fn begin(&self) -> Result<Transaction, StorageError> {
        self.write.begin(Purpose::Write).await
    }

    /// Begins a transaction that only reads, and reads everything as it is at one moment, whoever writes meanwhile.
    pub async fn snapshot(&self) -> Result<Transaction, StorageError> {
        self.read.begin(Purpose::Snapshot).await
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.write.backend()
    }

    /// Answers once the database does and may be written.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.write.disk().check()?;
        self.read.run("SELECT 1", []).await?;
        Ok(())
    }
}
