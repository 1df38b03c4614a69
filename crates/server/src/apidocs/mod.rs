//! The API's own description: OpenAPI for requests, AsyncAPI for socket events, and a page that shows the first.
//!
//! Both documents are made from the routes and the wire types as they are. `docs/` holds copies for readers; a test
//! says when these are out of date.

mod asyncapi;
mod openapi;
mod reader;

use crate::app::App;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// `GET /api/openapi.json`, `GET /api/asyncapi.json` and the reader at `/api/docs`.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/api/openapi.json", document(app, openapi))
        .route("/api/asyncapi.json", document(app, |_| asyncapi()))
        .merge(reader::router())
}

/// The OpenAPI document.
#[must_use]
pub fn openapi(app: &App) -> String {
    text(&openapi::describe(app.routes()))
}

/// The AsyncAPI document.
#[must_use]
pub fn asyncapi() -> String {
    text(&asyncapi::describe())
}

fn text(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Serves a document, which is made when somebody first asks for it: most servers are never asked.
fn document(app: &Arc<App>, make: fn(&App) -> String) -> axum::routing::MethodRouter {
    let text = Arc::new(OnceLock::<Bytes>::new());
    get(move |State(app): State<Arc<App>>| async move {
        let bytes = text.get_or_init(|| make(&app).into()).clone();
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-cache"),
        ];
        (headers, bytes).into_response()
    })
    .with_state(app.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_the_server_is_described_with_its_payload() {
        let document: serde_json::Value = serde_json::from_str(&asyncapi()).unwrap();
        for (name, _, _) in parlor_protocol::events::ServerEvent::ALL {
            let payload = &document["components"]["messages"][name]["payload"]["$ref"];
            let schema = payload.as_str().unwrap().rsplit('/').next().unwrap();
            assert!(
                document["components"]["schemas"][schema].is_object(),
                "{name}"
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document: serde_json::Value = serde_json::from_str(&asyncapi()).unwrap();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            if let Some(reference) = value.get("$ref").and_then(|r| r.as_str()) {
                let place = document.pointer(reference.trim_start_matches('#'));
                assert!(place.is_some(), "{reference}");
            }
            match value {
                serde_json::Value::Object(fields) => open.extend(fields.values()),
                serde_json::Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
}
