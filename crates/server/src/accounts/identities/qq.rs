//! The dialect of QQ: a token first, then under which id it knows somebody, then their name. It answers in JSON, in a form's
//! way, or in a call of `callback`, whatever it was asked for.

use super::provider::{Claimed, Inward, Outward, Provider, with_query};
use crate::accounts::error::AccountsError;
use crate::kernel::fetch::Fetched;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

/// The code is wrong, has expired, or was used before.
const CODE_REFUSED: [&str; 3] = ["100019", "100020", "100021"];

pub(super) fn page(provider: &Provider, outward: &Outward<'_>) -> Result<Url, AccountsError> {
    let settings = &provider.settings;
    Ok(with_query(
        provider.endpoint(settings.authorization_url.as_ref())?,
        &[
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", outward.redirect_uri),
            ("state", outward.state),
            ("scope", &settings.scope),
        ],
    ))
}

pub(super) async fn redeem(
    provider: &Provider,
    inward: &Inward<'_>,
) -> Result<Claimed, AccountsError> {
    let token = exchange(provider, inward).await?;
    let settings = &provider.settings;
    let url = with_query(
        provider.endpoint(settings.openid_url.as_ref())?,
        &[("access_token", &token), ("fmt", "json")],
    );
    let known = ask(provider, url).await?;
    // A token that was given to another application says nothing here.
    if text(&known, "client_id").as_deref() != Some(&settings.client_id) {
        let why = "the token is another application's";
        return Err(provider.wire.refused(why, AccountsError::InvalidIdToken));
    }
    let openid = text(&known, "openid").unwrap_or_default();
    let claimed = provider.claimed(&openid)?;
    let nickname = ask_nickname(provider, &token, &openid).await;
    Ok(claimed.named(nickname.as_deref(), nickname.as_deref()))
}

async fn exchange(provider: &Provider, inward: &Inward<'_>) -> Result<String, AccountsError> {
    let settings = &provider.settings;
    let url = with_query(
        provider.endpoint(settings.token_url.as_ref())?,
        &[
            ("grant_type", "authorization_code"),
            ("client_id", &settings.client_id),
            ("client_secret", provider.secret()),
            ("code", inward.code),
            ("redirect_uri", inward.redirect_uri),
            ("fmt", "json"),
        ],
    );
    let answer = ask(provider, url).await?;
    if let Some(token) = text(&answer, "access_token") {
        return Ok(token);
    }
    let error = text(&answer, "error").unwrap_or_default();
    if CODE_REFUSED.contains(&error.as_str()) {
        let why = "the code was not taken";
        return Err(provider.wire.refused(why, AccountsError::ProviderRefused));
    }
    let error: String = error.chars().take(16).collect();
    Err(provider
        .wire
        .failed(format_args!("it gives no token: {error:?}")))
}

/// It only proposes, so nothing depends on it.
async fn ask_nickname(provider: &Provider, token: &str, openid: &str) -> Option<String> {
    let url = with_query(
        provider.settings.profile_url.clone()?,
        &[
            ("access_token", token),
            ("oauth_consumer_key", &provider.settings.client_id),
            ("openid", openid),
        ],
    );
    text(&ask(provider, url).await.ok()?, "nickname")
}

async fn ask(provider: &Provider, url: Url) -> Result<Map<String, Value>, AccountsError> {
    let answer = provider.wire.get(url, None).await?;
    let said = read(&answer);
    said.ok_or_else(|| provider.wire.failed("it makes no sense"))
}

fn read(answer: &Fetched) -> Option<Map<String, Value>> {
    let said = std::str::from_utf8(&answer.body).ok()?;
    answer.status.is_success().then(|| fields(said)).flatten()
}

/// What an answer says, however it is written.
fn fields(said: &str) -> Option<Map<String, Value>> {
    let said = said.trim();
    let called = said.strip_prefix("callback(").and_then(|rest| {
        let (inner, _) = rest.rsplit_once(')')?;
        Some(inner.trim())
    });
    let json = called.unwrap_or(said);
    if json.starts_with('{') {
        return serde_json::from_str(json).ok();
    }
    let pairs = form_urlencoded::parse(said.as_bytes());
    Some(
        pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
    )
}

/// A field, whether it is a text or a number.
fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_however_it_is_written() {
        let found = |said: &str, name: &str| text(&fields(said).unwrap(), name);
        let openid = Some("FE04C0".to_owned());
        for said in [
            r#"callback( {"client_id":"1011","openid":"FE04C0"} );"#,
            r#"{"client_id":"1011","openid":"FE04C0"}"#,
            "client_id=1011&openid=FE04C0",
        ] {
            assert_eq!(found(said, "openid"), openid, "{said}");
        }
        let refused = r#"callback( {"error":100020,"error_description":"code is reused"} );"#;
        assert_eq!(found(refused, "error").as_deref(), Some("100020"));
        assert_eq!(found("", "openid"), None);
        for garbage in ["callback( {", "callback({)", "{\"openid\":"] {
            assert!(fields(garbage).is_none_or(|it| text(&it, "openid").is_none()));
        }
    }
}
