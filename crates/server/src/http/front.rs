//! What every request and answer passes.

use crate::kernel::config::Config;
use crate::kernel::problem::Failure;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use hyper::body::Incoming;
use parlor_protocol::{Code, Problem};
use std::net::SocketAddr;
use tower::ServiceExt;

/// The way in.
pub(super) struct Front {
    router: Router,
}

impl Front {
    pub(super) fn new(_config: &Config, router: Router) -> Self {
        Self { router }
    }

    /// Answers a request of the peer at this address.
    pub(super) async fn answer(
        &self,
        request: http::Request<Incoming>,
        peer: SocketAddr,
    ) -> Response {
        let mut request = request.map(Body::new);
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(peer));
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED
            && response.extensions().get::<Problem>().is_none()
        {
            return explained(&response, Code::MethodNotAllowed);
        }
        response
    }
}

/// The same answer, with the problem as its body.
fn explained(response: &Response, code: Code) -> Response {
    let mut problem = Failure(Problem::new(code)).into_response();
    for (name, value) in response.headers() {
        if !problem.headers().contains_key(name) && name != http::header::CONTENT_LENGTH {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

/// Answers where there is nothing.
pub(super) async fn not_found() -> Failure {
    Code::NotFound.into()
}

/// Tells the front which route answered, for its figures.
pub(super) async fn remember_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
