//! Coming in without an account.

use super::Accounts;
use super::error::AccountsError;
use super::names::Username;
use super::register::{Condition, nickname};
use super::session::{Signed, Visit};
use super::store::accounts::NewRow;
use crate::kernel::ids::Kind;
use crate::kernel::limits::{Limit, address_key};
use parlor_protocol::accounts::{GuestLogin, SystemRole};

impl Accounts {
    /// `POST auth/guest`: a visit under a nickname, which ends when the guest leaves or is not heard of for a day.
    pub async fn enter_as_guest(
        &self,
        form: GuestLogin,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        let nickname = nickname(form.nickname.as_deref())?;
        let address = address_key(visit.client.address);
        self.kernel.limits.check(Limit::Guest, address)?;
        let id = self.kernel.ids.next(Kind::User).await?;
        let row = NewRow {
            id,
            name: Username::raw(format!("guest-{id}")),
            nickname,
            email: None,
            password_hash: None,
            role: SystemRole::User,
            is_guest: true,
            policy_accepted: false,
        };
        self.make_and_sign_in(row, visit, Condition::Free).await
    }
}
