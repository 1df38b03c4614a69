//! A page at `/api/docs` that shows the OpenAPI document. Everything it needs is in this program.

use crate::kernel::problem::Failure;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use parlor_protocol::Code;
use std::sync::Arc;
use utoipa_swagger_ui::Config;

/// As everywhere, but for the page's icons, which are written into its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

pub(super) fn router() -> Router {
    Router::new()
        // With the slash, so that what the page names beside itself is found.
        .route(
            "/api/docs",
            get(|| async { Redirect::permanent("/api/docs/") }),
        )
        .route("/api/docs/", get(|| async { file("index.html") }))
        .route(
            "/api/docs/{file}",
            get(|Path(name): Path<String>| async move { file(&name) }),
        )
}

fn file(name: &str) -> Response {
    // Otherwise the page would ask another server whether the document is valid.
    let config = Config::from("/api/openapi.json").validator_url("none");
    match utoipa_swagger_ui::serve(name, Arc::new(config)) {
        Ok(Some(file)) => {
            let headers = [
                (CONTENT_TYPE, file.content_type.as_str()),
                (CONTENT_SECURITY_POLICY, POLICY),
                (CACHE_CONTROL, "no-cache"),
            ];
            let packed = file.gzpipped.then_some([(CONTENT_ENCODING, "gzip")]);
            (headers, packed, file.bytes.into_owned()).into_response()
        }
        Ok(None) => Failure(Code::NotFound.into()).into_response(),
        Err(error) => {
            tracing::error!(%error, "the reader's page cannot be made");
            Failure(Code::Internal.into()).into_response()
        }
    }
}
