//! Routes.

use super::Archives;
use crate::kernel::actor::SignedIn;
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_protocol::archives::Archive;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Archives>>;

pub(super) fn routes(archives: &Arc<Archives>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(ask, archive, drop_archive))
        .routes(routes!(download))
        .with_state(archives.clone())
}

/// Asks for one's own archive: everything that is stored of oneself, as one ZIP file. It is written in the background; one
/// that was ready before is replaced.
#[utoipa::path(post, path = "/users/me/archive", tag = "account",
    responses((status = 202, body = Archive), Refusals))]
async fn ask(
    State(archives): Here,
    SignedIn(actor): SignedIn,
) -> Answer<(StatusCode, Reply<Archive>)> {
    Ok((StatusCode::ACCEPTED, Reply(archives.ask(&actor).await?)))
}

/// How far one's archive has come.
#[utoipa::path(get, path = "/users/me/archive", tag = "account",
    responses((status = 200, body = Archive), Refusals))]
async fn archive(State(archives): Here, SignedIn(actor): SignedIn) -> Answer<Reply<Archive>> {
    Ok(Reply(archives.archive(&actor).await?))
}

/// Lets one's archive go before it expires.
#[utoipa::path(delete, path = "/users/me/archive", tag = "account",
    responses((status = 204), Refusals))]
async fn drop_archive(State(archives): Here, SignedIn(actor): SignedIn) -> Answer<StatusCode> {
    archives.drop_archive(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's archive itself, for seven days after it was written.
#[utoipa::path(get, path = "/users/me/archive/download", tag = "account",
    responses((status = 200, description = "The archive", content_type = "application/zip", body = [u8]), Refusals))]
async fn download(State(archives): Here, SignedIn(actor): SignedIn) -> Answer<Response> {
    let download = archives.download(&actor).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, download.bytes.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", download.name),
        ),
    ];
    Ok((headers, download.body).into_response())
}
