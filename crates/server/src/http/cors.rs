//! Pages of other origins (<https://fetch.spec.whatwg.org/#http-cors-protocol>): none, but for those that the settings
//! name. Those sign in by token; cookies are never theirs.

use crate::kernel::config::Config;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::request::Parts;
use http::{Method, StatusCode};

/// Whose pages may call.
pub(super) struct Cors(Vec<String>);

impl Cors {
    pub(super) fn of(config: &Config) -> Self {
        Self(config.allowed_origins.clone())
    }

    /// The request's origin, where it is one that may call.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let is_allowed = self
            .0
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes());
        is_allowed.then(|| origin.clone())
    }

    /// The answer to an allowed page that asks before it calls.
    pub(super) fn preflight(&self, parts: &Parts) -> Option<Response> {
        let asks = parts.method == Method::OPTIONS
            && parts.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !asks || self.origin(&parts.headers).is_none() {
            return None;
        }
        let headers = [
            (
                ACCESS_CONTROL_ALLOW_METHODS,
                "GET, HEAD, POST, PUT, PATCH, DELETE",
            ),
            (
                ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, x-csrf",
            ),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        Some((StatusCode::NO_CONTENT, headers).into_response())
    }

    /// Lets the page of an allowed origin read the answer.
    pub(super) fn allow(origin: HeaderValue, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(VARY, HeaderValue::from_static("origin"));
        let exposed = HeaderValue::from_static("x-request-id, retry-after");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
