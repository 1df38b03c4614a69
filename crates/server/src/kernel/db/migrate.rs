//! Schema changes. They run at start and by `parlor migrate`, each once, in the order of the list in `app.rs`.

use super::{Db, StorageError};
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

struct Steps(&'static [Migration]);

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
        for statement in self
            .0
            .sql
            .split(";\n")
            .map(str::trim)
            .filter(|s| !s.is_empty())
        {
            let result = connection
                .execute_unprepared(&dialect(backend, statement.trim_end_matches(';')))
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
        Some(true)
    }
}

fn dialect(backend: DbBackend, statement: &str) -> String {
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

/// Applies what has not been applied. Refuses a database that a newer version has changed.
pub async fn run(db: &Db, steps: &'static [Migration]) -> Result<(), StorageError> {
    Ok(Steps(steps).up(db.write(), None).await?)
}

/// The names of steps that have not been applied.
pub async fn pending(db: &Db, steps: &'static [Migration]) -> Result<Vec<String>, StorageError> {
    let pending = Steps(steps).get_pending_migrations(db.write()).await?;
    Ok(pending.iter().map(|step| step.name().to_owned()).collect())
}
