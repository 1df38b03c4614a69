//! What is stored of a person, to be given to them, or to be kept where the law asks for it.

use super::Accounts;
use super::identities;
use super::model::LoginRow;
use super::store::logins::LoginFilter;
use super::store::{accounts, logins, sessions};
use crate::kernel::db::{Sql, StorageError};
use parlor_protocol::accounts::LoginRecord;
use parlor_protocol::{Timestamp, UserId};
use serde_json::{Value, json};

/// Something that is stored of a person: of what kind, and what it says.
pub type Record = (&'static str, Value);

/// Sign-ins read at a time.
const PAGE: i64 = 200;

impl Accounts {
    /// The profile, settings, sessions and the log-in log of a person; nothing where there is no such account.
    pub async fn records(
        &self,
        sql: &impl Sql,
        id: UserId,
        now: Timestamp,
    ) -> Result<Vec<Record>, StorageError> {
        let Some(account) = accounts::by_id(sql, id).await? else {
            return Ok(Vec::new());
        };
        let privacy = Self::privacy_of(sql, id).await?;
        let profile = json!({
            "id": id,
            "username": account.username,
            "nickname": account.nickname,
            "email": account.email,
            "bio": account.bio,
            "birthday": account.birthday,
            "role": account.role(),
            "is_guest": account.is_guest,
            "created_at": Timestamp(account.created_at),
            "last_seen": account.last_seen.map(Timestamp),
            "privacy_policy_accepted_at": account.privacy_accepted_at.map(Timestamp),
        });
        let factors = Self::factors_of(sql, id, self.demands_of(&account)).await?;
        let settings = json!({
            "language": account.language,
            "privacy": privacy,
            "second_factor": factors,
        });
        let mut records = vec![("profile", profile), ("settings", settings)];
        for session in sessions::of_user(sql, id, now).await? {
            let mut view = json!(session.view(0));
            if let Some(view) = view.as_object_mut() {
                view.remove("is_current");
            }
            records.push(("sessions", view));
        }
        for identity in identities::store::of_user(sql, id).await? {
            records.push(("identities", identity.record()));
        }
        let mut before = None;
        let theirs = LoginFilter {
            user: Some(id),
            ..LoginFilter::default()
        };
        loop {
            let rows = logins::list(sql, &theirs, before, PAGE).await?;
            before = rows.last().map(|row| (row.at, row.id));
            let login = |row: LoginRow| ("logins", json!(LoginRecord::from(row)));
            records.extend(rows.into_iter().map(login));
            if before.is_none() {
                return Ok(records);
            }
        }
    }

    /// Forgets what was left of accounts that were deleted while they were held, and are so no longer.
    pub async fn forget_buried(&self) -> Result<(), StorageError> {
        logins::delete_buried(self.kernel.db.write()).await
    }
}
