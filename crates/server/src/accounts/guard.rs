//! The layer that every request passes: says once who sends it, for all that comes after.

use super::Accounts;
use super::authenticate::Proof;
use super::cookies::check_csrf;
use super::factors::policy::serves_enrolment;
use crate::audit::refusals;
use crate::kernel::actor::{Actor, NotSignedIn};
use crate::kernel::client::Client;
use crate::kernel::problem::{Failure, ToldOtherwise};
use axum::extract::{Request, State};
use axum::middleware::{FromFnLayer, Next};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use http::request::Parts;
use parlor_protocol::{Code, Problem};
use std::sync::Arc;

/// What [`layer`] answers.
pub type GuardLayer = FromFnLayer<
    fn(State<Arc<Accounts>>, Request, Next) -> BoxFuture<'static, Response>,
    Arc<Accounts>,
    (State<Arc<Accounts>>, Request),
>;

/// Puts an `Arc<Actor>` among the extensions of each request that somebody sends.
///
/// Who has to take up a second factor is nobody to all the rest.
///
/// A token that does not hold, or a write by cookie that does not come from the server's own page, makes the request
/// nobody's: so one can sign in over a stale token. Why it does not hold is told where somebody is needed.
pub fn layer(accounts: Arc<Accounts>) -> GuardLayer {
    axum::middleware::from_fn_with_state(accounts, |State(accounts), request: Request, next| {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let actor = match sender(&accounts, &parts).await {
                Ok(Some(actor)) if is_held_up(&accounts, &actor, &parts) => {
                    let reason = NotSignedIn(Code::FactorEnrolmentRequired.into());
                    parts.extensions.insert(reason);
                    None
                }
                Ok(actor) => actor,
                Err(problem) if problem.status >= 500 => return Failure(problem).into_response(),
                Err(problem) => {
                    parts.extensions.insert(NotSignedIn(problem));
                    None
                }
            };
            if let Some(actor) = &actor {
                parts.extensions.insert(actor.clone());
            }
            let response = next.run(Request::from_parts(parts, body)).await;
            if let (Some(actor), Some(problem)) = (actor, refused(&response)) {
                refusals::note(&accounts.kernel, &actor, problem).await;
            }
            response
        })
    })
}

/// Whether somebody asks for something else than the second factor that they have to take up first.
fn is_held_up(accounts: &Accounts, actor: &Actor, request: &Parts) -> bool {
    accounts.must_enrol(actor) && !serves_enrolment(&request.method, request.uri.path())
}

fn refused(response: &Response) -> Option<&Problem> {
    let otherwise = response.extensions().get::<ToldOtherwise>();
    let otherwise = otherwise.map(|ToldOtherwise(problem)| problem);
    response.extensions().get::<Problem>().or(otherwise)
}

async fn sender(accounts: &Accounts, request: &Parts) -> Result<Option<Arc<Actor>>, Problem> {
    let Some((actor, proof)) = accounts.identify(&request.headers).await? else {
        return Ok(None);
    };
    if proof == Proof::Cookie {
        check_csrf(&request.method, &request.uri, &request.headers)?;
    }
    Ok(Some(Arc::new(
        actor.acting_from(Client::of(request).origin()),
    )))
}
