//! Schema changes. They run at start and by `parlor migrate`, each once, in the order of the list in `app.rs`.

use super::sql::Backend;
use super::standing::{self, Role};
use super::{Db, Sql, StorageError, args};
use crate::kernel::faulty::{self, Weakness};
use sqlx::mysql::MySqlDatabaseError;

/// The steps that have been applied.
pub(crate) const TABLE: &str = "schema_migrations";

/// One step: portable statements that are all applied or, where the database can, none.
///
/// MySQL commits after each statement that defines a table. A step interrupted there runs again from its start,
/// so tables are made with `IF NOT EXISTS`, and an index or a column that exists already is left alone.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Unique, and never changed once published.
    pub name: &'static str,
    /// The statements, separated by `;` at the end of a line.
    pub sql: &'static str,
}

impl Migration {
    /// Its statements, one by one, without the `;` that ends them.
    pub fn statements(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.sql
            .split(";\n")
            .map(|text| text.trim().trim_end_matches(';'))
            .filter(|text| !text.is_empty())
    }
}

/// Runs a step's statements, and notes that they have been.
async fn take(sql: &impl Sql, step: Migration) -> Result<(), StorageError> {
    for statement in step.statements() {
        let result = sql.execute_raw(&dialect(sql.backend(), statement)).await;
        match result {
            Err(error) if is_there_already(&error) => {}
            result => result?,
        }
    }
    let note = format!("INSERT INTO {TABLE} (version) VALUES (?)");
    sql.run(&note, args![step.name]).await?;
    Ok(())
}

/// A statement as a kind of database takes it.
pub(crate) fn dialect(backend: Backend, statement: &str) -> String {
    match backend {
        Backend::MySql if statement.starts_with("CREATE TABLE") => {
            format!("{statement} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
        }
        _ => statement.to_owned(),
    }
}

/// The index, or the column, was made before the step was interrupted: MySQL's
/// `ER_DUP_KEYNAME` and `ER_DUP_FIELDNAME`.
fn is_there_already(error: &StorageError) -> bool {
    [1061, 1060].map(Some).contains(&mysql_number(error))
}

/// The number of MySQL's error, where it is one.
pub(crate) fn mysql_number(error: &StorageError) -> Option<u16> {
    let StorageError::Database(error) = error else {
        return None;
    };
    let mysql = error
        .as_database_error()?
        .try_downcast_ref::<MySqlDatabaseError>()?;
    Some(mysql.number())
}

/// Applies what has not been applied. Refuses a database that a newer version has changed, and one that is no whole
/// database at the moment (see [`standing`]).
pub async fn run(db: &Db, steps: &'static [Migration]) -> Result<(), StorageError> {
    check_age(db, steps).await?;
    match standing::role(db.read()).await? {
        // What is carried over is carried over as it was when that began.
        Some(Role::Moving) if !pending(db, steps).await?.is_empty() => {
            return Err(StorageError::NotWhole(
                "it is being moved to another database; let that end before its tables are changed",
            ));
        }
        Some(Role::Moving) | None => {}
        Some(role) => return Err(StorageError::NotWhole(role.why_not())),
    }
    apply(db, steps.to_vec()).await
}

/// Applies these steps of a list, whatever the standing of the database.
pub(crate) async fn apply(db: &Db, steps: Vec<Migration>) -> Result<(), StorageError> {
    let create =
        format!("CREATE TABLE IF NOT EXISTS {TABLE} (version VARCHAR(255) NOT NULL PRIMARY KEY)");
    let create = dialect(db.backend(), &create);
    db.write().execute_raw(&create).await?;
    let applied = applied(db.write()).await?;
    for step in steps {
        if applied.iter().any(|name| name == step.name) {
            continue;
        }
        if faulty::has(Weakness::BareSteps) {
            take(db.write(), step).await?;
            continue;
        }
        let transaction = db.begin().await?;
        take(&transaction, step).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// The names of steps that have not been applied.
pub async fn pending(
    db: &Db,
    steps: &'static [Migration],
) -> Result<Vec<&'static str>, StorageError> {
    check_age(db, steps).await?;
    let applied = applied(db.write()).await?;
    let names = steps.iter().map(|step| step.name);
    Ok(names
        .filter(|name| !applied.iter().any(|it| it == name))
        .collect())
}

/// The names of the steps that have been applied; none where there is no table of them.
pub async fn applied(sql: &impl Sql) -> Result<Vec<String>, StorageError> {
    if !has_table(sql, TABLE).await? {
        return Ok(Vec::new());
    }
    let query = format!("SELECT version FROM {TABLE}");
    sql.column(&query, []).await
}

/// Whether the database has a table.
pub(crate) async fn has_table(sql: &impl Sql, name: &str) -> Result<bool, StorageError> {
    let query = match sql.backend() {
        Backend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
        Backend::Postgres => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?"
        }
        Backend::MySql => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?"
        }
    };
    let count: Option<i64> = sql.scalar(query, super::args![name]).await?;
    Ok(count.unwrap_or(0) > 0)
}

/// Who knows not all steps of a database does not know its tables either.
async fn check_age(db: &Db, steps: &'static [Migration]) -> Result<(), StorageError> {
    let mut applied = applied(db.read()).await?.into_iter();
    match applied.find(|name| steps.iter().all(|step| step.name != name)) {
        Some(unknown) => Err(StorageError::Newer(unknown)),
        None => Ok(()),
    }
}
