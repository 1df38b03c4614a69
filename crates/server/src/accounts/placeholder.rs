//! People whom an archive tells of and whom nobody here knows: accounts that nobody can sign in to.

use super::Accounts;
use super::error::AccountsError;
use super::names::{Username, check_nickname, check_username, fold};
use super::store::accounts::{self, NewRow};
use super::store::people;
use crate::kernel::ids::Kind;
use parlor_protocol::UserId;
use parlor_protocol::accounts::{AccountStatus, SystemRole};

/// Somebody as an archive names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Their user name there.
    pub username: String,
    /// The name that was shown.
    pub nickname: String,
}

/// Who somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquainted {
    /// They have an account.
    Known(UserId),
    /// Nobody has an account of this name.
    Unknown,
}

impl Accounts {
    /// Who has this name here: an account, in use or not, or a placeholder that was made for it before.
    pub async fn recognise(&self, stranger: &Stranger) -> Result<Acquainted, AccountsError> {
        let read = self.kernel.db.read();
        if !stranger.username.contains('@')
            && let Some(account) = accounts::by_login(read, &stranger.username).await?
        {
            return Ok(Acquainted::Known(account.id));
        }
        let known = people::placeholder_of(read, &fold(&stranger.username)).await?;
        Ok(known.map_or(Acquainted::Unknown, Acquainted::Known))
    }

    /// The same, making a placeholder where nobody has the name. It cannot be signed in to before an administrator makes
    /// it active and gives it a password.
    pub async fn acquaint(&self, stranger: Stranger) -> Result<UserId, AccountsError> {
        if let Acquainted::Known(id) = self.recognise(&stranger).await? {
            return Ok(id);
        }
        let id = self.kernel.ids.next(Kind::User).await?;
        let wanted = check_username(&stranger.username).ok();
        let wanted = wanted.filter(|name| !name.is_reserved());
        let nickname = check_nickname(&stranger.nickname).ok().flatten();
        let key = fold(&stranger.username);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let own = || Username::raw(format!("imported-{id}"));
                    let name = match wanted {
                        Some(name) if !accounts::name_is_taken(tx.sql(), &name).await? => name,
                        _ => own(),
                    };
                    let row = NewRow {
                        id,
                        name,
                        nickname,
                        email: None,
                        password_hash: None,
                        role: SystemRole::User,
                        is_guest: false,
                        policy_accepted: false,
                    };
                    accounts::insert(tx.sql(), &row, tx.now()).await?;
                    let (role, status) = (SystemRole::User, AccountStatus::Inactive);
                    accounts::set_standing(tx.sql(), id, role, status).await?;
                    people::insert_placeholder(tx.sql(), &key, id).await?;
                    Ok(id)
                })
            })
            .await
    }
}
