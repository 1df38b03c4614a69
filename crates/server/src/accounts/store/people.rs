//! The table `imported_people`: which placeholder stands for which name of an archive.

use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::UserId;

pub(in crate::accounts) async fn placeholder_of(
    sql: &impl Sql,
    key: &str,
) -> Result<Option<UserId>, StorageError> {
    let statement = "SELECT user_id FROM imported_people WHERE name_key = ?";
    sql.scalar(statement, args![key]).await
}

pub(in crate::accounts) async fn insert_placeholder(
    sql: &impl Sql,
    key: &str,
    id: UserId,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO imported_people (name_key, user_id) VALUES (?, ?)";
    sql.run(statement, args![key, id]).await?;
    Ok(())
}
