//! Routes.

use super::Announcements;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::page::Paging;
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::announcements::{
    Announcement, AnnouncementRecord, Announcements as Open, MakeAnnouncement,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Announcements>>;

pub(super) fn routes(announcements: Arc<Announcements>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(open, announce))
        .routes(routes!(dismiss))
        .routes(routes!(all, make))
        .routes(routes!(withdraw))
        .with_state(announcements)
}

/// What is done on the command line.
pub(super) fn console_routes(announcements: Arc<Announcements>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(all, make))
        .routes(routes!(withdraw))
        .with_state(announcements)
}

/// What is announced.
///
/// What holds and one has not dismissed. What is announced later is told by the event `announcement`.
#[utoipa::path(get, path = "/announcements", tag = "announcements",
    responses((status = 200, description = "The newest first", body = Open), Refusals))]
async fn open(State(here): Here, SignedIn(actor): SignedIn) -> Answer<Reply<Open>> {
    Ok(Reply(here.open(&actor).await?))
}

/// Announce something to everybody.
///
/// For administrators. Everybody who is here is told at once, and whoever comes later finds it, until they dismiss it.
#[utoipa::path(post, path = "/announcements", tag = "announcements", request_body = MakeAnnouncement,
    responses((status = 201, description = "Announced", body = Announcement), Refusals))]
async fn announce(
    here: Here,
    actor: SignedIn,
    draft: Json<MakeAnnouncement>,
) -> Answer<(StatusCode, Reply<Announcement>)> {
    make(here, actor, draft).await
}

/// Dismiss an announcement.
///
/// It is shown no more on any of one's devices.
#[utoipa::path(put, path = "/announcements/{id}/dismissal", tag = "announcements",
    params(("id" = i64, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Dismissed"), Refusals))]
async fn dismiss(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    here.dismiss(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All announcements that there have been.
#[utoipa::path(get, path = "/admin/announcements", tag = "administration", params(Paging),
    operation_id = "announcements",
    responses((status = 200, description = "The newest first", body = Page<AnnouncementRecord>), Refusals))]
async fn all(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Query(paging): Query<Paging>,
) -> Answer<Reply<Page<AnnouncementRecord>>> {
    let page = here.all(&actor, paging.limit, paging.cursor.as_deref());
    Ok(Reply(page.await?))
}

/// Announce something to everybody, from the administrators' desk.
///
/// The same as `POST announcements`.
#[utoipa::path(post, path = "/admin/announcements", tag = "administration", request_body = MakeAnnouncement,
    operation_id = "announce",
    responses((status = 201, description = "Announced", body = Announcement), Refusals))]
async fn make(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Json(draft): Json<MakeAnnouncement>,
) -> Answer<(StatusCode, Reply<Announcement>)> {
    let made = here.make(&actor, draft).await?;
    Ok((StatusCode::CREATED, Reply(made)))
}

/// Withdraw an announcement.
///
/// It is shown to nobody any more, and those who are here are told so.
#[utoipa::path(delete, path = "/admin/announcements/{id}", tag = "administration",
    params(("id" = i64, Path, minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 204, description = "Withdrawn"), Refusals))]
async fn withdraw(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Path(Id(id)): Path<Id>,
) -> Answer<StatusCode> {
    here.withdraw(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
