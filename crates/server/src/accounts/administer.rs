//! What administrators do with accounts.

use super::Accounts;
use super::directory::can_be_given;
use super::error::AccountsError;
use super::model::{Account, LoginRow};
use super::rules::{check_search, may_administer};
use super::store::accounts::{self, Filter};
use super::store::sessions;
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::page::Limit;
use parlor_protocol::accounts::{
    AccountChange, AccountStatus, AccountView, LoginRecord, LoginView, SystemRole,
};
use parlor_protocol::{Page, UserId};

/// Which accounts an administrator asks for.
#[derive(Clone, Debug, Default)]
pub struct AccountQuery {
    /// Text in the name or the nickname.
    pub q: Option<String>,
    /// Of this status.
    pub status: Option<AccountStatus>,
    /// Of these rights.
    pub role: Option<SystemRole>,
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
        let text = query.q.as_deref().map(check_search).transpose()?;
        let list = format!("accounts {:?} {:?} {text:?}", query.status, query.role);
        let filter = Filter {
            text,
            people_only: false,
            status: query.status,
            role: query.role,
        };
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
    pub async fn account(&self, actor: &Actor, id: UserId) -> Result<AccountView, AccountsError> {
        may_administer(actor)?;
        let account = accounts::by_id(self.kernel.db.read(), id).await?;
        let account = account.ok_or(AccountsError::NotFound)?;
        Ok(account.administered(self.is_online(id)))
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
        let account = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let sql = tx.sql();
                    accounts::hold_administrators(sql).await?;
                    let others = accounts::has_administrator_other_than(sql, id).await?;
                    let account = accounts::by_id(sql, id).await?;
                    let mut account = account.ok_or(AccountsError::NotFound)?;
                    let status = apply(&mut account, &change, others)?;
                    accounts::set_standing(sql, id, account.role(), status).await?;
                    if status == AccountStatus::Inactive {
                        sessions::delete_all(sql, id, None).await?;
                        tx.publish(Signal::SessionsEnded {
                            user_id: id,
                            except: None,
                        });
                    }
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
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if accounts::by_id(tx.sql(), id).await?.is_none() {
                        return Err(AccountsError::NotFound);
                    }
                    sessions::delete_all(tx.sql(), id, None).await?;
                    tx.publish(Signal::SessionsEnded {
                        user_id: id,
                        except: None,
                    });
                    Ok(())
                })
            })
            .await
    }

    /// `GET admin/logins`: all attempts to sign in, or those to one account, the newest first.
    pub async fn all_logins(
        &self,
        actor: &Actor,
        user: Option<UserId>,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<LoginView>, AccountsError> {
        may_administer(actor)?;
        let list = format!("all logins {user:?}");
        let page = self.login_page(&list, user, limit, cursor).await?;
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

/// Puts a change into an account, and answers its status afterwards. `others`: somebody else runs the server too.
fn apply(
    account: &mut Account,
    change: &AccountChange,
    others: bool,
) -> Result<AccountStatus, AccountsError> {
    use super::model::{role_text, status_text};
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
