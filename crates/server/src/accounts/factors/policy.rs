//! Of whom a second factor is demanded, and what those may do who have none.

use super::store;
use crate::accounts::Accounts;
use crate::accounts::model::Account;
use crate::kernel::actor::Actor;
use crate::kernel::config::RequireFactor;
use crate::kernel::db::StorageError;
use http::Method;
use parlor_protocol::accounts::SystemRole;

/// Whether the server demands a factor of somebody.
pub(in crate::accounts) fn demands(policy: RequireFactor, actor: &Actor) -> bool {
    is_meant(policy, actor.is_system_admin) && !actor.is_guest
}

fn is_meant(policy: RequireFactor, is_system_admin: bool) -> bool {
    match policy {
        RequireFactor::None => false,
        RequireFactor::Admins => is_system_admin,
        RequireFactor::Everyone => true,
    }
}

impl Accounts {
    /// Whether somebody has to take a factor up before they may do anything else.
    pub(in crate::accounts) fn must_enrol(&self, actor: &Actor) -> bool {
        must_enrol(self.kernel.config.require_factor, actor)
    }

    /// The same of an account.
    pub(in crate::accounts) async fn must_enrol_account(
        &self,
        account: &Account,
    ) -> Result<bool, StorageError> {
        if !self.demands_of(account) {
            return Ok(false);
        }
        Ok(!store::is_enrolled(self.kernel.db.read(), account.id).await?)
    }

    /// Whether the server demands a factor of an account.
    pub(in crate::accounts) fn demands_of(&self, account: &Account) -> bool {
        let is_admin = account.role() == SystemRole::Admin;
        is_meant(self.kernel.config.require_factor, is_admin) && !account.is_guest
    }
}

fn must_enrol(policy: RequireFactor, actor: &Actor) -> bool {
    demands(policy, actor) && !actor.has_factor
}

/// What somebody may do meanwhile: see who they are, take a factor up, and go.
pub(in crate::accounts) fn serves_enrolment(method: &Method, path: &str) -> bool {
    let allowed = [
        (Method::GET, "/api/auth/check"),
        (Method::GET, "/api/auth/me"),
        (Method::GET, "/api/auth/factors"),
        (Method::POST, "/api/auth/factors/totp"),
        (Method::POST, "/api/auth/factors/totp/confirm"),
        (Method::POST, "/api/auth/step-up"),
        (Method::POST, "/api/auth/logout"),
        (Method::GET, "/api/auth/identities"),
    ];
    // A new proof by a provider, for those who have no password.
    let proof = path.strip_prefix("/api/auth/oauth/");
    if proof.is_some_and(|rest| rest.ends_with("/proof")) && method == Method::POST {
        return true;
    }
    allowed
        .iter()
        .any(|(of, allowed)| of == method && *allowed == path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::actor::Origin;
    use crate::kernel::dialect::Dialect;

    fn actor(is_guest: bool, is_system_admin: bool, has_factor: bool) -> Actor {
        Actor {
            user_id: 1,
            session_id: 2,
            username: "alice".to_owned(),
            is_guest,
            is_system_admin,
            has_factor,
            dialect: Dialect::default(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn a_factor_is_demanded_of_those_who_are_meant_and_have_none() {
        let (guest, person) = (actor(true, false, false), actor(false, false, false));
        let (admin, careful) = (actor(false, true, false), actor(false, true, true));
        for (policy, expected) in [
            (RequireFactor::None, [false; 4]),
            (RequireFactor::Admins, [false, false, true, false]),
            (RequireFactor::Everyone, [false, true, true, false]),
        ] {
            let found = [&guest, &person, &admin, &careful].map(|who| must_enrol(policy, who));
            assert_eq!(found, expected, "{policy:?}");
        }
        assert!(demands(RequireFactor::Admins, &careful));
    }

    #[test]
    fn who_has_to_take_one_up_may_do_that_and_little_else() {
        assert!(serves_enrolment(&Method::GET, "/api/auth/me"));
        assert!(serves_enrolment(&Method::POST, "/api/auth/factors/totp"));
        for (method, path) in [
            (Method::DELETE, "/api/auth/me"),
            (Method::PUT, "/api/auth/change-password"),
            (Method::GET, "/api/auth/me/"),
            (Method::GET, "/api/rooms"),
            (Method::POST, "/rooms"),
        ] {
            assert!(!serves_enrolment(&method, path), "{method} {path}");
        }
    }
}
