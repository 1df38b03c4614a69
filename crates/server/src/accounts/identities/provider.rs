//! A provider, whichever way it speaks.

use super::discovery::Discovery;
use super::store::IdentityRow;
use super::wire::Wire;
use super::{oauth, oidc, qq, wechat};
use crate::accounts::error::AccountsError;
use crate::accounts::names::check_nickname;
use crate::accounts::rules::check_email;
use crate::kernel::Kernel;
use crate::kernel::clock::Clock;
use crate::kernel::config::{self, ProviderKind};
use parlor_protocol::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use url::Url;

/// The longest name of somebody at an issuer, in bytes (OpenID Connect Core, 2).
const SUBJECT_LONGEST: usize = 255;
/// The longest name that is proposed, in characters.
const NAME_LONGEST: usize = 64;

/// Somebody else by whom people sign in.
pub(super) struct Provider {
    /// As it is configured.
    pub(super) settings: config::Provider,
    /// The way there.
    pub(super) wire: Wire,
    /// What it says of itself.
    pub(super) discovery: Discovery,
    /// The time.
    pub(super) clock: Clock,
}

/// What goes out with a browser.
pub(super) struct Outward<'a> {
    /// Comes back with it.
    pub(super) state: &'a str,
    /// Comes back in what the provider says of somebody.
    pub(super) nonce: String,
    /// Of the verifier.
    pub(super) challenge: String,
    /// Where the browser is sent.
    pub(super) redirect_uri: &'a str,
    /// They are to sign in anew, even where they are signed in.
    pub(super) asks_again: bool,
}

/// What comes in with a browser, and what it has to fit.
pub(super) struct Inward<'a> {
    /// To be exchanged.
    pub(super) code: &'a str,
    /// Who says so, where the provider tells.
    pub(super) issuer: Option<&'a str>,
    /// Went out with it.
    pub(super) nonce: String,
    /// What the challenge was of.
    pub(super) verifier: String,
    /// Where the browser was sent.
    pub(super) redirect_uri: &'a str,
    /// They were to sign in anew, from this time on, in milliseconds.
    pub(super) asked_again_at: Option<i64>,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claimed {
    /// Who names them.
    pub(super) issuer: String,
    /// Who they are there, for good.
    pub(super) subject: String,
    /// Who they were there, before the provider had a better name for them.
    pub(super) former_subject: Option<String>,
    /// What they call themselves, to be proposed as their user name.
    pub(super) name: Option<String>,
    /// The name to show.
    pub(super) nickname: Option<String>,
    /// The address, where the provider has confirmed it.
    pub(super) email: Option<String>,
}

impl Provider {
    pub(super) fn new(settings: &config::Provider, kernel: &Kernel) -> Self {
        Self {
            settings: settings.clone(),
            wire: Wire::new(settings.name.clone(), kernel.fetch.clone()),
            discovery: Discovery::default(),
            clock: kernel.clock.clone(),
        }
    }

    /// The page where people sign in.
    pub(super) async fn page(&self, outward: &Outward<'_>) -> Result<Url, AccountsError> {
        match self.settings.kind {
            ProviderKind::Oidc => oidc::page(self, outward).await,
            ProviderKind::GitHub | ProviderKind::Facebook => oauth::page(self, outward),
            ProviderKind::WeChat => wechat::page(self, outward),
            ProviderKind::Qq => qq::page(self, outward),
        }
    }

    /// Exchanges a code for who somebody is.
    pub(super) async fn redeem(&self, inward: &Inward<'_>) -> Result<Claimed, AccountsError> {
        match self.settings.kind {
            ProviderKind::Oidc => oidc::redeem(self, inward).await,
            ProviderKind::GitHub | ProviderKind::Facebook => oauth::redeem(self, inward).await,
            ProviderKind::WeChat => wechat::redeem(self, inward).await,
            ProviderKind::Qq => qq::redeem(self, inward).await,
        }
    }

    /// What proves who this server is there; empty for a public client.
    pub(super) fn secret(&self) -> &str {
        let secret = self.settings.client_secret.as_ref();
        secret.map(|it| it.0.as_str()).unwrap_or_default()
    }

    /// An endpoint that the settings name.
    pub(super) fn endpoint(&self, given: Option<&Url>) -> Result<Url, AccountsError> {
        given
            .cloned()
            .ok_or_else(|| self.wire.failed("an address of it is not configured"))
    }

    /// Somebody of this name there.
    pub(super) fn claimed(&self, subject: &str) -> Result<Claimed, AccountsError> {
        let is_plain = |text: &str| {
            !text.is_empty()
                && text.len() <= SUBJECT_LONGEST
                && text.trim() == text
                && !text.chars().any(char::is_control)
        };
        if !is_plain(subject) {
            return Err(self.wire.failed("it names nobody"));
        }
        Ok(Claimed {
            issuer: self.settings.issuer.clone(),
            subject: subject.to_owned(),
            former_subject: None,
            name: None,
            nickname: None,
            email: None,
        })
    }
}

/// A query with these parameters added.
pub(super) fn with_query(mut url: Url, pairs: &[(&str, &str)]) -> Url {
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

impl Claimed {
    /// The same with what they call themselves; what does not hold here is left out.
    pub(super) fn named(self, name: Option<&str>, nickname: Option<&str>) -> Self {
        let short = |text: &str| text.chars().take(NAME_LONGEST).collect::<String>();
        let filled = |text: &&str| !text.trim().is_empty();
        let nickname = nickname.and_then(|it| check_nickname(&short(it)).ok().flatten());
        Self {
            name: name.filter(filled).map(short),
            nickname,
            ..self
        }
    }

    /// The same with an address that the provider has confirmed.
    pub(super) fn at(self, email: Option<&str>) -> Self {
        let email = email.filter(|it| check_email(it).is_ok());
        Self {
            email: email.map(str::to_owned),
            ..self
        }
    }

    /// As it is linked.
    pub(super) fn row(
        &self,
        id: i64,
        user_id: UserId,
        provider: &str,
        now: Timestamp,
    ) -> IdentityRow {
        IdentityRow {
            id,
            user_id,
            provider: provider.to_owned(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            linked_at: now.0,
            last_used_at: None,
        }
    }
}
