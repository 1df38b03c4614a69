//! Connections and transactions of any of the databases, and statements run on them.

use super::StorageError;
use super::disk::Disk;
use super::row::Row;
use super::sql::{Backend, Most, Sql, Statement};
use super::value::Value;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, TryFutureExt as _};
use sqlx::error::BoxDynError;
use sqlx::mysql::MySqlPool;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Arguments as _, AssertSqlSafe, Database, Executor, IntoArguments};
use sqlx::{MySql, Postgres, Sqlite};
use tokio::sync::Mutex;

/// Connections to one database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool {
    open: Connections,
    disk: Disk,
}

/// Those of one kind of database.
#[derive(Clone, Debug)]
pub(super) enum Connections {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

/// The same on each of the databases.
macro_rules! on_each {
    ($kind:ident, $this:expr, $on:ident => $run:expr) => {
        match $this {
            $kind::Sqlite($on) => $run.await,
            $kind::Postgres($on) => $run.await,
            $kind::MySql($on) => $run.await,
        }
    };
}

/// How a transaction is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To write: it sees what others have committed, and on SQLite is the only one from its beginning.
    Write,
    /// To read everything as it is at one moment.
    Snapshot,
}

impl Pool {
    pub(super) fn new(open: Connections, disk: Disk) -> Self {
        Self { open, disk }
    }

    /// The disk that these connections write to.
    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    pub(super) async fn begin(&self, purpose: Purpose) -> Result<Transaction, StorageError> {
        let open = self.open.begin(purpose).map_err(StorageError::from);
        Ok(Transaction {
            backend: self.backend(),
            open: Mutex::new(self.disk.watch(open).await?),
            disk: self.disk.clone(),
        })
    }

    /// Closes all connections, once they are not in use.
    #[cfg(test)]
    pub(in crate::kernel) async fn close(&self) {
        on_each!(Connections, &self.open, pool => pool.close());
    }
}

impl Connections {
    async fn begin(&self, purpose: Purpose) -> sqlx::Result<Open> {
        Ok(match (self, purpose) {
            (Self::Sqlite(pool), Purpose::Write) => {
                Open::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)
            }
            // A transaction of SQLite's sees one moment anyway.
            (Self::Sqlite(pool), Purpose::Snapshot) => Open::Sqlite(pool.begin().await?),
            (Self::Postgres(pool), Purpose::Write) => Open::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                    .await?,
            ),
            (Self::Postgres(pool), Purpose::Snapshot) => Open::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
            // The level is said before, and holds for the next transaction alone.
            (Self::MySql(pool), Purpose::Write) => Open::MySql(
                pool.begin_with(
                    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION",
                )
                .await?,
            ),
            (Self::MySql(pool), Purpose::Snapshot) => Open::MySql(
                pool.begin_with(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION READ ONLY",
                )
                .await?,
            ),
        })
    }
}

/// A transaction. Dropped without a commit it is rolled back.
#[derive(Debug)]
pub struct Transaction {
    backend: Backend,
    open: Mutex<Open>,
    disk: Disk,
}

#[derive(Debug)]
enum Open {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
    MySql(sqlx::Transaction<'static, MySql>),
}

impl Transaction {
    /// Makes it hold.
    pub async fn commit(self) -> Result<(), StorageError> {
        let Self { open, disk, .. } = self;
        let commit = async { Ok(on_each!(Open, open.into_inner(), open => open.commit())?) };
        disk.watch(commit).await
    }

    /// Undoes it.
    pub async fn rollback(self) -> Result<(), StorageError> {
        Ok(on_each!(Open, self.open.into_inner(), open => open.rollback())?)
    }

    /// Begins a part that can be undone by itself. Parts follow each other: one ends before the next begins.
    pub async fn begin_part(&self) -> Result<(), StorageError> {
        self.execute_raw("SAVEPOINT part").await
    }

    /// Ends a part that is to stay.
    pub async fn keep_part(&self) -> Result<(), StorageError> {
        self.execute_raw("RELEASE SAVEPOINT part").await
    }

    /// Undoes a part.
    pub async fn undo_part(&self) -> Result<(), StorageError> {
        self.execute_raw("ROLLBACK TO SAVEPOINT part").await?;
        self.keep_part().await
    }
}

impl Sql for Pool {
    fn backend(&self) -> Backend {
        match self.open {
            Connections::Sqlite(_) => Backend::Sqlite,
            Connections::Postgres(_) => Backend::Postgres,
            Connections::MySql(_) => Backend::MySql,
        }
    }

    fn fetch(
        &self,
        statement: Statement,
        most: Most,
    ) -> BoxFuture<'_, Result<Vec<Row>, StorageError>> {
        let run =
            async move { on_each!(Connections, &self.open, on => fetch(on, statement, most)) };
        self.disk.watch(run).boxed()
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'_, Result<u64, StorageError>> {
        let run = async move { on_each!(Connections, &self.open, on => execute(on, statement)) };
        self.disk.watch(run).boxed()
    }

    fn execute_raw<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), StorageError>> {
        let run = async move { on_each!(Connections, &self.open, on => execute_raw(on, text)) };
        self.disk.watch(run).boxed()
    }
}

impl Sql for Transaction {
    fn backend(&self) -> Backend {
        self.backend
    }

    fn fetch(
        &self,
        statement: Statement,
        most: Most,
    ) -> BoxFuture<'_, Result<Vec<Row>, StorageError>> {
        let run = async move {
            on_each!(Open, &mut *self.open.lock().await, on => fetch(&mut **on, statement, most))
        };
        self.disk.watch(run).boxed()
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'_, Result<u64, StorageError>> {
        let run = async move {
            on_each!(Open, &mut *self.open.lock().await, on => execute(&mut **on, statement))
        };
        self.disk.watch(run).boxed()
    }

    fn execute_raw<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), StorageError>> {
        let run = async move {
            on_each!(Open, &mut *self.open.lock().await, on => execute_raw(&mut **on, text))
        };
        self.disk.watch(run).boxed()
    }
}

/// What differs from database to database.
trait Kind: Database<Arguments: IntoArguments<Self>> {
    fn arguments(values: Vec<Value>) -> Result<Self::Arguments, BoxDynError>;
    fn row(row: Self::Row) -> Row;
    fn affected(result: &Self::QueryResult) -> u64;
}

macro_rules! kinds {
    ($($kind:ident),*) => {$(
        impl Kind for $kind {
            fn arguments(values: Vec<Value>) -> Result<Self::Arguments, BoxDynError> {
                let mut arguments = Self::Arguments::default();
                for value in values {
                    match value {
                        Value::Small(value) => arguments.add(value),
                        Value::Integer(value) => arguments.add(value),
                        Value::Big(value) => arguments.add(value),
                        Value::Real(value) => arguments.add(value),
                        Value::Boolean(value) => arguments.add(value),
                        Value::Text(value) => arguments.add(value),
                    }?;
                }
                Ok(arguments)
            }

            fn row(row: Self::Row) -> Row {
                Row::$kind(row)
            }

            fn affected(result: &Self::QueryResult) -> u64 {
                result.rows_affected()
            }
        }
    )*};
}
kinds!(Sqlite, Postgres, MySql);

async fn fetch<'e, D: Kind>(
    on: impl Executor<'e, Database = D>,
    statement: Statement,
    most: Most,
) -> Result<Vec<Row>, StorageError> {
    let values = D::arguments(statement.values).map_err(sqlx::Error::Encode)?;
    let query = sqlx::query_with(AssertSqlSafe(statement.text), values);
    let rows = match most {
        Most::All => query.fetch_all(on).await?,
        Most::One => query.fetch_optional(on).await?.into_iter().collect(),
    };
    Ok(rows.into_iter().map(D::row).collect())
}

async fn execute<'e, D: Kind>(
    on: impl Executor<'e, Database = D>,
    statement: Statement,
) -> Result<u64, StorageError> {
    let values = D::arguments(statement.values).map_err(sqlx::Error::Encode)?;
    let query = sqlx::query_with(AssertSqlSafe(statement.text), values);
    Ok(D::affected(&query.execute(on).await?))
}

async fn execute_raw<'e, D: Kind>(
    on: impl Executor<'e, Database = D>,
    text: &str,
) -> Result<(), StorageError> {
    on.execute(AssertSqlSafe(text.to_owned())).await?;
    Ok(())
}
