//! What every request and every answer passes.
//!
//! A request gets a number, and is refused before anything else looks at it where its head is not acceptable. An
//! answer gets that number, the headers that protect browsers, and where it is a problem, the number in its body.

use super::body::PatientBody;
use super::cors::Cors;
use super::head::{self, Hosts};
use super::protect;
use super::proxies::{self, Sender};
use crate::kernel::client::{ClientAddr, RequestId};
use crate::kernel::config::{Config, Network};
use crate::kernel::problem::Failure;
use crate::kernel::secrets::random_bytes;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::header::{ALLOW, CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, StatusCode};
use hyper::body::Incoming;
use parlor_protocol::{Code, Problem};
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tower::ServiceExt as _;
use tracing::Instrument as _;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    /// Its address: of the client, or of a proxy.
    pub(super) address: SocketAddr,
    /// Whether the connection is encrypted.
    pub(super) over_tls: bool,
}

/// How a request's body is marked off from what follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    /// It has two lengths.
    pub(super) is_ambiguous: bool,
}

/// The way in.
pub(super) struct Front {
    router: Router,
    hosts: Hosts,
    cors: Cors,
    proxies: Vec<Network>,
    requests: RequestIds,
}

impl Front {
    pub(super) fn new(config: &Config, router: Router) -> Self {
        Self {
            router,
            hosts: Hosts::of(config),
            cors: Cors::of(config),
            proxies: config.trusted_proxies.clone(),
            requests: RequestIds::new(),
        }
    }

    /// Answers a request.
    pub(super) async fn answer(
        &self,
        request: http::Request<Incoming>,
        framing: Framing,
        peer: Peer,
    ) -> Response {
        let started = Instant::now();
        let id = self.requests.next();
        let (parts, body) = request.into_parts();
        let sender = proxies::sender(&parts.headers, peer, &self.proxies);
        let (method, host) = (parts.method.clone(), head::host(&parts).map(str::to_owned));
        let origin = self.cors.origin(&parts.headers);

        let span = tracing::error_span!("request", id, %method);
        let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        let mut response = self
            .pass(parts, body, framing, sender, &id)
            .instrument(span.clone())
            .await;

        number(&mut response, &id);
        if is_chunked {
            // Where the next request would begin is no longer watched.
            close(&mut response);
        }
        protect::add_headers(response.headers_mut(), host.as_deref(), sender.over_tls);
        if let Some(origin) = origin {
            Cors::allow(origin, response.headers_mut());
        }
        let _entered = span.enter();
        observe(&method, &response, started);
        response
    }

    async fn pass(
        &self,
        parts: Parts,
        body: Incoming,
        framing: Framing,
        sender: Sender,
        id: &str,
    ) -> Response {
        if framing.is_ambiguous {
            let problem = Problem::new(Code::InvalidRequest);
            return refuse(problem.detail("Content-Length beside Transfer-Encoding"));
        }
        if let Err(problem) = head::check(&parts, &self.hosts) {
            return refuse(problem);
        }
        if let Some(answer) = self.cors.preflight(&parts) {
            return answer;
        }
        let mut request = Request::from_parts(parts, Body::new(PatientBody::new(body)));
        let extensions = request.extensions_mut();
        extensions.insert(ClientAddr(sender.address));
        extensions.insert(RequestId(id.into()));
        extensions.insert(parlor_transport::ClientAddr(sender.address));
        let answer = AssertUnwindSafe(self.router.clone().oneshot(request)).catch_unwind();
        match answer.await {
            Ok(Ok(response)) => explained(response),
            Ok(Err(never)) => match never {},
            // What it said is not logged: it may quote what somebody wrote. The hook has logged where it happened.
            Err(_panic) => Failure(Code::Internal.into()).into_response(),
        }
    }
}

/// Answers a request that nobody should look at, and ends its connection: what follows on it is not to be trusted.
fn refuse(problem: Problem) -> Response {
    let mut response = Failure(problem).into_response();
    close(&mut response);
    response
}

fn close(response: &mut Response) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
}

/// The router's own refusals, which have no body, as problems.
fn explained(response: Response) -> Response {
    let is_bare = response.extensions().get::<Problem>().is_none();
    if response.status() != StatusCode::METHOD_NOT_ALLOWED || !is_bare {
        return response;
    }
    let mut problem = Failure(Code::MethodNotAllowed.into()).into_response();
    let none = HeaderValue::from_static("");
    let allow = response.headers().get(ALLOW).unwrap_or(&none);
    problem.headers_mut().insert(ALLOW, allow.clone());
    problem
}

/// Writes the request's number into the answer: a header, and where it is a problem, its body too.
fn number(response: &mut Response, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else {
        return;
    };
    let ends = [Code::PayloadTooLarge, Code::RequestTimeout];
    if ends.contains(&problem.code) {
        close(response);
    }
    problem.request_id = Some(id.to_owned());
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = Body::from(body);
}

/// A method's name for a label. Any word is a method, and each would be a figure of its own for ever.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}

fn observe(method: &Method, response: &Response, started: Instant) {
    let status = response.status();
    let route = response.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str);
    let took = started.elapsed();
    let labels = [
        ("method", known(method).to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_str().to_owned()),
    ];
    metrics::counter!("parlor_http_requests_total", &labels).increment(1);
    metrics::histogram!("parlor_http_seconds").record(took.as_secs_f64());
    tracing::debug!(
        route,
        status = status.as_u16(),
        ms = took.as_millis(),
        "answered"
    );
}

/// Numbers requests: eight digits of the process, eight of the request.
struct RequestIds {
    process: u32,
    next: AtomicU32,
}

impl RequestIds {
    fn new() -> Self {
        // Without randomness the numbers are unique within this process still.
        let random = random_bytes().unwrap_or_default();
        Self {
            process: u32::from_be_bytes(random),
            next: AtomicU32::new(1),
        }
    }

    fn next(&self) -> String {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}{next:08x}", self.process)
    }
}

/// Answers where there is nothing. `TRACE` and `CONNECT` are taken nowhere.
pub(super) async fn not_found(method: Method) -> Response {
    if matches!(method, Method::TRACE | Method::CONNECT) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    Failure(Code::NotFound.into()).into_response()
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
