//! The dialect of WeChat (微信): `appid` and `secret` in the query, a fragment at the end of its page's address, and who
//! somebody is beside the token.

use super::provider::{Claimed, Inward, Outward, Provider, with_query};
use crate::accounts::error::AccountsError;
use serde::Deserialize;
use url::Url;

/// The code is wrong, or was used before.
const CODE_REFUSED: [i64; 3] = [40029, 40163, 41008];

/// What a code is exchanged for.
#[derive(Deserialize)]
struct Exchanged {
    #[serde(default)]
    errcode: i64,
    access_token: Option<String>,
    /// Who somebody is to this application.
    openid: Option<String>,
    /// Who they are to all applications of its owner. Not every application is told.
    unionid: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    nickname: Option<String>,
}

pub(super) fn page(provider: &Provider, outward: &Outward<'_>) -> Result<Url, AccountsError> {
    let settings = &provider.settings;
    let mut page = with_query(
        provider.endpoint(settings.authorization_url.as_ref())?,
        &[
            ("appid", &settings.client_id),
            ("redirect_uri", outward.redirect_uri),
            ("response_type", "code"),
            ("scope", &settings.scope),
            ("state", outward.state),
        ],
    );
    page.set_fragment(Some("wechat_redirect"));
    Ok(page)
}

pub(super) async fn redeem(
    provider: &Provider,
    inward: &Inward<'_>,
) -> Result<Claimed, AccountsError> {
    let settings = &provider.settings;
    let url = with_query(
        provider.endpoint(settings.token_url.as_ref())?,
        &[
            ("appid", &settings.client_id),
            ("secret", provider.secret()),
            ("code", inward.code),
            ("grant_type", "authorization_code"),
        ],
    );
    let answer = provider.wire.get(url, None).await?;
    let exchanged: Exchanged = provider.wire.read(&answer)?;
    if CODE_REFUSED.contains(&exchanged.errcode) {
        let why = "the code was not taken";
        return Err(provider.wire.refused(why, AccountsError::ProviderRefused));
    }
    let (Some(token), Some(openid)) = (exchanged.access_token, exchanged.openid) else {
        let code = exchanged.errcode;
        return Err(provider
            .wire
            .failed(format_args!("it gives no token: {code}")));
    };
    let nickname = ask_nickname(provider, &token, &openid).await;
    let claimed = match exchanged.unionid.filter(|it| !it.is_empty()) {
        // Who came before the application was told is known by the other name still.
        Some(unionid) => Claimed {
            former_subject: Some(openid),
            ..provider.claimed(&unionid)?
        },
        None => provider.claimed(&openid)?,
    };
    Ok(claimed.named(nickname.as_deref(), nickname.as_deref()))
}

/// It only proposes, so nothing depends on it.
async fn ask_nickname(provider: &Provider, token: &str, openid: &str) -> Option<String> {
    let url = with_query(
        provider.settings.profile_url.clone()?,
        &[
            ("access_token", token),
            ("openid", openid),
            ("lang", "zh_CN"),
        ],
    );
    let answer = provider.wire.get(url, None).await.ok()?;
    provider.wire.read::<Page>(&answer).ok()?.nickname
}
