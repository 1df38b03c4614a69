//! Schema changes. They run at start and by `parlor migrate`, each once, in the order of the list in `app.rs`.

use super::standing::{self, Role};
use super::{Db, Sql, StorageError};
use crate::kernel::faulty::{self, Weakness};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager};

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

struct Steps(Vec<Migration>);

impl MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0
            .iter()
            .map(|step| Box::new(Step(*step)) as Box<dyn MigrationTrait>)
            .collect()
    }
}

struct Step(Migration);

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.0.name
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        for statement in self.0.statements() {
            let result = connection
                .execute_unprepared(&dialect(backend, statement))
                .await;
            match result {
                Err(error) if is_there_already(backend, &error) => {}
                result => {
                    result?;
                }
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(!faulty::has(Weakness::BareSteps))
    }
}

/// A statement as a kind of database takes it.
pub(crate) fn dialect(backend: DbBackend, statement: &str) -> String {
    match backend {
        DbBackend::MySql if statement.starts_with("CREATE TABLE") => {
            format!("{statement} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
        }
        _ => statement.to_owned(),
    }
}

/// The index, or the column, was made before the step was interrupted (MySQL errors 1061 and 1060).
fn is_there_already(backend: DbBackend, error: &DbErr) -> bool {
    let text = error.to_string();
    backend == DbBackend::MySql && (text.contains("1061") || text.contains("1060"))
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
    Ok(Steps(steps).up(db.write(), None).await?)
}

/// The names of steps that have not been applied.
pub async fn pending(db: &Db, steps: &'static [Migration]) -> Result<Vec<String>, StorageError> {
    check_age(db, steps).await?;
    let pending = Steps(steps.to_vec())
        .get_pending_migrations(db.write())
        .await?;
    Ok(pending.iter().map(|step| step.name().to_owned()).collect())
}

/// The names of the steps that have been applied; none where there is no table of them.
pub async fn applied(sql: &impl Sql) -> Result<Vec<String>, StorageError> {
    if !has_table(sql, "seaql_migrations").await? {
        return Ok(Vec::new());
    }
    sql.column("SELECT version FROM seaql_migrations", []).await
}

/// Whether the database has a table.
pub(crate) async fn has_table(sql: &impl Sql, name: &str) -> Result<bool, StorageError> {
    let query = match sql.get_database_backend() {
        DbBackend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
        DbBackend::Postgres => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?"
        }
        _ => {
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
