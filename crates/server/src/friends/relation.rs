//! What two people are to each other, for those above who decide by it.

use super::error::FriendsError;
use super::{Friends, store};
use crate::accounts::Accounts;
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError};
use parlor_protocol::accounts::{Circle, User, UserBrief};
use parlor_protocol::{Code, Problem, UserId};
use std::collections::HashSet;

impl Friends {
    /// Whether one of two people has blocked the other.
    pub async fn is_blocked(
        sql: &impl Sql,
        one: UserId,
        other: UserId,
    ) -> Result<bool, StorageError> {
        store::is_blocked(sql, one, other).await
    }

    /// Refuses to begin a private chat with somebody who has blocked the asker, is blocked by them, or does not want
    /// chats of theirs.
    pub async fn check_chat(sql: &impl Sql, asker: UserId, other: UserId) -> Result<(), Problem> {
        if store::is_blocked(sql, asker, other).await? {
            return Err(Code::Blocked.into());
        }
        let may = match Accounts::privacy_of(sql, other).await?.direct_chats {
            Circle::Everyone => true,
            Circle::Friends => store::are_friends(sql, asker, other).await?,
            Circle::Nobody => false,
        };
        if may {
            Ok(())
        } else {
            Err(Code::PrivacyRefused.into())
        }
    }

    /// Those of some people who have blocked somebody: what that one says is not to call them.
    pub async fn blockers_of(
        &self,
        user: UserId,
        among: &[UserId],
    ) -> Result<HashSet<UserId>, StorageError> {
        store::blockers_of(self.kernel.db.read(), user, among).await
    }

    /// Whom somebody has blocked.
    pub async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        store::blocked_by(self.kernel.db.read(), user).await
    }

    /// Somebody with an account, by id.
    pub(super) async fn somebody(
        &self,
        actor: &Actor,
        user: UserId,
    ) -> Result<UserBrief, FriendsError> {
        let found: Result<User, Problem> =
            self.accounts.user(actor, user).await.map_err(Problem::from);
        Ok(found?.brief)
    }

    /// How somebody is shown in an event; deleted accounts have a tombstone's name.
    pub(super) async fn brief(&self, user: UserId) -> Result<UserBrief, FriendsError> {
        let brief = self.accounts.briefs(&[user]).await?.remove(&user);
        brief.ok_or(FriendsError::NotFound)
    }
}
