//! Paths of what is not offered to clients of this system yet: sign-in by others, and files. They say so.

use super::{Awesome, Refused};
use axum::Router;
use axum::routing::{get, post};
use parlor_protocol::{Code, Problem};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new()
        .route("/users/oauth/callback", get(oauth))
        .route("/users/oauth/{provider}", get(oauth))
        .route("/users/{user_id}/files", get(files))
        .route("/files/upload", post(files))
        .route("/files/{file_id}", get(files).delete(files))
        .route("/files/download/{file_id}", get(files))
}

fn later(what: &str) -> Refused {
    let problem = Problem::new(Code::NotImplemented);
    problem
        .detail(format!("Not offered here yet: {what}."))
        .into()
}

async fn oauth() -> Refused {
    later("sign-in by others")
}

async fn files() -> Refused {
    later("files")
}
