//! Routes.

use super::Archives;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Path, check_type};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use parlor_protocol::archives::{Archive, ImportProgress, ImportReport};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Archives>>;

/// What the export of a room is sent as.
const EXPORT: &str = "application/jsonl";

pub(super) fn routes(archives: &Arc<Archives>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(ask, archive, drop_archive))
        .routes(routes!(download))
        .routes(routes!(bring_in, import_progress))
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

/// Which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InRoom {
    /// The room.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Id,
}

/// Appends what the export of a room tells to what is said in a room, for administrators of the server: what is here
/// already stays as it is, so that it can be sent again. People are known by their user names; those whom nobody knows get
/// placeholders. Nothing is changed where a line does not hold. At most 256 MiB; `parlor import-archive` takes more.
#[utoipa::path(post, path = "/rooms/{room_id}/import", tag = "history", params(InRoom),
    request_body(content = String, content_type = "application/jsonl",
    description = "What `GET /api/rooms/{room_id}/export` answers, of this server or of another."),
    responses((status = 200, body = ImportReport), Refusals))]
async fn bring_in(
    State(archives): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Reply<ImportReport>> {
    check_type(&headers, EXPORT)?;
    let imported = archives.import_into(&actor, place.room_id.0, body);
    Ok(Reply(imported.await?))
}

/// How far the export is that is being brought into a room, for administrators of the server.
#[utoipa::path(get, path = "/rooms/{room_id}/import", tag = "history", params(InRoom),
    responses((status = 200, body = ImportProgress), Refusals))]
async fn import_progress(
    State(archives): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
) -> Answer<Reply<ImportProgress>> {
    let progress = archives.import_progress(&actor, place.room_id.0);
    Ok(Reply(progress.await?))
}
