//! Whether the server serves: for load balancers and supervisors.

use crate::app::App;
use crate::kernel::db::Db;
use crate::kernel::problem::Answer;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};
use std::time::Duration;

/// A database that takes longer is as good as gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz` and `GET /readyz`.
pub(super) fn router(app: &App) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(app.kernel.db.clone())
}

/// 200 as long as the process answers.
async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// 200 only while the database answers.
async fn readyz(State(db): State<Db>) -> Answer<Json<Value>> {
    match tokio::time::timeout(PATIENCE, db.ping()).await {
        Ok(Ok(())) => Ok(Json(json!({ "status": "ready" }))),
        Ok(Err(error)) => Err(Problem::from(error).into()),
        Err(_) => Err(Code::StorageUnavailable.into()),
    }
}
