//! `/api/auth/oauth` and `/api/auth/identities`: signing in by others.
//!
//! Browsers are led from page to page, whatever comes of it: what went wrong stands behind the `#` of the address they end
//! at. Programs, which do not ask for a page, are answered as everywhere.

use super::auth::{UNSTORED, enter, visit};
use crate::accounts::identities::{Arrival, Arrived, Beginning, Begun, Flow, Purpose};
use crate::accounts::session::Visit;
use crate::accounts::{Accounts, cookies};
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::client::Client;
use crate::kernel::config::{Config, Tls};
use crate::kernel::dialect::Dialect;
use crate::kernel::problem::{Answer, Failure, Refusals};
use axum::extract::{RawQuery, State};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use parlor_protocol::accounts::SignedIn as Entry;
use parlor_protocol::identities::{
    FirstPassword, Identity, Newcomer, PendingNewcomer, ProviderPage, RegisterNewcomer,
    SignInProvider,
};
use parlor_protocol::{Code, Page, Problem};
use serde::Deserialize;
use std::sync::Arc;
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Shared = State<Arc<Accounts>>;

/// Where providers send browsers back to.
const BACK_TO: &str = "/api/auth/oauth/callback";
/// The client's page where people sign in.
const SIGN_IN: &str = "/app/sign-in";
/// The client's page about one's own account.
const ACCOUNT: &str = "/app/account";
/// The client's page for newcomers.
const NEWCOMER: &str = "/app/newcomer";

pub(super) fn routes() -> OpenApiRouter<Arc<Accounts>> {
    OpenApiRouter::new()
        .routes(routes!(providers))
        .routes(routes!(begin))
        .routes(routes!(callback))
        .routes(routes!(newcomer))
        .routes(routes!(register))
        .routes(routes!(link))
        .routes(routes!(prove))
        .routes(routes!(identities))
        .routes(routes!(unlink))
        .routes(routes!(first_password))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Begin {
    /// The client's page to go to in the end.
    #[param(example = "/app/rooms/7")]
    return_to: Option<String>,
    /// Keeps the session after the browser closes.
    #[serde(default)]
    remember: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "what providers send is read leniently; this documents it"
)]
struct Back {
    /// As the browser was sent away with.
    state: Option<String>,
    /// What the provider exchanges for who somebody is.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
    /// The provider's issuer (RFC 9207).
    iss: Option<String>,
}

/// By whom people can sign in.
#[utoipa::path(get, path = "/auth/oauth", tag = "sign-in",
    responses((status = 200, description = "Those who run the server have set them up", body = Page<SignInProvider>), Refusals))]
async fn providers(State(accounts): Shared) -> axum::Json<Page<SignInProvider>> {
    axum::Json(Page::last(accounts.sign_in_providers()))
}

/// Sign in by others.
///
/// Leads to the provider's page. A cookie binds what comes back to this browser for ten minutes.
#[utoipa::path(get, path = "/auth/oauth/{provider}", tag = "sign-in",
    params(("provider" = String, Path, example = "google"), Begin),
    responses((status = 303, description = "To the provider's page, or with a browser to the page that says what is wrong"), Refusals))]
async fn begin(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Path(provider): Path<String>,
    query: Result<Query<Begin>, Failure>,
) -> Answer<Response> {
    let begun = async {
        let Query(query) = query?;
        let beginning = beginning(&accounts, (provider, Purpose::SignIn), &client, &headers);
        let beginning = Beginning {
            return_to: query.return_to,
            remember: query.remember,
            ..beginning
        };
        Ok::<_, Failure>(accounts.begin_at_provider(beginning).await?)
    };
    match begun.await {
        Ok(begun) => Ok(to_provider(&begun)),
        Err(Failure(problem)) => refuse(&headers, SIGN_IN, problem),
    }
}

fn beginning(
    accounts: &Accounts,
    (provider, purpose): (String, Purpose),
    client: &Client,
    headers: &HeaderMap,
) -> Beginning {
    let config = &accounts.kernel.config;
    Beginning {
        provider,
        purpose,
        dialect: Dialect::default(),
        asked_at: asked_at(config, headers),
        back_to: BACK_TO,
        return_to: None,
        remember: false,
        policy_accepted: false,
        browser: cookies::read_flow(headers, config.is_found_over_https()).map(str::to_owned),
        address: client.address,
    }
}

/// Where the server was asked. It stands for where people find it only on loopback, where no other names are answered to.
pub(crate) fn asked_at(config: &Config, headers: &HeaderMap) -> String {
    let scheme = if config.tls == Tls::Off {
        "http"
    } else {
        "https"
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// Leads a browser away, with the cookie that it comes back with.
pub(crate) fn to_provider(begun: &Begun) -> Response {
    let cookie = cookies::set_flow(begun.is_secure, &begun.browser);
    lead_to(&begun.url, cookie)
}

/// Leads a browser on.
pub(crate) fn lead_to(place: &str, cookie: Option<HeaderValue>) -> Response {
    let Ok(place) = HeaderValue::from_str(place) else {
        return Failure(Code::Internal.into()).into_response();
    };
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    let place = [(header::LOCATION, place)];
    (StatusCode::SEE_OTHER, UNSTORED, place, cookie).into_response()
}

/// Whether it is a browser that asks, for a page to show.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// What a browser brings back. Providers add fields of their own, which say nothing here; one that comes twice says nothing
/// either.
pub(crate) fn arrival(config: &Config, query: Option<&str>, headers: &HeaderMap) -> Arrival {
    let query = query.unwrap_or_default().as_bytes();
    let one = |name: &str| {
        let mut found = form_urlencoded::parse(query).filter(|(given, _)| given == name);
        let value = found.next()?.1.into_owned();
        found.next().is_none().then_some(value)
    };
    Arrival {
        state: one("state").unwrap_or_default(),
        code: one("code").filter(|code| !code.is_empty()),
        issuer: one("iss"),
        browser: cookies::read_flow(headers, config.is_found_over_https()).map(str::to_owned),
    }
}

/// Come back from a provider.
///
/// Browsers are led on: into the client, to the form for newcomers, or to a page that says what went wrong. Programs that
/// do not ask for `text/html` are answered here.
#[utoipa::path(get, path = "/auth/oauth/callback", tag = "sign-in", params(Back),
    responses(
        (status = 200, description = "Signed in", body = Entry),
        (status = 204, description = "Linked, or proved"),
        (status = 303, description = "A browser is led on"),
        Refusals))]
async fn callback(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let arrival = arrival(&accounts.kernel.config, query.as_deref(), &headers);
    let flow = match accounts
        .take_up(&arrival, Dialect::default(), &client)
        .await
    {
        Ok(flow) => flow,
        Err(error) => return refuse(&headers, SIGN_IN, error.into()),
    };
    let visit = Visit {
        client,
        browser: wants_page(&headers),
        dialect: Dialect::default(),
    };
    match accounts.arrive(&flow, &arrival, visit).await {
        Ok(arrived) => Ok(go_on(&headers, &flow, arrived)),
        Err(error) => {
            let place = match flow.purpose {
                Purpose::SignIn => SIGN_IN,
                Purpose::Link(..) | Purpose::Prove(..) => ACCOUNT,
            };
            refuse(&headers, place, error.into())
        }
    }
}

fn go_on(headers: &HeaderMap, flow: &Flow, arrived: Arrived) -> Response {
    let is_page = wants_page(headers);
    match arrived {
        Arrived::Signed(signed) if is_page => {
            let is_secure = flow.redirect_uri.starts_with("https:");
            let cookie = signed.set_cookie_over(is_secure, flow.remember);
            lead_to(&flow.return_to, cookie)
        }
        Arrived::Signed(signed) => enter(StatusCode::OK, headers, *signed, flow.remember),
        Arrived::Linked if is_page => lead_to(&format!("{ACCOUNT}#linked"), None),
        Arrived::Proved if is_page => lead_to(&format!("{}#proved", flow.return_to), None),
        Arrived::Linked | Arrived::Proved => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Leads a browser to a page that says what is wrong, or asks for what is missing. Behind the `#` nothing reaches a server.
fn refuse(headers: &HeaderMap, place: &str, problem: Problem) -> Answer<Response> {
    if !wants_page(headers) {
        return Err(Failure(problem));
    }
    let token = problem.pending_token.as_deref().unwrap_or_default();
    let place = match problem.code {
        Code::FactorRequired => format!("{SIGN_IN}#factor={token}"),
        Code::FirstSignIn => format!("{NEWCOMER}#{token}"),
        code => format!("{place}#problem={}", code.as_str()),
    };
    Ok(lead_to(&place, None))
}

/// Who has come.
///
/// What is proposed for the account of somebody whose sign-in was answered `first_sign_in`.
#[utoipa::path(post, path = "/auth/oauth/newcomer", tag = "sign-in", request_body = PendingNewcomer,
    responses((status = 200, description = "What the provider says", body = Newcomer), Refusals))]
async fn newcomer(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<PendingNewcomer>,
) -> Answer<Response> {
    let browser = cookies::read_flow(&headers, accounts.kernel.config.is_found_over_https());
    let newcomer = accounts
        .newcomer(&form.pending_token, browser, &client)
        .await?;
    Ok((UNSTORED, axum::Json(newcomer)).into_response())
}

/// Sign up by others.
///
/// Makes the account of a newcomer, who has no password then, and signs it in.
#[utoipa::path(post, path = "/auth/oauth/register", operation_id = "register_by_others", tag = "sign-in", request_body = RegisterNewcomer,
    responses((status = 201, description = "Signed up and in", body = Entry), Refusals))]
async fn register(
    State(accounts): Shared,
    client: Client,
    headers: HeaderMap,
    Json(form): Json<RegisterNewcomer>,
) -> Answer<Response> {
    let browser = cookies::read_flow(&headers, accounts.kernel.config.is_found_over_https());
    let visit = visit(client, &headers);
    let (signed, remember) = accounts.register_newcomer(form, browser, visit).await?;
    Ok(enter(StatusCode::CREATED, &headers, signed, remember))
}

/// Link a sign-in by others.
///
/// Answers where the browser has to go. When it comes back, the provider's account opens one's own too.
#[utoipa::path(post, path = "/auth/oauth/{provider}/link", tag = "account",
    params(("provider" = String, Path, example = "google")),
    responses((status = 200, description = "Where to go", body = ProviderPage), Refusals))]
async fn link(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    client: Client,
    headers: HeaderMap,
    Path(provider): Path<String>,
) -> Answer<Response> {
    accounts.check_may_link(&actor).await?;
    let purpose = Purpose::Link(actor.user_id, actor.session_id);
    let beginning = beginning(&accounts, (provider, purpose), &client, &headers);
    page_of(&accounts, beginning).await
}

/// Prove again who one is, by others.
///
/// As `auth/step-up`, for accounts without a password. Answers where the browser has to go.
#[utoipa::path(post, path = "/auth/oauth/{provider}/proof", tag = "account",
    params(("provider" = String, Path, example = "google"), Begin),
    responses((status = 200, description = "Where to go", body = ProviderPage), Refusals))]
async fn prove(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    client: Client,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(query): Query<Begin>,
) -> Answer<Response> {
    Accounts::check_may_prove(&actor)?;
    let purpose = Purpose::Prove(actor.user_id, actor.session_id);
    let beginning = beginning(&accounts, (provider, purpose), &client, &headers);
    let beginning = Beginning {
        return_to: query.return_to,
        ..beginning
    };
    page_of(&accounts, beginning).await
}

/// The same for a page that leads the browser there itself.
async fn page_of(accounts: &Accounts, beginning: Beginning) -> Answer<Response> {
    let begun = accounts.begin_at_provider(beginning).await?;
    let cookie = cookies::set_flow(begun.is_secure, &begun.browser);
    let cookie = AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((
        UNSTORED,
        cookie,
        axum::Json(ProviderPage { url: begun.url }),
    )
        .into_response())
}

/// One's sign-ins by others.
#[utoipa::path(get, path = "/auth/identities", tag = "account",
    responses((status = 200, description = "The oldest first", body = Page<Identity>), Refusals))]
async fn identities(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
) -> Answer<axum::Json<Page<Identity>>> {
    Ok(axum::Json(Page::last(accounts.identities(&actor).await?)))
}

/// Unlink a sign-in by others.
///
/// But for the last way in of somebody who has no password.
#[utoipa::path(delete, path = "/auth/identities/{id}", tag = "account",
    params(("id" = i64, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Unlinked"), Refusals))]
async fn unlink(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    accounts.unlink(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a first password.
///
/// For an account that has none, because it was made by signing in by others.
#[utoipa::path(post, path = "/auth/password", tag = "account", request_body = FirstPassword,
    responses((status = 204, description = "Chosen"), Refusals))]
async fn first_password(
    State(accounts): Shared,
    SignedIn(actor): SignedIn,
    Json(form): Json<FirstPassword>,
) -> Answer<StatusCode> {
    accounts.choose_first_password(&actor, form).await?;
    Ok(StatusCode::NO_CONTENT)
}
