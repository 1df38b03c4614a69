//! Signing in by others, where an older system knows of it: its two paths, and a token in the end.
//!
//! Its clients show the privacy policy themselves: `?privacy_policy_accepted=true` says that somebody has accepted it. A
//! newcomer who has not is led to this server's own page, where there is a browser to be led.

use super::entry::{Entry, by_token};
use super::refused::Refused;
use crate::accounts::identities::{Arrived, Beginning, Purpose};
use crate::accounts::{
    AccountsError, arrival, asked_at, cookies, lead_to, to_provider, wants_page,
};
use crate::kernel::client::Client;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use parlor_protocol::accounts::SignedIn;
use parlor_protocol::{Code, Problem};
use serde_json::Value;
use std::sync::Arc;
use url::form_urlencoded;

/// A system in whose way people sign in by others.
pub(super) trait ByOthers: Entry {
    /// The path that providers send browsers back to.
    const BACK_TO: &'static str;

    /// What somebody is answered who has signed in.
    fn signed_in(signed: &SignedIn) -> Json<Value>;
}

pub(super) async fn begin<T: ByOthers>(
    here: State<Arc<T>>,
    client: Client,
    headers: HeaderMap,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused<T>> {
    let query = query.unwrap_or_default();
    let mut query = form_urlencoded::parse(query.as_bytes());
    // A link on somebody else's page accepts nothing.
    let site = headers.get("sec-fetch-site");
    let is_own = site.is_none_or(|site| site != "cross-site");
    let config = &here.actions().kernel.config;
    let policy_accepted = is_own
        && query.any(|(name, value)| {
            name == "privacy_policy_accepted" && matches!(&*value, "true" | "True" | "1")
        });
    let beginning = Beginning {
        provider,
        purpose: Purpose::SignIn,
        dialect: T::DIALECT,
        asked_at: asked_at(config, &headers),
        back_to: T::BACK_TO,
        return_to: None,
        remember: false,
        policy_accepted,
        browser: cookies::read_flow(&headers, config.is_found_over_https()).map(str::to_owned),
        address: client.address,
    };
    let begun = here.actions().accounts.begin_at_provider(beginning).await?;
    Ok(to_provider(&begun))
}

pub(super) async fn callback<T: ByOthers>(
    here: State<Arc<T>>,
    client: Client,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused<T>> {
    let accounts = &here.actions().accounts;
    let config = &here.actions().kernel.config;
    let arrival = arrival(config, query.as_deref(), &headers);
    let flow = accounts.take_up(&arrival, T::DIALECT, &client).await?;
    let visit = by_token::<T>(client);
    match accounts.arrive(&flow, &arrival, visit).await {
        Ok(Arrived::Signed(signed)) => Ok(T::signed_in(&signed.answer).into_response()),
        // Nothing else is begun this way.
        Ok(Arrived::Linked | Arrived::Proved) => Err(Problem::new(Code::InvalidSignIn).into()),
        Err(AccountsError::FirstSignIn(token)) if wants_page(&headers) => {
            Ok(lead_to(&format!("/app/newcomer#{token}"), None))
        }
        Err(AccountsError::FirstSignIn(_)) => {
            let problem = Problem::new(Code::PolicyNotAccepted);
            Err(problem
                .field("privacy_policy_accepted", "must be true")
                .into())
        }
        Err(error) => Err(error.into()),
    }
}
