//! OpenID Connect: the authorization code with PKCE, and a signed token that says who somebody is.

use super::discovery::Metadata;
use super::id_token::{self, Claims, Expected, Profile, Unbelieved};
use super::provider::{Claimed, Inward, Outward, Provider, with_query};
use crate::accounts::error::AccountsError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use url::{Url, form_urlencoded};

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    sub: String,
    #[serde(flatten)]
    profile: Profile,
}

/// Why a code was not taken (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

pub(super) async fn page(provider: &Provider, outward: &Outward<'_>) -> Result<Url, AccountsError> {
    let metadata = provider.metadata().await?;
    let settings = &provider.settings;
    let given = settings.authorization_url.as_ref();
    let page = given.unwrap_or(&metadata.authorization_endpoint.0).clone();
    let page = with_query(
        page,
        &[
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", outward.redirect_uri),
            ("scope", &settings.scope),
            ("state", outward.state),
            ("nonce", &outward.nonce),
            ("code_challenge", &outward.challenge),
            ("code_challenge_method", "S256"),
        ],
    );
    if outward.asks_again {
        return Ok(with_query(page, &[("prompt", "login"), ("max_age", "0")]));
    }
    Ok(page)
}

pub(super) async fn redeem(
    provider: &Provider,
    inward: &Inward<'_>,
) -> Result<Claimed, AccountsError> {
    let metadata = provider.metadata().await?;
    check_issuer(provider, &metadata, inward)?;
    let tokens = exchange(provider, &metadata, inward).await?;
    let claims = believe(provider, &metadata, &tokens.id_token, inward).await?;
    let mut profile = claims.profile;
    let is_silent = profile.preferred_username.is_none() && profile.email.is_none();
    if let (true, Some(token)) = (is_silent, &tokens.access_token) {
        let told = ask_profile(provider, &metadata, token, &claims.sub).await;
        profile = told.unwrap_or(profile);
    }
    let name = profile.preferred_username.as_deref();
    let shown = profile.name.as_deref().or(profile.nickname.as_deref());
    let claimed = provider.claimed(&claims.sub)?;
    let claimed = claimed.named(name.or(profile.nickname.as_deref()), shown);
    Ok(claimed.at(profile.confirmed_email()))
}

/// That what came back is of this provider, not of another one whose client somebody is too (RFC 9207).
fn check_issuer(
    provider: &Provider,
    metadata: &Metadata,
    inward: &Inward<'_>,
) -> Result<(), AccountsError> {
    let fits = match inward.issuer {
        Some(issuer) => issuer == provider.settings.issuer,
        None => !metadata.authorization_response_iss_parameter_supported,
    };
    if fits {
        return Ok(());
    }
    let why = "another issuer sent the browser back";
    Err(provider.wire.refused(why, AccountsError::InvalidSignIn))
}

async fn exchange(
    provider: &Provider,
    metadata: &Metadata,
    inward: &Inward<'_>,
) -> Result<Tokens, AccountsError> {
    let settings = &provider.settings;
    let (id, secret) = (settings.client_id.as_str(), provider.secret());
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", inward.code),
        ("redirect_uri", inward.redirect_uri),
        ("code_verifier", &inward.verifier),
    ];
    let methods = metadata.token_endpoint_auth_methods_supported.as_ref();
    let takes_basic = methods.is_none_or(|all| all.iter().any(|it| it == "client_secret_basic"));
    let basic = (takes_basic && !secret.is_empty()).then(|| basic(id, secret));
    if basic.is_none() {
        form.push(("client_id", id));
        if !secret.is_empty() {
            form.push(("client_secret", secret));
        }
    }
    let given = settings.token_url.as_ref();
    let url = given.unwrap_or(&metadata.token_endpoint.0).clone();
    let answer = provider.wire.post(url, &form, basic.as_deref()).await?;
    if answer.status.is_success() {
        return provider.wire.parse(&answer.body);
    }
    let refusal: Refusal = provider.wire.parse(&answer.body)?;
    if refusal.error == "invalid_grant" {
        let why = "the code was not taken";
        return Err(provider.wire.refused(why, AccountsError::ProviderRefused));
    }
    let error: String = refusal.error.chars().take(64).collect();
    Err(provider
        .wire
        .failed(format_args!("it refuses this server: {error:?}")))
}

/// RFC 6749, 2.3.1.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

async fn believe(
    provider: &Provider,
    metadata: &Metadata,
    token: &str,
    inward: &Inward<'_>,
) -> Result<Claims, AccountsError> {
    let expected = Expected {
        issuer: &provider.settings.issuer,
        client_id: &provider.settings.client_id,
        nonce: &inward.nonce,
        algorithms: &metadata.id_token_signing_alg_values_supported,
        now: provider.clock.now(),
        signed_in_since: inward.asked_again_at,
    };
    let keys = provider.keys(metadata, false).await?;
    let mut read = id_token::read(token, &keys, &expected);
    if matches!(read, Err(Unbelieved::UnknownKey)) {
        let keys = provider.keys(metadata, true).await?;
        read = id_token::read(token, &keys, &expected);
    }
    read.map_err(|unbelieved| {
        let why = match unbelieved {
            Unbelieved::UnknownKey => "it is not signed by one of the provider's keys",
            Unbelieved::Wrong(why) => why,
        };
        provider.wire.refused(why, AccountsError::InvalidIdToken)
    })
}

/// What the provider says of somebody besides. It only proposes, so nothing depends on it.
async fn ask_profile(
    provider: &Provider,
    metadata: &Metadata,
    token: &str,
    subject: &str,
) -> Option<Profile> {
    let discovered = metadata.userinfo_endpoint.as_ref().map(|it| &it.0);
    let url = provider.settings.profile_url.as_ref().or(discovered)?;
    let answer = provider.wire.get(url.clone(), Some(token)).await.ok()?;
    let page: Page = provider.wire.read(&answer).ok()?;
    (page.sub == subject).then_some(page.profile)
}
