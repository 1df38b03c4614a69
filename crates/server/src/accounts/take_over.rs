//! People of older systems. They keep their names and addresses where nobody has those here, and their passwords where
//! the hash is of a known kind; what cannot be kept is put right and told.

use super::error::AccountsError;
use super::names::{USERNAME_LENGTH, Username, check_nickname, check_username};
use super::rules::{BIO_LONGEST, Email, check_bio, check_birthday, check_email};
use super::store::accounts::{self, NewRow};
use super::{Accounts, hooks_of, passwords, run_hooks};
use crate::kernel::db::sql::count_among;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::{SystemRole, UserBrief};
use parlor_protocol::{Timestamp, UserId};

/// Somebody as an older system knew them.
#[derive(Clone, Debug, Default)]
pub struct PastPerson {
    /// Their name there.
    pub username: String,
    /// The name to show.
    pub nickname: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The hash as it was stored; `None`: they never had a password.
    pub password_hash: Option<String>,
    /// What they say about themselves.
    pub bio: String,
    /// `YYYY-MM-DD`.
    pub birthday: Option<String>,
    /// Whether they could sign in.
    pub is_active: bool,
    /// When they signed up.
    pub created_at: Option<Timestamp>,
    /// When they were last there.
    pub last_seen: Option<Timestamp>,
    /// When they accepted a privacy policy.
    pub policy_accepted_at: Option<Timestamp>,
}

/// What became of them.
#[derive(Clone, Debug)]
pub struct TakenOver {
    /// Who they are here.
    pub user: UserBrief,
    /// They had an account here.
    pub was_here: bool,
    /// They have a password here.
    pub has_password: bool,
    /// What is not as it was.
    pub notes: Vec<String>,
}

impl Accounts {
    /// Makes an account of somebody, as part of a unit of work that does more. Who is here already under the same name
    /// and the same address is the same person. `old_id` names them where their name says nothing.
    pub async fn take_over(
        &self,
        tx: &mut Tx<'_>,
        person: &PastPerson,
        old_id: &str,
    ) -> Result<TakenOver, AccountsError> {
        let mut notes = Vec::new();
        let wanted = name_of(&person.username, old_id);
        let email = email_of(person, &mut notes);
        if let Some(taken) = find_same(tx.sql(), &wanted, email.as_ref()).await? {
            return Ok(taken);
        }
        let name = free_name(tx.sql(), wanted).await?;
        if name.shown != person.username {
            let (old, new) = (&person.username, &name.shown);
            notes.push(format!("{old:?} is {new:?} here"));
        }
        let id = self.kernel.ids.take(tx.sql(), Kind::User, 1).await?;
        let id = id.first().copied().unwrap_or_default();
        let email = free_email(tx.sql(), email, id, &mut notes).await?;
        let password_hash = password_of(person, &mut notes);
        let row = NewRow {
            id,
            nickname: nickname_of(person, &name),
            name,
            email,
            password_hash,
            role: SystemRole::User,
            is_guest: false,
            policy_accepted: false,
        };
        let now = tx.now();
        accounts::insert(tx.sql(), &row, now).await?;
        accounts::set_past(tx.sql(), id, &checked(person, now), now).await?;
        let account = accounts::by_id(tx.sql(), id).await?;
        let user = account.ok_or(AccountsError::NotFound)?.brief();
        if person.is_active {
            run_hooks(&hooks_of(&self.created), tx, &user).await?;
        }
        Ok(TakenOver {
            user,
            was_here: false,
            has_password: row.password_hash.is_some(),
            notes,
        })
    }

    /// Adds what an older system kept of somebody apart from their account.
    pub async fn take_over_profile(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        person: &PastPerson,
    ) -> Result<(), StorageError> {
        let Some(mut account) = accounts::by_id(tx.sql(), user).await? else {
            return Ok(());
        };
        let profile = checked(person, tx.now());
        account.nickname = usable_nickname(person).or(account.nickname);
        account.bio = profile.bio;
        account.birthday = profile.birthday;
        accounts::set_profile(tx.sql(), &account).await
    }

    /// How many of these people have accounts.
    pub async fn count_among(&self, people: &[UserId]) -> Result<i64, StorageError> {
        count_among(self.kernel.db.read(), "accounts", people).await
    }
}

/// A name that holds: the old one, else what can be kept of it.
pub(super) fn name_of(old: &str, old_id: &str) -> Username {
    let usable = |text: &str| check_username(text).ok().filter(|it| !it.is_reserved());
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let tidy: String = old
        .trim()
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(*USERNAME_LENGTH.end())
        .collect();
    let tidy = tidy.trim_matches(['-', '.']);
    let id: String = old_id.chars().filter(char::is_ascii_alphanumeric).collect();
    usable(old)
        .or_else(|| usable(tidy))
        .or_else(|| usable(&format!("user-{}", &id[..id.len().min(40)])))
        .unwrap_or_else(|| Username::raw("user-0".to_owned()))
}

/// The account that somebody has here: of the same name and the same address.
async fn find_same(
    sql: &impl Sql,
    name: &Username,
    email: Option<&Email>,
) -> Result<Option<TakenOver>, StorageError> {
    let Some(email) = email else {
        return Ok(None);
    };
    let account = accounts::by_login(sql, &name.shown).await?;
    let is_same = |own: &str| own.to_lowercase() == email.key;
    let same = account.filter(|it| it.email.as_deref().is_some_and(is_same) && !it.is_guest);
    Ok(same.map(|account| TakenOver {
        user: account.brief(),
        was_here: true,
        has_password: account.password_hash.is_some(),
        notes: vec![format!("{:?} was here already", account.username)],
    }))
}

/// The name, or the first of `name-2`, `name-3` … that nobody has.
pub(super) async fn free_name(sql: &impl Sql, wanted: Username) -> Result<Username, StorageError> {
    let mut name = wanted.clone();
    let mut number = 1;
    while accounts::name_is_taken(sql, &name).await? {
        number += 1;
        let ending = format!("-{number}");
        let room = *USERNAME_LENGTH.end() - ending.len();
        let kept: String = wanted.shown.chars().take(room).collect();
        name = Username::raw(format!("{kept}{ending}"));
    }
    Ok(name)
}

fn email_of(person: &PastPerson, notes: &mut Vec<String>) -> Option<Email> {
    let given = person.email.as_deref().filter(|it| !it.trim().is_empty())?;
    let email = check_email(given.trim()).ok();
    if email.is_none() {
        let name = &person.username;
        notes.push(format!("{given:?} of {name:?} is no address, and left out"));
    }
    email
}

async fn free_email(
    sql: &impl Sql,
    email: Option<Email>,
    id: UserId,
    notes: &mut Vec<String>,
) -> Result<Option<Email>, StorageError> {
    let Some(email) = email else {
        return Ok(None);
    };
    if !accounts::email_is_taken(sql, &email, id).await? {
        return Ok(Some(email));
    }
    notes.push(format!(
        "{:?} belongs to somebody here, and is left out",
        email.shown
    ));
    Ok(None)
}

fn password_of(person: &PastPerson, notes: &mut Vec<String>) -> Option<String> {
    let hash = person.password_hash.clone().filter(|it| !it.is_empty());
    let known = hash.filter(|hash| hash.len() <= 255 && passwords::is_known(hash));
    if known.is_none() && person.is_active {
        let name = &person.username;
        notes.push(format!("{name:?} needs a new password"));
    }
    known
}

/// The name to show; where the user name had to change, the old one.
fn nickname_of(person: &PastPerson, name: &Username) -> Option<String> {
    let old = || check_nickname(&person.username).ok().flatten();
    usable_nickname(person).or_else(|| old().filter(|old| *old != name.shown))
}

fn usable_nickname(person: &PastPerson) -> Option<String> {
    let given = person.nickname.as_deref()?;
    check_nickname(given).ok().flatten()
}

/// The person without what cannot be kept.
fn checked(person: &PastPerson, now: Timestamp) -> PastPerson {
    let mut person = person.clone();
    if check_bio(&person.bio).is_err() {
        let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        let bio = person.bio.chars().filter(plain).take(BIO_LONGEST);
        person.bio = bio.collect();
    }
    let holds = |day: &String| check_birthday(day, now).is_ok();
    person.birthday = person.birthday.filter(holds);
    person
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_where_it_holds_and_put_right_where_not() {
        for (old, new) in [
            ("alice", "alice"),
            ("小明", "小明"),
            ("Anna Maria", "Anna_Maria"),
            ("x@example.org", "x_example.org"),
            ("guest-1", "user-7"),
            ("", "user-7"),
            ("!", "user-7"),
        ] {
            assert_eq!(name_of(old, "7").shown, new, "{old:?}");
        }
        let long = "n".repeat(80);
        assert_eq!(name_of(&long, "7").shown, "n".repeat(48));
    }
}
