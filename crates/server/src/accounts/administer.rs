//! What administrators do with accounts.

use super::Accounts;
use super::directory::can_be_given;
use super::error::AccountsError;
use super::model::{Account, LoginRow, role_text, status_text};
use super::names::fold;
use super::rules::{check_search, may_administer};
use super::session::end_sessions;
use super::store::accounts::{self, Filter};
use super::store::logins::LoginFilter;
use super::store::{resets, sessions};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use crate::kernel::page::Limit;
use parlor_protocol::accounts::{
    AccountChange, AccountDetail, AccountStatus, AccountView, LoginRecord, LoginView, SystemRole,
};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::{Page, Timestamp, UserId};

/// Which accounts an administrator asks for.
#[derive(Clone, Debug, Default)]
pub struct AccountQuery {
    /// Text in the name or the nickname.
    pub q: Option<String>,
    /// Of this user name, whatever its case.
    pub username: Option<String>,
    /// Of this status.
    pub status: Option<AccountStatus>,
    /// Of these rights.
    pub role: Option<SystemRole>,
    /// Guests, or people with an account.
    pub is_guest: Option<bool>,
}

/// Which attempts to sign in an administrator asks for.
#[derive(Clone, Debug, Default)]
pub struct LoginQuery {
    /// To this account.
    pub user: Option<UserId>,
    /// That succeeded, or failed.
    pub succeeded: Option<bool>,
    /// From this address.
    pub address: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl Accounts {
    /// `GET admin/users`: accounts, guests and deleted ones among them, by id.
    pub async fn list_accounts(
        &self,
        actor: &Actor,
        query: AccountQuery,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<AccountView>, AccountsError> {
        may_administer(actor)?;
        check_plain(query.username.as_deref())?;
        let filter = Filter {
            text: query.q.as_deref().map(check_search).transpose()?,
            people_only: false,
            status: query.status,
            role: query.role,
            guests: query.is_guest,
            name: query.username.as_deref().map(fold),
        };
        let list = format!("accounts {filter:?}");
        let page = self.account_page(&list, &filter, limit, cursor).await?;
        let items = page.items.iter();
        Ok(Page {
            items: items
                .map(|a| a.administered(self.is_online(a.id)))
                .collect(),
            next: page.next,
        })
    }

    /// `GET admin/users/{id}`.
    pub async fn account(&self, actor: &Actor, id: UserId) -> Result<AccountDetail, AccountsError> {
        may_administer(actor)?;
        let (sql, now) = (self.kernel.db.read(), self.kernel.clock.now());
        let account = accounts::by_id(sql, id).await?;
        let account = account.ok_or(AccountsError::NotFound)?;
        let sessions = sessions::of_user(sql, id, now).await?;
        Ok(AccountDetail {
            account: account.administered(self.is_online(id)),
            stats: self.stats_of(id).await?,
            sessions: i64::try_from(sessions.len()).unwrap_or(i64::MAX),
            reset_expires_at: resets::end_of(sql, id, now).await?,
            factors: Self::factors_of(sql, id, self.demands_of(&account)).await?,
        })
    }

    /// `PUT admin/users/{id}`: changes rights or status. Who is made inactive is signed out everywhere; the last active
    /// administrator stays one.
    pub async fn change_account(
        &self,
        actor: &Actor,
        id: UserId,
        change: AccountChange,
    ) -> Result<AccountView, AccountsError> {
        may_administer(actor)?;
        if change.status.is_some_and(|status| !can_be_given(status)) {
            return Err(AccountsError::field("status", "active or inactive"));
        }
        if change.role.is_some() || change.status == Some(AccountStatus::Inactive) {
            self.check_recent(actor).await?;
        }
        let by = actor.clone();
        let account = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let sql = tx.sql();
                    accounts::hold_administrators(sql).await?;
                    let others = accounts::has_administrator_other_than(sql, id).await?;
                    let account = accounts::by_id(sql, id).await?;
                    let before = account.ok_or(AccountsError::NotFound)?;
                    let mut account = before.clone();
                    let status = apply(&mut account, &change, others)?;
                    accounts::set_standing(sql, id, account.role(), status).await?;
                    if status == AccountStatus::Inactive {
                        resets::delete(sql, id).await?;
                        end_sessions(tx, id, None).await?;
                    }
                    note_change(tx, &by, &before, &account).await?;
                    tx.publish(Signal::AccountChanged(id));
                    Ok::<_, AccountsError>(account)
                })
            })
            .await?;
        Ok(account.administered(self.is_online(id)))
    }

    /// `DELETE admin/users/{id}/sessions`: signs a person out everywhere.
    pub async fn sign_out_everywhere(
        &self,
        actor: &Actor,
        id: UserId,
    ) -> Result<(), AccountsError> {
        may_administer(actor)?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if accounts::by_id(tx.sql(), id).await?.is_none() {
                        return Err(AccountsError::NotFound);
                    }
                    let ended = end_sessions(tx, id, None).await?;
                    let act = Act::on_user(AuditAction::SignedOut, id)
                        .fact("sessions", ended.to_string());
                    Ok(audit::record(tx, &by, act).await?)
                })
            })
            .await
    }

    /// `GET admin/logins`: attempts to sign in, the newest first.
    pub async fn all_logins(
        &self,
        actor: &Actor,
        query: LoginQuery,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<LoginView>, AccountsError> {
        may_administer(actor)?;
        check_plain(query.address.as_deref())?;
        let filter = LoginFilter {
            user: query.user,
            succeeded: query.succeeded,
            address: query.address,
            since: query.since,
            until: query.until,
        };
        let list = format!("all logins {filter:?}");
        let page = self.login_page(&list, &filter, limit, cursor).await?;
        let people: Vec<UserId> = page.items.iter().filter_map(|row| row.user_id).collect();
        let people = self.briefs(&people).await?;
        let view = |row: LoginRow| LoginView {
            user: row.user_id.and_then(|id| people.get(&id).cloned()),
            record: LoginRecord::from(row),
        };
        Ok(Page {
            items: page.items.into_iter().map(view).collect(),
            next: page.next,
        })
    }
}

/// Refuses what no name and no address has, and PostgreSQL will not look for.
fn check_plain(given: Option<&str>) -> Result<(), AccountsError> {
    if given.is_some_and(|text| text.contains('\0') || text.chars().count() > 100) {
        return Err(AccountsError::Param("there is no such name or address"));
    }
    Ok(())
}

/// Writes down what has changed of an account; nothing where nothing has.
async fn note_change(
    tx: &mut Tx<'_>,
    by: &Actor,
    before: &Account,
    after: &Account,
) -> Result<(), StorageError> {
    let id = after.id;
    if before.system_role != after.system_role {
        let act = Act::on_user(AuditAction::RoleChanged, id);
        let (from, to) = (&before.system_role, &after.system_role);
        audit::record(tx, by, act.fact("from", from).fact("to", to)).await?;
    }
    if before.status != after.status {
        let action = if after.is_active() {
            AuditAction::Activated
        } else {
            AuditAction::Deactivated
        };
        audit::record(tx, by, Act::on_user(action, id)).await?;
    }
    Ok(())
}

/// Puts a change into an account, and answers its status afterwards. `others`: somebody else runs the server too.
fn apply(
    account: &mut Account,
    change: &AccountChange,
    others: bool,
) -> Result<AccountStatus, AccountsError> {
    let was_in_charge = account.is_active() && account.role() == SystemRole::Admin;
    let role = change.role.unwrap_or(account.role());
    let status = change.status.unwrap_or(account.standing());
    if account.standing() == AccountStatus::Deleted {
        return Err(AccountsError::InvalidState("the account is deleted"));
    }
    if account.is_guest && role == SystemRole::Admin {
        return Err(AccountsError::InvalidState("a guest has no account"));
    }
    let stays_in_charge = role == SystemRole::Admin && status == AccountStatus::Active;
    if was_in_charge && !stays_in_charge && !others {
        return Err(AccountsError::LastAdministrator);
    }
    role_text(role).clone_into(&mut account.system_role);
    status_text(status).clone_into(&mut account.status);
    Ok(status)
}
