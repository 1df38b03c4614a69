//! How people see each other: names beside messages, profiles, search.

use super::Accounts;
use super::error::AccountsError;
use super::model::{Account, brief};
use super::names::fold;
use super::rules::{check_search, may_as_member};
use super::store::accounts::{self, Filter};
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::limits;
use crate::kernel::page::{Limit, open_number};
use futures_util::future::BoxFuture;
use parlor_protocol::accounts::{AccountStatus, User, UserBrief, UserStats};
use parlor_protocol::{Page, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};

/// Counts what a person has done; rooms and messages know.
pub type CountStats =
    Box<dyn Fn(UserId) -> BoxFuture<'static, Result<UserStats, StorageError>> + Send + Sync>;

impl Accounts {
    /// Names and pictures of people, from memory where known. Deleted accounts are among them, under a tombstone name.
    pub async fn briefs(&self, ids: &[UserId]) -> Result<HashMap<UserId, UserBrief>, StorageError> {
        let version = self.cache.version();
        let mut known = self.cache.briefs(ids);
        let mut unknown: Vec<UserId> = ids
            .iter()
            .copied()
            .filter(|id| !known.contains_key(id))
            .collect();
        if unknown.is_empty() {
            return Ok(known);
        }
        unknown.sort_unstable();
        unknown.dedup();
        let rows = accounts::briefs(self.kernel.db.read(), &unknown).await?;
        let found: Vec<UserBrief> = rows
            .into_iter()
            .map(|row| brief(row.id, &row.username, row.nickname, row.is_guest))
            .collect();
        self.cache.store_briefs(version, found.iter().cloned());
        known.extend(found.into_iter().map(|brief| (brief.id, brief)));
        Ok(known)
    }

    /// The person of this name, whatever its case; `None` where there is none, or none in use.
    pub async fn find_by_name(&self, username: &str) -> Result<Option<UserBrief>, StorageError> {
        if username.contains('@') {
            return Ok(None);
        }
        let account = accounts::by_login(self.kernel.db.read(), username).await?;
        Ok(account.filter(Account::is_active).map(|a| a.brief()))
    }

    /// The people of these names, whatever their case, by the name as it was given; those in use only.
    pub async fn named(&self, names: &[&str]) -> Result<HashMap<String, UserId>, StorageError> {
        let keys: BTreeSet<String> = names.iter().map(|name| fold(name)).collect();
        let keys = Vec::from_iter(keys);
        let known = accounts::by_name_keys(self.kernel.db.read(), &keys).await?;
        let known: HashMap<String, UserId> = known.into_iter().collect();
        let found = names.iter().filter_map(|name| {
            let id = known.get(&fold(name))?;
            Some(((*name).to_owned(), *id))
        });
        Ok(found.collect())
    }

    /// When people were last seen, as far as it is written down.
    pub async fn last_seen(
        &self,
        ids: &[UserId],
    ) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
        accounts::seen(self.kernel.db.read(), ids).await
    }

    /// Up to `most` people who were seen since a moment, the latest first, as far as it is written down.
    pub async fn seen_since(
        &self,
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
        accounts::seen_since(self.kernel.db.read(), since, most).await
    }

    /// `GET users/{id}`: a public profile. Accounts that are not in use are shown to administrators alone.
    pub async fn user(&self, actor: &Actor, id: UserId) -> Result<User, AccountsError> {
        may_as_member(actor)?;
        let account = accounts::by_id(self.kernel.db.read(), id).await?;
        let account = account
            .filter(|a| a.is_active() || actor.is_system_admin)
            .ok_or(AccountsError::NotFound)?;
        let mut users = [account.view(self.is_online(id))];
        self.veil(actor.user_id, &mut users).await?;
        let [user] = users;
        Ok(user)
    }

    /// Whether there is an account of this id in use, as a transaction sees it.
    pub async fn is_in_use(sql: &impl Sql, id: UserId) -> Result<bool, StorageError> {
        let account = accounts::by_id(sql, id).await?;
        Ok(account.is_some_and(|account| Account::is_active(&account)))
    }

    /// `GET users/search`: people whose user name or nickname contains `q`, by id.
    pub async fn search(
        &self,
        actor: &Actor,
        q: &str,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<User>, AccountsError> {
        may_as_member(actor)?;
        let limits = &self.kernel.limits;
        limits.check(limits::Limit::Search, actor.user_id)?;
        let text = check_search(q)?;
        let list = format!("users with {text}");
        let filter = Filter {
            text: Some(text),
            people_only: true,
            ..Filter::default()
        };
        let page = self.account_page(&list, &filter, limit, cursor).await?;
        let items = page.items.iter();
        let mut items: Vec<User> = items.map(|a| a.view(self.is_online(a.id))).collect();
        self.veil(actor.user_id, &mut items).await?;
        Ok(Page {
            items,
            next: page.next,
        })
    }

    pub(super) async fn account_page(
        &self,
        list: &str,
        filter: &Filter,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Account>, AccountsError> {
        let secrets = &self.kernel.secrets;
        let after = cursor.map(|cursor| open_number(secrets, list, cursor));
        let after = after.transpose()?.unwrap_or(0);
        let rows = accounts::list(self.kernel.db.read(), filter, after, limit.probe()).await?;
        Ok(limit.page(secrets, list, rows, |account| account.id.to_string()))
    }

    /// `GET users/me/stats`.
    pub async fn stats(&self, actor: &Actor) -> Result<UserStats, AccountsError> {
        self.stats_of(actor.user_id).await
    }

    /// What a person has done here.
    pub(super) async fn stats_of(&self, user: UserId) -> Result<UserStats, AccountsError> {
        match self.count_stats.get() {
            Some(count) => Ok(count(user).await?),
            None => Ok(UserStats::default()),
        }
    }

    /// The initial and the colour of a person's generated picture.
    pub(super) async fn picture(&self, id: UserId) -> Result<String, AccountsError> {
        let known = self.briefs(&[id]).await?;
        let brief = known.get(&id).ok_or(AccountsError::NotFound)?;
        Ok(super::avatar::draw(id, &brief.nickname))
    }
}

/// Whether a status can be given to an account.
pub(super) fn can_be_given(status: AccountStatus) -> bool {
    matches!(status, AccountStatus::Active | AccountStatus::Inactive)
}
