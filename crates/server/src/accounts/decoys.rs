//! People of older systems bring hashes of other kinds along, which take longer to compare with than this server's own,
//! or shorter. So a password that is wrong is compared with one hash of every kind that accounts here have, whoever it
//! was tried on: how long the answer takes tells nothing about the account, not even whether there is one.

use super::Accounts;
use super::error::AccountsError;
use super::passwords::{NOBODY, Verdict};
use super::store::accounts;
use crate::kernel::db::{Sql, StorageError};
use std::sync::Arc;

/// Older systems have hashed in a way or two, each with a few costs.
const MOST_KINDS: usize = 16;

/// A hash of each kind, which no password has.
pub(super) type Decoys = Arc<[String]>;

impl Accounts {
    /// Compares a password with a hash, or with nobody's: then it takes as long and never matches.
    pub(super) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<Verdict, AccountsError> {
        // Once: while a server runs no hashes of other kinds come in, and those that are there become fewer.
        let load = || load_decoys(self.kernel.db.read());
        let decoys = self.decoys.get_or_try_init(load).await?.clone();
        self.passwords.verify(password, stored, decoys).await
    }
}

async fn load_decoys(sql: &impl Sql) -> Result<Decoys, StorageError> {
    let mut decoys = vec![NOBODY.to_owned()];
    while decoys.len() < MOST_KINDS {
        let known: Vec<&str> = decoys.iter().filter_map(|decoy| kind_of(decoy)).collect();
        let other = accounts::hash_unlike(sql, &known).await?;
        let Some(decoy) = other.as_deref().and_then(decoy_for) else {
            break;
        };
        decoys.push(decoy);
    }
    Ok(decoys.into())
}

/// What a hash says about how it was made: all that stands before its salt.
fn kind_of(stored: &str) -> Option<&str> {
    let (rest, _hash) = stored.rsplit_once('$')?;
    let (kind, _salt) = rest.rsplit_once('$')?;
    Some(&stored[..=kind.len()])
}

/// A hash that takes as long to compare with, and that no password has.
fn decoy_for(stored: &str) -> Option<String> {
    let kind = kind_of(stored)?;
    // In hexadecimal digits as in base 64 it stands for bits that are all the same.
    let blank = |c: char| if c == '$' { c } else { 'A' };
    let rest = stored[kind.len()..].chars().map(blank);
    Some(kind.chars().chain(rest).collect())
}

/// Those decoys that a wrong password is compared with besides the hash that it was tried on.
pub(super) fn besides<'a>(tried_on: &str, decoys: &'a [String]) -> impl Iterator<Item = &'a str> {
    let own = kind_of(tried_on).map(str::to_owned);
    let all = decoys.iter().map(String::as_str);
    all.filter(move |decoy| kind_of(decoy) != own.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";
    const PBKDF2: &str = "pbkdf2:sha256:600000$Qk3yZ8sW$795ab11392a43df6ae63a908c3c1755a";
    const SCRYPT: &str = "scrypt:32768:8:1$Qk3yZ8sW$10dda292a99f1a1834e855bb8c210fcd";

    #[test]
    fn a_wrong_password_costs_the_same_whoever_it_is_tried_on() {
        let decoys: Vec<String> = [NOBODY, PBKDF2, SCRYPT]
            .iter()
            .map(|stored| decoy_for(stored).unwrap())
            .collect();
        assert_eq!(decoys[0], NOBODY);
        assert_eq!(
            decoys[2],
            "scrypt:32768:8:1$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        let work = |tried_on: &'static str| {
            let mut work: Vec<_> = std::iter::once(tried_on)
                .chain(besides(tried_on, &decoys))
                .map(|hash| kind_of(hash).unwrap().to_owned())
                .collect();
            work.sort();
            work
        };
        let expected = [
            "$argon2id$v=19$m=19456,t=2,p=1$",
            "pbkdf2:sha256:600000$",
            "scrypt:32768:8:1$",
        ];
        for tried_on in [NOBODY, OWN, PBKDF2, SCRYPT] {
            assert_eq!(work(tried_on), expected, "{tried_on}");
        }
    }

    #[test]
    fn where_nothing_was_brought_along_there_is_nothing_more_to_do() {
        let decoys = [NOBODY.to_owned()];
        assert_eq!(besides(OWN, &decoys).count(), 0);
        assert_eq!(kind_of("plain text"), None);
    }
}
