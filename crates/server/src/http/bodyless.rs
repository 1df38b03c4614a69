//! Operations that take no body refuse one: whoever sends it believes that it says something.
//!
//! Which they are, the OpenAPI document knows, so that what is documented and what is taken cannot differ. `{}` and
//! `null` say nothing and are let pass: many clients send one or the other with every request. The paths of older
//! systems are not asked, for those ignore what they do not know.

use crate::kernel::body::read;
use crate::kernel::problem::Failure;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::Method;
use parlor_protocol::{Code, Problem};
use std::collections::HashSet;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

/// Operations that take a body, by method and path.
type Taking = HashSet<(Method, String)>;

/// Over native routes, `document` saying of each what it takes, before they are nested under `/api`.
pub(super) fn layer(native: Router, document: &OpenApi) -> Router {
    let paths = document.paths.paths.iter();
    let taking = paths.flat_map(|(path, item)| {
        let methods = methods(item).into_iter();
        methods.map(move |method| (method, format!("/api{path}")))
    });
    let taking: Arc<Taking> = Arc::new(taking.collect());
    native.layer(from_fn_with_state(taking, refuse))
}

/// The methods of a path that take a body.
fn methods(item: &PathItem) -> Vec<Method> {
    let takes = |operation: &Option<Operation>| {
        let operation = operation.as_ref();
        operation.is_some_and(|operation| operation.request_body.is_some())
    };
    let operations = [
        (Method::GET, &item.get),
        (Method::HEAD, &item.head),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let taking = operations.into_iter().filter(|(_, it)| takes(it));
    taking.map(|(method, _)| method).collect()
}

async fn refuse(State(taking): State<Arc<Taking>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let path = request.extensions().get::<MatchedPath>();
    let operation = path.map(|path| (request.method().clone(), path.as_str().to_owned()));
    if operation.is_some_and(|operation| taking.contains(&operation)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts.clone(), Body::empty());
    let whole = Request::from_parts(parts, body);
    match read(whole, &()).await {
        Ok(bytes) if says_nothing(&bytes) => next.run(head).await,
        Ok(_) => {
            let problem = Problem::new(Code::UnexpectedBody);
            Failure(problem).into_response()
        }
        Err(problem) => Failure(problem).into_response(),
    }
}

/// Nothing, an object without fields, or `null`.
fn says_nothing(body: &[u8]) -> bool {
    let seen: Vec<u8> = body
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .copied()
        .take(5)
        .collect();
    matches!(seen.as_slice(), b"" | b"{}" | b"null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_something_is_a_body() {
        for nothing in ["", " \r\n", "{}", " { } ", "null\n"] {
            assert!(says_nothing(nothing.as_bytes()), "{nothing:?}");
        }
        for something in ["{\"a\":1}", "{}{}", "{}x", "nullx", "[]", "0", "\0"] {
            assert!(!says_nothing(something.as_bytes()), "{something:?}");
        }
    }
}
