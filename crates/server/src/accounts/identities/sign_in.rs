//! Back from a provider.

use super::flow::{Arrival, Flow, Purpose};
use super::provider::{Claimed, Inward};
use super::store::{self, IdentityRow};
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::accounts::login::By;
use crate::accounts::session::{Shown, Signed, Visit};
use crate::accounts::store::accounts;
use parlor_protocol::accounts::AccountStatus;

/// What came of it.
#[derive(Clone, Debug)]
pub enum Arrived {
    /// Somebody is signed in.
    Signed(Box<Signed>),
    /// Their account has one way in more.
    Linked,
    /// They have proved who they are.
    Proved,
}

impl Accounts {
    /// `GET auth/oauth/callback`: asks the provider who somebody is, and does what was begun. Who has no account yet is
    /// `FirstSignIn`, unless they have accepted the privacy policy before.
    pub async fn arrive(
        &self,
        flow: &Flow,
        arrival: &Arrival,
        visit: Visit,
    ) -> Result<Arrived, AccountsError> {
        let provider = self.identities.provider(&flow.provider);
        let provider = provider.ok_or(AccountsError::InvalidSignIn)?;
        let code = arrival.code.as_deref();
        let inward = Inward {
            code: code.ok_or(AccountsError::ProviderRefused)?,
            issuer: arrival.issuer.as_deref(),
            nonce: self.identities.flows.nonce(&arrival.state),
            verifier: self.identities.flows.verifier(&arrival.state),
            redirect_uri: &flow.redirect_uri,
            asked_again_at: matches!(flow.purpose, Purpose::Prove(..)).then_some(flow.begun_at),
        };
        let claimed = provider.redeem(&inward).await?;
        match flow.purpose {
            Purpose::SignIn => {
                let signed = self.sign_in_as(flow, claimed, visit).await?;
                return Ok(Arrived::Signed(Box::new(signed)));
            }
            Purpose::Link(user, session) => self.link(user, session, flow, claimed).await?,
            Purpose::Prove(user, session) => {
                self.prove_by_identity(user, session, &claimed).await?;
                return Ok(Arrived::Proved);
            }
        }
        Ok(Arrived::Linked)
    }

    async fn sign_in_as(
        &self,
        flow: &Flow,
        claimed: Claimed,
        visit: Visit,
    ) -> Result<Signed, AccountsError> {
        let Some(identity) = self.find(&claimed).await? else {
            return self.welcome(flow, claimed, visit).await;
        };
        let account = accounts::by_id(self.kernel.db.read(), identity.user_id).await?;
        let account = account.ok_or(AccountsError::BadCredentials)?;
        if account.standing() != AccountStatus::Active {
            let shown = Shown::by(Some(flow.provider.clone()));
            self.note_failure(&account.username, &visit.client, shown)
                .await?;
            return Err(AccountsError::Inactive);
        }
        let by = By::Identity {
            id: identity.id,
            subject: claimed.subject,
            provider: flow.provider.clone(),
        };
        self.open_session(account, visit, by).await
    }

    /// The link of somebody, under the subject that they have now or the one that they had.
    pub(super) async fn find(
        &self,
        claimed: &Claimed,
    ) -> Result<Option<IdentityRow>, AccountsError> {
        let (sql, issuer) = (self.kernel.db.read(), &claimed.issuer);
        let found = store::by_subject(sql, issuer, &claimed.subject).await?;
        match &claimed.former_subject {
            Some(former) if found.is_none() => Ok(store::by_subject(sql, issuer, former).await?),
            _ => Ok(found),
        }
    }
}
