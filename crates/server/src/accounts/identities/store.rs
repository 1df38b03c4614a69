//! The tables `identities` and `sign_in_flows`.

use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::{Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

const COLUMNS: &str = "id, user_id, provider, issuer, subject, linked_at, last_used_at";

/// A row of `identities`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::accounts) struct IdentityRow {
    pub(in crate::accounts) id: i64,
    /// Whose account it opens.
    pub(in crate::accounts) user_id: UserId,
    /// The provider's name, when it was linked.
    pub(in crate::accounts) provider: String,
    /// Who names the subject.
    pub(in crate::accounts) issuer: String,
    /// Who somebody is there.
    pub(in crate::accounts) subject: String,
    /// When it was linked, in milliseconds.
    pub(in crate::accounts) linked_at: i64,
    /// When it last signed somebody in, in milliseconds.
    pub(in crate::accounts) last_used_at: Option<i64>,
}

/// A row of `sign_in_flows`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FlowRow {
    pub(super) state_digest: String,
    pub(super) browser_digest: String,
    pub(super) provider: String,
    pub(super) purpose: String,
    /// Whose account it is about; 0: nobody's yet.
    pub(super) user_id: UserId,
    pub(super) session_id: i64,
    pub(super) dialect: String,
    pub(super) redirect_uri: String,
    pub(super) return_to: String,
    pub(super) remember: bool,
    pub(super) policy_accepted: bool,
    pub(super) begun_at: i64,
}

impl IdentityRow {
    /// All that is stored of it, for whom it names.
    pub(in crate::accounts) fn record(&self) -> Value {
        json!({
            "provider": self.provider,
            "issuer": self.issuer,
            "subject": self.subject,
            "linked_at": Timestamp(self.linked_at),
            "last_used_at": self.last_used_at.map(Timestamp),
        })
    }
}

pub(in crate::accounts) async fn insert(
    sql: &impl Sql,
    row: &IdentityRow,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO identities (id, user_id, provider, issuer, subject, linked_at, last_used_at) \
                     VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.id,
        row.user_id,
        row.provider.clone(),
        row.issuer.clone(),
        row.subject.clone(),
        row.linked_at,
        row.last_used_at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

/// Whoever this is.
pub(in crate::accounts) async fn by_subject(
    sql: &impl Sql,
    issuer: &str,
    subject: &str,
) -> Result<Option<IdentityRow>, StorageError> {
    let statement = format!("SELECT {COLUMNS} FROM identities WHERE issuer = ? AND subject = ?");
    sql.row(&statement, args![issuer, subject]).await
}

/// All of an account, the oldest first.
pub(in crate::accounts) async fn of_user(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<IdentityRow>, StorageError> {
    let statement = format!("SELECT {COLUMNS} FROM identities WHERE user_id = ? ORDER BY id");
    sql.rows(&statement, args![user]).await
}

/// Notes that one was used, under the subject that it has now.
pub(in crate::accounts) async fn set_used(
    sql: &impl Sql,
    id: i64,
    subject: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE identities SET last_used_at = ?, subject = ? WHERE id = ?";
    sql.run(statement, args![now.0, subject, id]).await?;
    Ok(())
}

pub(in crate::accounts) async fn delete(sql: &impl Sql, id: i64) -> Result<(), StorageError> {
    let statement = "DELETE FROM identities WHERE id = ?";
    sql.run(statement, args![id]).await?;
    Ok(())
}

/// Forgets all of an account.
pub(in crate::accounts) async fn delete_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM identities WHERE user_id = ?";
    sql.run(statement, args![user]).await?;
    Ok(())
}

pub(super) async fn insert_flow(sql: &impl Sql, row: &FlowRow) -> Result<(), StorageError> {
    let statement = "INSERT INTO sign_in_flows (state_digest, browser_digest, provider, purpose, user_id, \
                     session_id, dialect, redirect_uri, return_to, remember, policy_accepted, begun_at) \
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.state_digest.clone(),
        row.browser_digest.clone(),
        row.provider.clone(),
        row.purpose.clone(),
        row.user_id,
        row.session_id,
        row.dialect.clone(),
        row.redirect_uri.clone(),
        row.return_to.clone(),
        row.remember,
        row.policy_accepted,
        row.begun_at
    ];
    sql.run(statement, values).await?;
    Ok(())
}

/// Takes what was begun under a state in a browser since `since`; of two who come with the same one, one has it.
pub(super) async fn take_flow(
    sql: &impl Sql,
    state_digest: &str,
    browser_digest: &str,
    since: Timestamp,
) -> Result<Option<FlowRow>, StorageError> {
    let query = "SELECT state_digest, browser_digest, provider, purpose, user_id, session_id, dialect, redirect_uri, \
                 return_to, remember, policy_accepted, begun_at FROM sign_in_flows WHERE state_digest = ? \
                 AND browser_digest = ? AND begun_at > ?";
    let values = args![state_digest, browser_digest, since.0];
    let Some(row) = sql.row(query, values).await? else {
        return Ok(None);
    };
    let delete = "DELETE FROM sign_in_flows WHERE state_digest = ?";
    let taken = sql.run(delete, args![state_digest]).await? > 0;
    Ok(taken.then_some(row))
}

/// Forgets what was begun before a moment and never came back.
pub(in crate::accounts) async fn delete_flows_before(
    sql: &impl Sql,
    before: Timestamp,
) -> Result<(), StorageError> {
    let statement = "DELETE FROM sign_in_flows WHERE begun_at <= ?";
    sql.run(statement, args![before.0]).await?;
    Ok(())
}
