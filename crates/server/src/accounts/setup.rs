//! The first administrator: by the setup link, on the command line, or as one of the demonstration accounts.

use super::Accounts;
use super::error::AccountsError;
use super::names::check_username;
use super::register::{Checked, NewPerson, check};
use super::store::accounts;
use crate::kernel::actor::Actor;
use crate::kernel::secrets::{random_token, token_digest};
use parlor_protocol::Timestamp;
use parlor_protocol::accounts::{SystemRole, UserBrief};
use parlor_protocol::audit::AuditAction;
use std::sync::{Mutex, PoisonError};

/// A setup code holds for this time, in milliseconds.
const CODE_LASTS: i64 = 15 * 60 * 1000;
/// The accounts that the founding documents name, with their rights.
const DEMO: [(&str, &str, SystemRole); 2] = [
    ("admin", "admin123", SystemRole::Admin),
    ("testuser", "test123", SystemRole::User),
];

struct Code {
    digest: String,
    until: Timestamp,
}

/// The setup code in force. It is in memory alone, so the next start voids it.
#[derive(Default)]
pub(super) struct Setup(Mutex<Option<Code>>);

/// A setup code that is being used: nobody else can use it meanwhile. Dropped unspent it holds again.
pub(super) struct Claim<'a> {
    setup: &'a Setup,
    code: Option<Code>,
}

impl Setup {
    fn open(&self, now: Timestamp) -> Result<String, AccountsError> {
        let code = random_token()?;
        self.put(Code {
            digest: token_digest(&code),
            until: now.plus_millis(CODE_LASTS),
        });
        Ok(code)
    }

    /// Takes the code out, if `given` is the one in force.
    pub(super) fn claim(&self, given: &str, now: Timestamp) -> Result<Claim<'_>, AccountsError> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |code: &mut Code| code.digest == token_digest(given) && now < code.until;
        let code = slot.take_if(holds);
        if code.is_none() {
            return Err(AccountsError::InvalidSetupCode);
        }
        Ok(Claim { setup: self, code })
    }

    fn put(&self, code: Code) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }
}

impl Claim<'_> {
    /// The code has done its work.
    pub(super) fn spend(mut self) {
        self.code = None;
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(code) = self.code.take() {
            self.setup.put(code);
        }
    }
}

impl Accounts {
    /// Where nobody runs the server: a code that makes whoever registers with it an administrator, once, within 15
    /// minutes. It goes into the link `/app/setup#CODE`. A new one voids the last.
    pub async fn open_setup(&self) -> Result<Option<String>, AccountsError> {
        if accounts::has_administrator_other_than(self.kernel.db.read(), 0).await? {
            return Ok(None);
        }
        self.setup.open(self.kernel.clock.now()).map(Some)
    }

    /// `parlor admin create`: makes an administrator. Who does this has the server's own files at hand.
    pub async fn create_administrator(
        &self,
        by: &Actor,
        username: String,
        email: String,
        password: String,
    ) -> Result<UserBrief, AccountsError> {
        let person = check(NewPerson::native(username, email, password, None))?;
        let row = self.new_row(person, SystemRole::Admin).await?;
        let by = (by.clone(), AuditAction::AdministratorMade);
        Ok(self.make_account(row, Some(by)).await?.brief())
    }

    /// What a start brings along: `--demo` accounts.
    pub async fn prepare(&self) -> Result<(), AccountsError> {
        if self.kernel.config.demo {
            self.make_demo_accounts().await?;
        }
        Ok(())
    }

    /// `--demo`: makes the accounts of the founding documents where they are missing. Their passwords are known to
    /// everybody, so this is refused unless the server listens on this machine alone.
    async fn make_demo_accounts(&self) -> Result<(), AccountsError> {
        if !self.kernel.config.listen.ip().is_loopback() {
            return Err(AccountsError::InvalidState(
                "--demo is for a server that listens on loopback alone",
            ));
        }
        for (username, password, role) in DEMO {
            let name = check_username(username).map_err(AccountsError::InvalidState)?;
            if accounts::name_is_taken(self.kernel.db.read(), &name).await? {
                continue;
            }
            let person = Checked {
                name,
                email: None,
                password: password.to_owned(),
                nickname: None,
                policy_accepted: false,
            };
            let row = self.new_row(person, role).await?;
            self.make_account(row, None).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn a_code_works_once_and_for_a_quarter_of_an_hour() {
        let setup = Setup::default();
        let code = setup.open(NOW).unwrap();
        assert!(setup.claim("something else", NOW).is_err());
        assert!(setup.claim(&code, NOW.plus_millis(CODE_LASTS)).is_err());
        let claim = setup.claim(&code, NOW).unwrap();
        assert!(setup.claim(&code, NOW).is_err(), "it is being used");
        drop(claim);
        setup.claim(&code, NOW).unwrap().spend();
        assert!(setup.claim(&code, NOW).is_err(), "it was used");
    }

    #[test]
    fn a_new_code_voids_the_last() {
        let setup = Setup::default();
        let old = setup.open(NOW).unwrap();
        setup.open(NOW).unwrap();
        assert!(setup.claim(&old, NOW).is_err());
    }
}
