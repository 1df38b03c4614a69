//! Passwords as argon2id (RFC 9106), hashed beside the asynchronous threads, a few at a time.

use super::decoys::{Decoys, besides};
use super::error::AccountsError;
use super::werkzeug;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Memory of one hash, in KiB; with the passes below the least that OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// How many are hashed at once: each takes [`MEMORY_KIB`] and a core.
const AT_ONCE: usize = 2;
/// How many more may wait.
const WAITING: usize = 64;
/// Compared with where there is no account, so that its answer takes as long: a hash that no password has.
pub(super) const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and compares passwords.
pub(super) struct Passwords {
    places: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// What comparing a password with a hash tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It is the password.
    pub(super) matches: bool,
    /// The hash was made with other parameters than are used now.
    pub(super) is_outdated: bool,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            running: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Passwords {
    /// The hash of a new password, in PHC form.
    pub(super) async fn hash(&self, password: String) -> Result<String, AccountsError> {
        let hashed = self.run(move || {
            let hash = argon2().and_then(|a| a.hash_password(password.as_bytes()));
            hash.map(|hash| hash.to_string())
        });
        hashed
            .await?
            .map_err(|error| AccountsError::Keys(error.to_string()))
    }

    /// Compares a password with a hash, or with nobody's, and where it is wrong with the decoys of other kinds.
    pub(super) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
        decoys: Decoys,
    ) -> Result<Verdict, AccountsError> {
        self.run(move || verify(password.as_bytes(), stored.as_deref(), &decoys))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        let overloaded = |_| AccountsError::Overloaded;
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| AccountsError::Overloaded)?;
        let turn = self.running.clone().acquire_owned().await;
        let turn = turn.map_err(overloaded)?;
        // The permits go with the work: it runs on even where nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await
            .map_err(|error| AccountsError::Keys(error.to_string()))
    }
}

fn argon2() -> argon2::password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a hash of another system is one that this server can compare with.
pub(super) fn is_known(stored: &str) -> bool {
    let is_argon2 = PasswordHash::new(stored).is_ok_and(|hash| {
        let name = hash.algorithm.as_str();
        name.starts_with("argon2")
    });
    is_argon2 || werkzeug::read(stored).is_some()
}

fn verify(password: &[u8], stored: Option<&str>, decoys: &[String]) -> Verdict {
    let tried_on = stored.filter(|stored| is_known(stored)).unwrap_or(NOBODY);
    if stored.is_some_and(|stored| stored != tried_on) {
        tracing::error!("a stored password hash cannot be read");
    }
    let mut verdict = compare(password, tried_on);
    verdict.matches &= tried_on != NOBODY;
    if !verdict.matches {
        for decoy in besides(tried_on, decoys) {
            compare(password, decoy);
        }
    }
    verdict
}

/// Compares a password with a hash that can be read.
fn compare(password: &[u8], stored: &str) -> Verdict {
    if let Some(hash) = werkzeug::read(stored) {
        return Verdict {
            matches: hash.is_of(password),
            is_outdated: true,
        };
    }
    let Ok(hash) = PasswordHash::new(stored) else {
        return Verdict {
            matches: false,
            is_outdated: true,
        };
    };
    let matches = argon2().is_ok_and(|a| a.verify_password(password, &hash).is_ok());
    let current = [("m", MEMORY_KIB), ("t", PASSES), ("p", LANES)];
    let is_current = hash.algorithm.as_str() == "argon2id"
        && current
            .iter()
            .all(|(name, value)| hash.params.get_decimal(*name) == Some(*value));
    Verdict {
        matches,
        is_outdated: !is_current,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let verdict = |password: &str, stored| {
            let decoys = Decoys::from([NOBODY.to_owned()]);
            passwords.verify(password.to_owned(), stored, decoys)
        };
        let right = verdict("correct horse", Some(hash.clone())).await.unwrap();
        assert_eq!(
            right,
            Verdict {
                matches: true,
                is_outdated: false
            }
        );
        assert!(!verdict("wrong horse", Some(hash)).await.unwrap().matches);
        assert!(!verdict("anything", None).await.unwrap().matches);
        let broken = Some("not a hash".to_owned());
        assert!(!verdict("anything", broken).await.unwrap().matches);
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_still_matches_and_is_outdated() {
        let weaker = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        let hash = weaker.hash_password(b"correct horse").unwrap().to_string();
        let verdict = Passwords::default()
            .verify("correct horse".to_owned(), Some(hash), Decoys::from([]))
            .await
            .unwrap();
        assert_eq!(
            verdict,
            Verdict {
                matches: true,
                is_outdated: true
            }
        );
    }

    #[tokio::test]
    async fn more_than_can_wait_are_refused() {
        let passwords = Passwords::default();
        let tries = (0..AT_ONCE + WAITING + 5)
            .map(|n| passwords.verify(format!("password {n}"), None, Decoys::from([])));
        let results = futures_util::future::join_all(tries).await;
        let refused = results
            .iter()
            .filter(|r| matches!(r, Err(AccountsError::Overloaded)));
        assert_eq!(refused.count(), 5);
    }
}
