//! Signing in with a password, opening a session however somebody has proved who they are, and the log of attempts.

use super::Accounts;
use super::error::AccountsError;
use super::factors::store::is_enrolled;
use super::identities;
use super::model::{Account, LoginRow};
use super::names::fold;
use super::register::open;
use super::rules::PASSWORD_LENGTH;
use super::session::{Shown, Signed, Visit};
use super::store::logins::LoginFilter;
use super::store::{accounts, logins, sessions};
use crate::kernel::actor::Actor;
use crate::kernel::client::Client;
use crate::kernel::ids::Kind;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::log::Tx;
use crate::kernel::page::{self, open as open_cursor};
use parlor_protocol::accounts::{AccountStatus, Login, LoginRecord};
use parlor_protocol::{Code, Page, Problem, Timestamp};

/// How somebody has proved who they are.
pub(super) enum By {
    /// By their password, whose hash is replaced where it is outdated.
    Password {
        /// The new one.
        rehashed: Option<String>,
    },
    /// By a sign-in elsewhere that is linked to the account.
    Identity {
        /// The link.
        id: i64,
        /// Who they are there now.
        subject: String,
        /// The provider's name.
        provider: String,
    },
}

impl By {
    fn rehashed(&self) -> Option<&str> {
        match self {
            Self::Password { rehashed } => rehashed.as_deref(),
            Self::Identity { .. } => None,
        }
    }

    fn provider(&self) -> Option<&str> {
        match self {
            Self::Password { .. } => None,
            Self::Identity { provider, .. } => Some(provider),
        }
    }

    /// Writes down what follows for the next time. A link may have been given up meanwhile.
    async fn keep(&self, tx: &Tx<'_>, account: &Account) -> Result<(), AccountsError> {
        let sql = tx.sql();
        match self {
            Self::Password { rehashed: None } => {}
            Self::Password {
                rehashed: Some(hash),
            } => accounts::set_password(sql, account.id, hash).await?,
            Self::Identity { id, subject, .. } => {
                let linked = identities::store::of_user(sql, account.id).await?;
                if linked.iter().all(|row| row.id != *id) {
                    return Err(AccountsError::BadCredentials);
                }
                identities::store::set_used(sql, *id, subject, tx.now()).await?;
            }
        }
        Ok(())
    }
}

impl Accounts {
    /// `POST auth/login`: signs in by user name or e-mail address, unless a second factor is to be shown too. A name that
    /// nobody has is answered like a wrong password, after as long a time.
    pub async fn login(&self, form: Login, visit: Visit) -> Result<Signed, AccountsError> {
        if form.password.len() > *PASSWORD_LENGTH.end() {
            return Err(AccountsError::BadCredentials);
        }
        let account = accounts::by_login(self.kernel.db.read(), &form.username).await?;
        self.check_rate(account.as_ref(), &form.username, &visit.client)?;
        let stored = account.as_ref().and_then(|a| a.password_hash.clone());
        let verdict = self.verify(form.password.clone(), stored).await?;
        let Some(account) = account.filter(|a| verdict.matches && a.password_hash.is_some()) else {
            self.note_failure(&form.username, &visit.client, Shown::default())
                .await?;
            return Err(AccountsError::BadCredentials);
        };
        if account.standing() != AccountStatus::Active {
            self.note_failure(&form.username, &visit.client, Shown::default())
                .await?;
            return Err(AccountsError::Inactive);
        }
        let rehashed = if verdict.is_outdated {
            Some(self.passwords.hash(form.password).await?)
        } else {
            None
        };
        self.open_session(account, visit, By::Password { rehashed })
            .await
    }

    /// Attempts are counted by address, and by account and address: guessing one password from many places, or many
    /// from one, is slow either way, and nobody can lock another person out.
    fn check_rate(
        &self,
        account: Option<&Account>,
        login: &str,
        client: &Client,
    ) -> Result<(), Problem> {
        let address = address_key(client.address);
        let limits = &self.kernel.limits;
        limits.check(Limit::LoginAddress, address)?;
        let whose = account.map_or_else(|| fold(login), |account| account.id.to_string());
        limits.check(Limit::Login, format_args!("{address} {whose}"))
    }

    /// Opens a session for an account that has proved who it is, unless a second factor is to be shown too.
    pub(super) async fn open_session(
        &self,
        proved: Account,
        visit: Visit,
        by: By,
    ) -> Result<Signed, AccountsError> {
        let draft = self.draft_session(proved.id, &visit).await?;
        let cookie = draft.cookie.clone();
        let hash = by.rehashed().or(proved.password_hash.as_deref());
        let now = self.kernel.clock.now();
        let pending = self
            .tokens
            .pending_token(proved.id, hash, by.provider(), now);
        let draft = draft.shown(Shown::by(by.provider().map(str::to_owned)));
        let opened = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    // As it is now: the account may have been deactivated, or its password changed, meanwhile.
                    let account = accounts::by_id(tx.sql(), proved.id).await?;
                    let account = account
                        .filter(|a| a.is_active() && a.password_hash == proved.password_hash)
                        .ok_or(AccountsError::BadCredentials)?;
                    by.keep(tx, &account).await?;
                    if is_enrolled(tx.sql(), account.id).await? {
                        return Ok(None);
                    }
                    let session = open(tx, draft, &account).await?;
                    if by.provider().is_some() && account.password_hash.is_some() {
                        // It may have asked nothing: what cannot be undone asks for the password still.
                        sessions::set_proved(tx.sql(), session.id, Timestamp(0)).await?;
                    }
                    Ok::<_, AccountsError>(Some((account, session)))
                })
            })
            .await?;
        let (account, session) = opened.ok_or(AccountsError::FactorRequired(pending))?;
        self.signed(&account, &session, cookie).await
    }

    pub(super) async fn note_failure(
        &self,
        login: &str,
        client: &Client,
        shown: Shown,
    ) -> Result<(), AccountsError> {
        // Asked again, so that both kinds of failure do the same work.
        let account = accounts::by_login(self.kernel.db.read(), login).await?;
        let row = LoginRow {
            id: self.kernel.ids.next(Kind::Row).await?,
            user_id: account.map(|account| account.id),
            succeeded: false,
            user_agent: client.user_agent.clone(),
            address: client.address.to_string(),
            at: self.kernel.clock.now().0,
            factor: shown.factor.map(|factor| factor.as_str().to_owned()),
            provider: shown.provider,
        };
        self.kernel
            .log
            .commit(move |tx| Box::pin(async move { Ok(logins::insert(tx.sql(), &row).await?) }))
            .await
    }

    /// `GET auth/logins`: the attempts to sign in to one's own account, the newest first.
    pub async fn logins(
        &self,
        actor: &Actor,
        limit: page::Limit,
        cursor: Option<&str>,
    ) -> Result<Page<LoginRecord>, AccountsError> {
        let list = format!("logins of {}", actor.user_id);
        let of_oneself = LoginFilter {
            user: Some(actor.user_id),
            ..LoginFilter::default()
        };
        let page = self.login_page(&list, &of_oneself, limit, cursor).await?;
        Ok(Page {
            items: page.items.into_iter().map(LoginRecord::from).collect(),
            next: page.next,
        })
    }

    pub(super) async fn login_page(
        &self,
        list: &str,
        filter: &LoginFilter,
        limit: page::Limit,
        cursor: Option<&str>,
    ) -> Result<Page<LoginRow>, AccountsError> {
        let secrets = &self.kernel.secrets;
        let before = cursor
            .map(|cursor| open_cursor(secrets, list, cursor).and_then(|place| read_place(&place)))
            .transpose()?;
        let rows = logins::list(self.kernel.db.read(), filter, before, limit.probe()).await?;
        Ok(limit.page(secrets, list, rows, |row| format!("{}.{}", row.at, row.id)))
    }
}

fn read_place(place: &str) -> Result<logins::Place, Problem> {
    let parts = place.split_once('.');
    let place = parts.and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    place.ok_or_else(|| Code::InvalidCursor.into())
}
