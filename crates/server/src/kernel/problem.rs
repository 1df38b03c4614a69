//! Problems as HTTP answers (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use parlor_protocol::{Code, Problem};
use std::collections::BTreeMap;
use utoipa::openapi::{self, RefOr};

/// A failed request. Every error of a capability becomes a [`Problem`], and every problem this answer.
#[derive(Debug)]
pub struct Failure(pub Problem);

impl<E: Into<Problem>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let retry = problem
            .retry_after_ms
            .or((problem.code == Code::StorageUnavailable).then_some(1000));
        if let Some(millis) = retry {
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(millis.div_ceil(1000)),
            );
        }
        // The layer that knows the request's id writes it into the body.
        response.extensions_mut().insert(problem);
        response
    }
}

/// What a request was refused for, among the extensions of an answer that tells it in another way than [`Failure`] does.
#[derive(Clone, Debug)]
pub struct ToldOtherwise(pub Problem);

/// What a handler answers.
pub type Answer<T> = Result<T, Failure>;

/// How any request can be refused, for the OpenAPI document: `responses((status = 200, body = T), Refusals)`.
pub struct Refusals;

impl utoipa::IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        const REFUSALS: [(&str, &str); 14] = [
            ("400", "The request is not as it should be."),
            ("401", "Nobody is signed in."),
            ("403", "Whoever is signed in may not."),
            ("404", "There is no such thing, or none that they may see."),
            ("405", "It cannot be asked in that way."),
            ("408", "The request did not come in time."),
            ("409", "It cannot be done in the present state."),
            ("413", "The body is too large."),
            ("415", "The body has to be JSON."),
            ("429", "Too many requests."),
            ("431", "The headers are too large."),
            ("500", "Something went wrong on the server."),
            ("502", "Another server did not answer, or not as it should."),
            (
                "503",
                "The server cannot store anything now, or is going down.",
            ),
        ];
        let problem = openapi::ContentBuilder::new()
            .schema(Some(openapi::Ref::from_schema_name("Problem")))
            .build();
        let response = |(status, text): &(&str, &str)| {
            let response = openapi::ResponseBuilder::new()
                .description(*text)
                .content("application/problem+json", problem.clone())
                .build();
            ((*status).to_owned(), response.into())
        };
        REFUSALS.iter().map(response).collect()
    }
}
