//! The table `accounts`.

use crate::accounts::model::{Account, role_text, status_text};
use crate::accounts::names::{Username, fold};
use crate::accounts::rules::Email;
use crate::accounts::take_over::PastPerson;
use crate::kernel::db::sql::{beginning, containing};
use crate::kernel::db::{Narrowed, Sql, StorageError, Value, args, placeholders};
use parlor_protocol::accounts::{AccountStatus, SystemRole};
use parlor_protocol::{Timestamp, UserId};
use serde::Deserialize;

const COLUMNS: &str = "id, username, nickname, email, password_hash, bio, birthday, language, system_role, status, \
                       is_guest, created_at, last_seen, privacy_accepted_at";

/// A row to insert.
#[derive(Clone, Debug)]
pub(in crate::accounts) struct NewRow {
    pub(in crate::accounts) id: UserId,
    pub(in crate::accounts) name: Username,
    pub(in crate::accounts) nickname: Option<String>,
    pub(in crate::accounts) email: Option<Email>,
    pub(in crate::accounts) password_hash: Option<String>,
    pub(in crate::accounts) role: SystemRole,
    pub(in crate::accounts) is_guest: bool,
    pub(in crate::accounts) policy_accepted: bool,
}

pub(in crate::accounts) async fn insert(
    sql: &impl Sql,
    row: &NewRow,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "INSERT INTO accounts (username, name_key, name_skeleton, nickname, nickname_key, email, \
                     email_key, password_hash, is_guest, privacy_accepted_at, id, bio, system_role, status, \
                     created_at, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, 'active', ?, ?)";
    let mut values = written(row, now);
    values.extend(args![row.id, role_text(row.role), now.0, now.0]);
    sql.run(statement, values).await?;
    Ok(())
}

/// What a person wrote in a form, and what follows from it: `username` to `privacy_accepted_at`.
fn written(row: &NewRow, now: Timestamp) -> Vec<Value> {
    let (name, email) = (row.name.clone(), row.email.clone());
    Vec::from(args![
        name.shown,
        name.key,
        name.skeleton,
        row.nickname.clone(),
        row.nickname.as_deref().map(fold).unwrap_or_default(),
        email.as_ref().map(|email| email.shown.clone()),
        email.map(|email| email.key),
        row.password_hash.clone(),
        row.is_guest,
        row.policy_accepted.then_some(now.0),
    ])
}

/// What somebody of an older system brings along beside what a new account has.
pub(in crate::accounts) async fn set_past(
    sql: &impl Sql,
    id: UserId,
    person: &PastPerson,
    now: Timestamp,
) -> Result<(), StorageError> {
    let status = if person.is_active {
        AccountStatus::Active
    } else {
        AccountStatus::Inactive
    };
    let created_at = person.created_at.unwrap_or(now).min(now).0;
    let statement = "UPDATE accounts SET bio = ?, birthday = ?, status = ?, created_at = ?, last_seen = ?, \
                     privacy_accepted_at = ? WHERE id = ?";
    let values = args![
        person.bio.clone(),
        person.birthday.clone(),
        status_text(status),
        created_at,
        person.last_seen.map_or(created_at, |at| at.0.min(now.0)),
        person.policy_accepted_at.map(|at| at.0),
        id
    ];
    sql.run(statement, values).await?;
    Ok(())
}

pub(in crate::accounts) async fn by_id(
    sql: &impl Sql,
    id: UserId,
) -> Result<Option<Account>, StorageError> {
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?");
    sql.row(&statement, args![id]).await
}

/// By user name or e-mail address, whatever the case.
pub(in crate::accounts) async fn by_login(
    sql: &impl Sql,
    login: &str,
) -> Result<Option<Account>, StorageError> {
    // No account has one, and PostgreSQL refuses to look for it.
    if login.contains('\0') {
        return Ok(None);
    }
    let (column, key) = if login.contains('@') {
        ("email_key", login.to_lowercase())
    } else {
        ("name_key", fold(login))
    };
    let statement = format!("SELECT {COLUMNS} FROM accounts WHERE {column} = ?");
    sql.row(&statement, args![key]).await
}

#[derive(Deserialize)]
struct NamedRow {
    id: UserId,
    name_key: String,
}

/// The hash of a password that begins with none of these.
pub(in crate::accounts) async fn hash_unlike(
    sql: &impl Sql,
    known: &[&str],
) -> Result<Option<String>, StorageError> {
    let unlike = " AND password_hash NOT LIKE ? ESCAPE '!'".repeat(known.len());
    let statement = format!(
        "SELECT password_hash FROM accounts WHERE password_hash IS NOT NULL{unlike} LIMIT 1"
    );
    let patterns = known.iter().map(|known| beginning(known).into());
    let patterns: Vec<Value> = patterns.collect();
    sql.scalar(&statement, patterns).await
}

/// The accounts in use that have these names, folded.
pub(in crate::accounts) async fn by_name_keys(
    sql: &impl Sql,
    keys: &[String],
) -> Result<Vec<(String, UserId)>, StorageError> {
    let mut named = Vec::new();
    for chunk in keys.chunks(500) {
        let statement = format!(
            "SELECT id, name_key FROM accounts WHERE status = 'active' AND name_key IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|key| Value::from(key.as_str())).collect();
        let rows = sql.rows::<NamedRow>(&statement, values).await?;
        named.extend(rows.into_iter().map(|row| (row.name_key, row.id)));
    }
    Ok(named)
}

/// Whether a name, or one that looks like it, belongs to somebody.
pub(in crate::accounts) async fn name_is_taken(
    sql: &impl Sql,
    name: &Username,
) -> Result<bool, StorageError> {
    let statement = "SELECT id FROM accounts WHERE name_key = ? OR name_skeleton = ?";
    let found: Option<i64> = sql
        .scalar(statement, args![name.key.clone(), name.skeleton.clone()])
        .await?;
    Ok(found.is_some())
}

/// Whether an address belongs to another account.
pub(in crate::accounts) async fn email_is_taken(
    sql: &impl Sql,
    email: &Email,
    by_other_than: UserId,
) -> Result<bool, StorageError> {
    let statement = "SELECT id FROM accounts WHERE email_key = ? AND id <> ?";
    let found: Option<i64> = sql
        .scalar(statement, args![email.key.clone(), by_other_than])
        .await?;
    Ok(found.is_some())
}

/// What [`crate::accounts::model::brief`] needs.
#[derive(Deserialize)]
pub(in crate::accounts) struct BriefRow {
    pub(in crate::accounts) id: UserId,
    pub(in crate::accounts) username: String,
    pub(in crate::accounts) nickname: Option<String>,
    pub(in crate::accounts) is_guest: bool,
}

pub(in crate::accounts) async fn briefs(
    sql: &impl Sql,
    ids: &[UserId],
) -> Result<Vec<BriefRow>, StorageError> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let statement = format!(
            "SELECT id, username, nickname, is_guest FROM accounts WHERE id IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        rows.extend(sql.rows::<BriefRow>(&statement, values).await?);
    }
    Ok(rows)
}

/// Which accounts a list is about.
#[derive(Clone, Debug, Default)]
pub(in crate::accounts) struct Filter {
    /// Folded text in the name or the nickname.
    pub(in crate::accounts) text: Option<String>,
    /// People in use only: no guests, nobody inactive.
    pub(in crate::accounts) people_only: bool,
    /// Of this status.
    pub(in crate::accounts) status: Option<AccountStatus>,
    /// Of these rights.
    pub(in crate::accounts) role: Option<SystemRole>,
    /// Guests, or people with an account.
    pub(in crate::accounts) guests: Option<bool>,
    /// Of this name, folded.
    pub(in crate::accounts) name: Option<String>,
}

/// Accounts after `after`, by id.
pub(in crate::accounts) async fn list(
    sql: &impl Sql,
    filter: &Filter,
    after: UserId,
    limit: i64,
) -> Result<Vec<Account>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM accounts WHERE id > ?");
    let mut query = Narrowed::new(&query, args![after]);
    if let Some(text) = &filter.text {
        let pattern = containing(text);
        query.all(
            "(name_key LIKE ? ESCAPE '!' OR nickname_key LIKE ? ESCAPE '!')",
            args![pattern.clone(), pattern],
        );
    }
    if filter.people_only {
        query.all("is_guest = ? AND status = 'active'", args![false]);
    }
    query.by("status = ?", filter.status.map(status_text));
    query.by("system_role = ?", filter.role.map(role_text));
    query.by("is_guest = ?", filter.guests);
    query.by("name_key = ?", filter.name.as_deref());
    query.rows(sql, "id", limit).await
}

/// Makes a guest's row that of an account.
pub(in crate::accounts) async fn give_account(
    sql: &impl Sql,
    row: &NewRow,
    now: Timestamp,
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET username = ?, name_key = ?, name_skeleton = ?, nickname = ?, \
                     nickname_key = ?, email = ?, email_key = ?, password_hash = ?, is_guest = ?, \
                     privacy_accepted_at = ? WHERE id = ?";
    let mut values = written(row, now);
    values.push(row.id.into());
    sql.run(statement, values).await?;
    Ok(())
}

pub(in crate::accounts) async fn set_password(
    sql: &impl Sql,
    id: UserId,
    hash: &str,
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET password_hash = ? WHERE id = ?";
    sql.run(statement, args![hash, id]).await?;
    Ok(())
}

/// What an owner may change.
pub(in crate::accounts) async fn set_profile(
    sql: &impl Sql,
    account: &Account,
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET nickname = ?, nickname_key = ?, bio = ?, birthday = ?, language = ?, \
                     email = ?, email_key = ? WHERE id = ?";
    let values = args![
        account.nickname.clone(),
        account.nickname.as_deref().map(fold).unwrap_or_default(),
        account.bio.clone(),
        account.birthday.clone(),
        account.language.clone(),
        account.email.clone(),
        account.email.as_deref().map(str::to_lowercase),
        account.id
    ];
    sql.run(statement, values).await?;
    Ok(())
}

pub(in crate::accounts) async fn set_standing(
    sql: &impl Sql,
    id: UserId,
    role: SystemRole,
    status: AccountStatus,
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET system_role = ?, status = ? WHERE id = ?";
    sql.run(statement, args![role_text(role), status_text(status), id])
        .await?;
    Ok(())
}

/// Forgets all that an account said about its owner, and gives it a tombstone's name.
pub(in crate::accounts) async fn bury(
    sql: &impl Sql,
    id: UserId,
    name: Username,
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET username = ?, name_key = ?, name_skeleton = ?, nickname = NULL, \
                     nickname_key = '', email = NULL, email_key = NULL, password_hash = NULL, bio = '', \
                     birthday = NULL, language = NULL, system_role = 'user', status = 'deleted', last_seen = NULL \
                     WHERE id = ?";
    sql.run(statement, args![name.shown, name.key, name.skeleton, id])
        .await?;
    Ok(())
}

/// Holds the administrators' rows until the transaction ends, so that two of them cannot leave at once.
pub(in crate::accounts) async fn hold_administrators(sql: &impl Sql) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET system_role = 'admin' \
                     WHERE is_guest = ? AND status = 'active' AND system_role = 'admin'";
    sql.run(statement, args![false]).await?;
    Ok(())
}

/// Whether somebody runs the server, other than `than`.
pub(in crate::accounts) async fn has_administrator_other_than(
    sql: &impl Sql,
    than: UserId,
) -> Result<bool, StorageError> {
    let statement = "SELECT id FROM accounts WHERE is_guest = ? AND status = 'active' \
                     AND system_role = 'admin' AND id <> ?";
    let other = sql.scalar::<i64>(statement, args![false, than]).await?;
    Ok(other.is_some())
}

#[derive(Debug, Deserialize)]
struct SeenRow {
    id: UserId,
    last_seen: i64,
}

/// When people were last seen; those who never were are left out.
pub(in crate::accounts) async fn seen(
    sql: &impl Sql,
    ids: &[UserId],
) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
    let mut seen = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let statement = format!(
            "SELECT id, last_seen FROM accounts WHERE last_seen IS NOT NULL AND id IN ({})",
            placeholders(chunk.len())
        );
        let values: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        let rows = sql.rows::<SeenRow>(&statement, values).await?;
        seen.extend(rows.iter().map(|row| (row.id, Timestamp(row.last_seen))));
    }
    Ok(seen)
}

/// The people who were seen since a moment, the latest first.
pub(in crate::accounts) async fn seen_since(
    sql: &impl Sql,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
    let statement =
        "SELECT id, last_seen FROM accounts WHERE last_seen >= ? ORDER BY last_seen DESC LIMIT ?";
    let rows = sql.rows::<SeenRow>(statement, args![since.0, limit]);
    let seen = |row: SeenRow| (row.id, Timestamp(row.last_seen));
    Ok(rows.await?.into_iter().map(seen).collect())
}

/// Writes down when people were last seen.
pub(in crate::accounts) async fn set_seen(
    sql: &impl Sql,
    seen: &[(UserId, Timestamp)],
) -> Result<(), StorageError> {
    let statement = "UPDATE accounts SET last_seen = ? WHERE id = ? AND status <> 'deleted' \
                     AND (last_seen IS NULL OR last_seen < ?)";
    for (id, at) in seen {
        sql.run(statement, args![at.0, *id, at.0]).await?;
    }
    Ok(())
}

/// Guests whose newest session was last used before `before`, or who have none.
pub(in crate::accounts) async fn idle_guests(
    sql: &impl Sql,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<UserId>, StorageError> {
    let statement = "SELECT a.id FROM accounts a WHERE a.is_guest = ? AND a.status = 'active' AND a.created_at < ? \
                     AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = a.id AND s.last_used_at >= ?) \
                     ORDER BY a.id LIMIT ?";
    sql.column(statement, args![true, before.0, before.0, limit])
        .await
}

/// Whether an account runs the server.
pub(in crate::accounts) async fn is_administrator(
    sql: &impl Sql,
    id: UserId,
) -> Result<bool, StorageError> {
    let statement =
        "SELECT id FROM accounts WHERE id = ? AND system_role = 'admin' AND status = 'active'";
    Ok(sql.scalar::<i64>(statement, args![id]).await?.is_some())
}
