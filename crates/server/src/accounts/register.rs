//! Signing up.

use super::error::AccountsError;
use super::model::Account;
use super::names::{Username, check_nickname, check_username};
use super::rules::{Email, check_email, check_password};
use super::session::{Draft, Signed, Visit};
use super::store::accounts::{self, NewRow};
use super::store::{logins, sessions};
use super::{Accounts, Hooks, hooks_of, run_hooks};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::client::Client;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::ids::Kind;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::log::Tx;
use parlor_protocol::accounts::{Me, Register, SystemRole};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::{Code, UserId};

/// What a new account is made of.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// The unique name.
    pub username: String,
    /// The address; not every way of signing up asks for one.
    pub email: Option<String>,
    /// The password.
    pub password: String,
    /// The name to show.
    pub nickname: Option<String>,
    /// Whether the privacy policy was accepted.
    pub policy_accepted: bool,
}

impl NewPerson {
    /// Somebody with an address who has accepted the privacy policy, as everybody who signs up in this server's own way.
    pub(super) fn native(
        username: String,
        email: String,
        password: String,
        nickname: Option<String>,
    ) -> Self {
        Self {
            username,
            email: Some(email),
            password,
            nickname,
            policy_accepted: true,
        }
    }
}

/// A new person whose parts hold.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) name: Username,
    pub(super) email: Option<Email>,
    pub(super) password: String,
    pub(super) nickname: Option<String>,
    pub(super) policy_accepted: bool,
}

/// On what an account may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// That its name and its address are free.
    Free,
    /// And that nobody runs the server yet.
    FirstAdministrator,
}

impl Accounts {
    /// `POST auth/register`: makes an account and signs it in. The code of the setup link makes it an administrator's.
    pub async fn register(&self, form: Register, visit: Visit) -> Result<Signed, AccountsError> {
        check_policy_accepted(form.privacy_policy_accepted)?;
        let (username, email, nickname) = (form.username, form.email, form.nickname);
        let person = check(NewPerson::native(username, email, form.password, nickname))?;
        let Some(code) = form.setup_code else {
            return self.enrol(person, visit).await;
        };
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::Setup, address)?;
        let claim = self.setup.claim(&code, self.kernel.clock.now())?;
        let row = self.new_row(person, SystemRole::Admin).await?;
        let signed = self
            .make_and_sign_in(row, visit, Condition::FirstAdministrator)
            .await?;
        claim.spend();
        Ok(signed)
    }

    /// Makes an account and signs it in.
    pub async fn sign_up(&self, person: NewPerson, visit: Visit) -> Result<Signed, AccountsError> {
        self.enrol(check(person)?, visit).await
    }

    async fn enrol(&self, person: Checked, visit: Visit) -> Result<Signed, AccountsError> {
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::Register, address)?;
        let row = self.new_row(person, SystemRole::User).await?;
        self.make_and_sign_in(row, visit, Condition::Free).await
    }

    /// Makes an account without signing it in, as a registration of some older systems does.
    pub async fn sign_up_only(
        &self,
        person: NewPerson,
        client: &Client,
    ) -> Result<Me, AccountsError> {
        let person = check(person)?;
        let address = address_key(client.address);
        self.kernel.limits.check(Limit::Register, address)?;
        let row = self.new_row(person, SystemRole::User).await?;
        let account = self.make_account(row, None).await?;
        Ok(self.own(&account).await?)
    }

    /// A row for a new person whose parts hold, with the password hashed.
    pub(super) async fn new_row(
        &self,
        person: Checked,
        role: SystemRole,
    ) -> Result<NewRow, AccountsError> {
        let id = self.kernel.ids.next(Kind::User).await?;
        self.row_of(id, person, role).await
    }

    /// The same for somebody who has an id.
    pub(super) async fn row_of(
        &self,
        id: UserId,
        person: Checked,
        role: SystemRole,
    ) -> Result<NewRow, AccountsError> {
        // Before the costly hash, although the transaction decides.
        if accounts::name_is_taken(self.kernel.db.read(), &person.name).await? {
            return Err(AccountsError::NameTaken);
        }
        Ok(NewRow {
            id,
            name: person.name,
            nickname: person.nickname,
            email: person.email,
            password_hash: Some(self.passwords.hash(person.password).await?),
            role,
            is_guest: false,
            policy_accepted: person.policy_accepted,
        })
    }

    /// Makes an account, and a session of it.
    pub(super) async fn make_and_sign_in(
        &self,
        row: NewRow,
        visit: Visit,
        condition: Condition,
    ) -> Result<Signed, AccountsError> {
        let draft = self.draft_session(row.id, &visit).await?;
        let cookie = draft.cookie.clone();
        let (hooks, origin) = (hooks_of(&self.created), visit.client.origin());
        let (account, session) = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let account = make(tx, &row, condition, &hooks).await?;
                    let session = open(tx, draft, &account).await?;
                    if condition == Condition::FirstAdministrator {
                        let act = Act::on_user(AuditAction::SetUp, account.id);
                        audit::record(tx, &account.acting_from(origin), act).await?;
                    }
                    Ok::<_, AccountsError>((account, session))
                })
            })
            .await?;
        self.signed(&account, &session, cookie).await
    }

    /// Makes an account without signing it in. Where somebody does it with their rights over others, that is written
    /// down.
    pub(super) async fn make_account(
        &self,
        row: NewRow,
        by: Option<(Actor, AuditAction)>,
    ) -> Result<Account, AccountsError> {
        let hooks = hooks_of(&self.created);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let account = make(tx, &row, Condition::Free, &hooks).await?;
                    if let Some((by, action)) = by {
                        audit::record(tx, &by, Act::on_user(action, account.id)).await?;
                    }
                    Ok(account)
                })
            })
            .await
    }
}

/// Who signs up has accepted the privacy policy.
pub(super) fn check_policy_accepted(is_accepted: bool) -> Result<(), AccountsError> {
    if is_accepted {
        return Ok(());
    }
    Err(AccountsError::Field {
        field: "privacy_policy_accepted",
        message: "must be true",
        code: Code::PolicyNotAccepted,
    })
}

/// Checks what a new account is made of.
pub(super) fn check(person: NewPerson) -> Result<Checked, AccountsError> {
    let name = name(&person.username)?;
    check_password("password", &person.password, &name.shown)?;
    Ok(Checked {
        name,
        email: person.email.as_deref().map(check_email).transpose()?,
        password: person.password,
        nickname: nickname(person.nickname.as_deref())?,
        policy_accepted: person.policy_accepted,
    })
}

/// Reads the user name of a form.
pub(super) fn name(given: &str) -> Result<Username, AccountsError> {
    let name =
        check_username(given).map_err(|message| AccountsError::field("username", message))?;
    if name.is_reserved() {
        return Err(AccountsError::NameTaken);
    }
    Ok(name)
}

/// Reads the nickname of a form.
pub(super) fn nickname(given: Option<&str>) -> Result<Option<String>, AccountsError> {
    let checked = given.map(check_nickname).transpose();
    let nickname = checked.map_err(|message| AccountsError::field("nickname", message))?;
    Ok(nickname.flatten())
}

/// Inserts an account where its condition holds; `hooks` say who else hears of it.
pub(super) async fn make(
    tx: &mut Tx<'_>,
    row: &NewRow,
    condition: Condition,
    hooks: &Hooks,
) -> Result<Account, AccountsError> {
    let sql = tx.sql();
    check_free(sql, row).await?;
    if condition == Condition::FirstAdministrator
        && accounts::has_administrator_other_than(sql, row.id).await?
    {
        return Err(AccountsError::InvalidSetupCode);
    }
    accounts::insert(sql, row, tx.now())
        .await
        .map_err(taken_meanwhile)?;
    let account = accounts::by_id(sql, row.id).await?;
    let account = account.ok_or(AccountsError::NotFound)?;
    run_hooks(hooks, tx, &account.brief()).await?;
    Ok(account)
}

/// The name and the address of a row belong to nobody.
pub(super) async fn check_free(sql: &impl Sql, row: &NewRow) -> Result<(), AccountsError> {
    if accounts::name_is_taken(sql, &row.name).await? {
        return Err(AccountsError::NameTaken);
    }
    if let Some(email) = &row.email
        && accounts::email_is_taken(sql, email, row.id).await?
    {
        return Err(AccountsError::EmailTaken);
    }
    Ok(())
}

/// Another node may have taken the name or the address since it was looked up.
pub(super) fn taken_meanwhile(error: StorageError) -> AccountsError {
    if !error.is_unique_violation() {
        return error.into();
    }
    if error.to_string().contains("email") {
        AccountsError::EmailTaken
    } else {
        AccountsError::NameTaken
    }
}

/// Opens a session and notes the sign-in.
pub(super) async fn open(
    tx: &mut Tx<'_>,
    draft: Draft,
    account: &Account,
) -> Result<super::model::SessionRow, AccountsError> {
    let (session, login) = draft.begin(account, tx.now());
    sessions::insert(tx.sql(), &session).await?;
    logins::insert(tx.sql(), &login).await?;
    Ok(session)
}
