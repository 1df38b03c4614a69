//! Out to a provider.

use super::flow::{Flow, Purpose};
use super::provider::Outward;
use super::store;
use crate::accounts::Accounts;
use crate::accounts::error::AccountsError;
use crate::kernel::dialect::Dialect;
use crate::kernel::limits::{Limit, address_key};
use crate::kernel::secrets::{random_token, token_digest};
use parlor_protocol::identities::SignInProvider;
use std::net::IpAddr;

/// The longest address that one is sent to in the end, in bytes.
const RETURN_LONGEST: usize = 200;
/// The length of a browser's token.
const TOKEN_LENGTH: usize = 43;

/// What somebody begins.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The provider's name.
    pub provider: String,
    /// What for.
    pub purpose: Purpose,
    /// How it is spoken.
    pub dialect: Dialect,
    /// Where the server was asked: `http://localhost:7100`. What the settings say comes before it.
    pub asked_at: String,
    /// The path that the provider sends the browser to.
    pub back_to: &'static str,
    /// Where the browser goes in the end: a page of the client.
    pub return_to: Option<String>,
    /// Keeps the session after the browser closes.
    pub remember: bool,
    /// Who begins has accepted the privacy policy.
    pub policy_accepted: bool,
    /// The browser's cookie, where it has one already.
    pub browser: Option<String>,
    /// From where.
    pub address: IpAddr,
}

/// What was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: String,
    /// The browser's cookie.
    pub browser: String,
    /// The browser comes back over HTTPS.
    pub is_secure: bool,
}

impl Accounts {
    /// `GET auth/oauth`: by whom people sign in.
    pub fn sign_in_providers(&self) -> Vec<SignInProvider> {
        let providers = self.identities.providers.iter();
        let view = providers.map(|it| SignInProvider {
            name: it.settings.name.clone(),
            label: it.settings.label.clone(),
        });
        view.collect()
    }

    /// `GET auth/oauth/{provider}`: leads to a provider's page, and remembers in which browser that was.
    pub async fn begin_at_provider(&self, beginning: Beginning) -> Result<Begun, AccountsError> {
        let provider = self.identities.provider(&beginning.provider);
        let provider = provider.ok_or(AccountsError::NotFound)?;
        let return_to = check_return(beginning.return_to.as_deref())?;
        let address = address_key(beginning.address);
        self.kernel.limits.check(Limit::Provider, address)?;
        let origin = self.kernel.config.public_url.clone();
        let origin = origin.unwrap_or(beginning.asked_at);
        let browser = match beginning.browser.filter(|token| is_token(token)) {
            Some(token) => token,
            None => random_token()?,
        };
        let state = random_token()?;
        let flow = Flow {
            provider: provider.settings.name.clone(),
            purpose: beginning.purpose,
            redirect_uri: format!("{origin}{}", beginning.back_to),
            return_to: return_to.to_owned(),
            remember: beginning.remember,
            policy_accepted: beginning.policy_accepted,
            dialect: beginning.dialect,
            browser_digest: token_digest(&browser),
            begun_at: self.kernel.clock.now().0,
        };
        let outward = Outward {
            state: &state,
            nonce: self.identities.flows.nonce(&state),
            challenge: token_digest(&self.identities.flows.verifier(&state)),
            redirect_uri: &flow.redirect_uri,
            asks_again: matches!(flow.purpose, Purpose::Prove(..)),
        };
        let url = provider.page(&outward).await?;
        let row = flow.row(&state);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    Ok::<_, AccountsError>(store::insert_flow(tx.sql(), &row).await?)
                })
            })
            .await?;
        Ok(Begun {
            url: url.into(),
            browser,
            is_secure: flow.redirect_uri.starts_with("https:"),
        })
    }
}

fn is_token(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.len() == TOKEN_LENGTH && text.bytes().all(is_plain)
}

/// A page of the client, and nothing that a browser takes for another server's.
fn check_return(given: Option<&str>) -> Result<&str, AccountsError> {
    let path = given.unwrap_or("/app");
    let is_page = path == "/app" || path.starts_with("/app/");
    let is_plain = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b));
    if is_page && is_plain && !path.contains("//") && path.len() <= RETURN_LONGEST {
        return Ok(path);
    }
    Err(AccountsError::Param("return_to is no page of the client"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_to_a_page_of_the_client_in_the_end() {
        for page in ["/app", "/app/rooms/7", "/app/rooms/7/messages/120"] {
            assert_eq!(check_return(Some(page)).unwrap(), page);
        }
        assert_eq!(check_return(None).unwrap(), "/app");
        let long = format!("/app/{}", "x".repeat(200));
        for elsewhere in [
            "",
            "/",
            "//evil.example",
            "/\\evil.example",
            "/app//evil.example",
            "/application",
            "https://evil.example/app",
            "/app/\r\nset-cookie: a",
            "/app#fragment",
            "/api/auth/logout",
            &long,
        ] {
            assert!(check_return(Some(elsewhere)).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn a_cookie_that_is_none_of_ours_is_replaced() {
        assert!(is_token(&random_token().unwrap()));
        assert!(!is_token("planted") && !is_token(&" ".repeat(43)));
    }
}
