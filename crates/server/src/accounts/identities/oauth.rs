//! OAuth 2 as GitHub and Facebook have it: the authorization code with PKCE, and a page that says who somebody is.

use super::provider::{Claimed, Inward, Outward, Provider, with_query};
use crate::accounts::error::AccountsError;
use crate::kernel::config::ProviderKind;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// What a code is exchanged for. GitHub says with status 200 that it did not take it.
#[derive(Deserialize)]
struct Exchanged {
    access_token: Option<String>,
    /// A word, of Facebook an object.
    error: Option<Value>,
}

/// Who somebody is.
#[derive(Deserialize)]
struct Page {
    /// A number at GitHub, digits in a text at Facebook.
    id: Value,
    /// The user name, at GitHub.
    login: Option<String>,
    /// The name to show.
    name: Option<String>,
}

pub(super) fn page(provider: &Provider, outward: &Outward<'_>) -> Result<Url, AccountsError> {
    let settings = &provider.settings;
    let page = with_query(
        provider.endpoint(settings.authorization_url.as_ref())?,
        &[
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", outward.redirect_uri),
            ("scope", &settings.scope),
            ("state", outward.state),
            ("code_challenge", &outward.challenge),
            ("code_challenge_method", "S256"),
        ],
    );
    Ok(match (outward.asks_again, settings.kind) {
        (true, ProviderKind::Facebook) => with_query(page, &[("auth_type", "reauthenticate")]),
        (true, _) => with_query(page, &[("prompt", "select_account")]),
        (false, _) => page,
    })
}

pub(super) async fn redeem(
    provider: &Provider,
    inward: &Inward<'_>,
) -> Result<Claimed, AccountsError> {
    let settings = &provider.settings;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", settings.client_id.as_str()),
        ("client_secret", provider.secret()),
        ("code", inward.code),
        ("redirect_uri", inward.redirect_uri),
        ("code_verifier", &inward.verifier),
    ];
    let url = provider.endpoint(settings.token_url.as_ref())?;
    let answer = provider.wire.post(url, &form, None).await?;
    let exchanged: Exchanged = provider.wire.parse(&answer.body)?;
    let token = match (exchanged.access_token, exchanged.error) {
        (Some(token), None) if answer.status.is_success() => token,
        (_, Some(error)) if is_about_the_code(&error) => {
            let why = "the code was not taken";
            return Err(provider.wire.refused(why, AccountsError::ProviderRefused));
        }
        _ => return Err(provider.wire.failed("it gives no token")),
    };
    let mut url = provider.endpoint(settings.profile_url.as_ref())?;
    if settings.kind == ProviderKind::Facebook {
        url = with_query(url, &[("fields", "id,name")]);
    }
    let answer = provider.wire.get(url, Some(&token)).await?;
    let page: Page = provider.wire.read(&answer)?;
    let subject = match &page.id {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    };
    let claimed = provider.claimed(&subject)?;
    let name = page.login.as_deref().or(page.name.as_deref());
    Ok(claimed.named(name, page.name.as_deref()))
}

/// Whether it is the code that is wrong, not this server's id or secret: by GitHub's word, or by Facebook's numbers.
fn is_about_the_code(error: &Value) -> bool {
    let words = ["bad_verification_code", "invalid_grant"];
    let is_word = error.as_str().is_some_and(|word| words.contains(&word));
    is_word || error["code"] == 100
}
