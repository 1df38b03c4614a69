//! Connections and transactions of any of the databases, and statements run on them.

use super::StorageError;
use super::row::Row;
use super::sql::{Backend, Most, Sql, Statement};
use super::value::Value;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::error::BoxDynError;
use sqlx::mysql::MySqlPool;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Arguments as _, AssertSqlSafe, Database, Executor, IntoArguments};
use sqlx::{MySql, Postgres, Sqlite};
use tokio::sync::Mutex;

/// Connections to one database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Pool {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL.
    Postgres(PgPool),
    /// MySQL or MariaDB.
    MySql(MySqlPool),
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
    pub(super) async fn begin(&self, purpose: Purpose) -> sqlx::Result<Transaction> {
        let open = match (self, purpose) {
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
        };
        Ok(Transaction {
            backend: self.backend(),
            open: Mutex::new(open),
        })
    }

    /// Closes all connections, once they are not in use.
    pub(in crate::kernel) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::MySql(pool) => pool.close().await,
        }
    }
}

/// A transaction. Dropped without a commit it is rolled back.
#[derive(Debug)]
pub struct Transaction {
    backend: Backend,
    open: Mutex<Open>,
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
        match self.open.into_inner() {
            Open::Sqlite(open) => open.commit().await?,
            Open::Postgres(open) => open.commit().await?,
            Open::MySql(open) => open.commit().await?,
        }
        Ok(())
    }

    /// Undoes it.
    pub async fn rollback(self) -> Result<(), StorageError> {
        match self.open.into_inner() {
            Open::Sqlite(open) => open.rollback().await?,
            Open::Postgres(open) => open.rollback().await?,
            Open::MySql(open) => open.rollback().await?,
        }
        Ok(())
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
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
            Self::MySql(_) => Backend::MySql,
        }
    }

    fn fetch(
        &self,
        statement: Statement,
        most: Most,
    ) -> BoxFuture<'_, Result<Vec<Row>, StorageError>> {
        async move {
            match self {
                Self::Sqlite(on) => fetch(on, statement, most).await,
                Self::Postgres(on) => fetch(on, statement, most).await,
                Self::MySql(on) => fetch(on, statement, most).await,
            }
        }
        .boxed()
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'_, Result<u64, StorageError>> {
        async move {
            match self {
                Self::Sqlite(on) => execute(on, statement).await,
                Self::Postgres(on) => execute(on, statement).await,
                Self::MySql(on) => execute(on, statement).await,
            }
        }
        .boxed()
    }

    fn execute_raw<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), StorageError>> {
        async move {
            match self {
                Self::Sqlite(on) => execute_raw(on, text).await,
                Self::Postgres(on) => execute_raw(on, text).await,
                Self::MySql(on) => execute_raw(on, text).await,
            }
        }
        .boxed()
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
        async move {
            match &mut *self.open.lock().await {
                Open::Sqlite(on) => fetch(&mut **on, statement, most).await,
                Open::Postgres(on) => fetch(&mut **on, statement, most).await,
                Open::MySql(on) => fetch(&mut **on, statement, most).await,
            }
        }
        .boxed()
    }

    fn execute(&self, statement: Statement) -> BoxFuture<'_, Result<u64, StorageError>> {
        async move {
            match &mut *self.open.lock().await {
                Open::Sqlite(on) => execute(&mut **on, statement).await,
                Open::Postgres(on) => execute(&mut **on, statement).await,
                Open::MySql(on) => execute(&mut **on, statement).await,
            }
        }
        .boxed()
    }

    fn execute_raw<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<(), StorageError>> {
        async move {
            match &mut *self.open.lock().await {
                Open::Sqlite(on) => execute_raw(&mut **on, text).await,
                Open::Postgres(on) => execute_raw(&mut **on, text).await,
                Open::MySql(on) => execute_raw(&mut **on, text).await,
            }
        }
        .boxed()
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
