//! Routes.

use super::Notifications;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::page::Paging;
use crate::kernel::problem::{Answer, Refusals};
use axum::Json as Reply;
use axum::extract::State;
use http::StatusCode;
use parlor_protocol::Page;
use parlor_protocol::notifications::{
    MakeReminder, Notifications as View, Preferences, PreferencesChange, ReadNotifications,
    Reminder,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Notifications>>;

pub(super) fn routes(notifications: Arc<Notifications>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(preferences, prefer))
        .routes(routes!(reminders, remind))
        .routes(routes!(withdraw))
        .with_state(notifications)
}

/// Which reminder.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The reminder.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    reminder_id: Id,
}

/// What one is told of.
///
/// The newest first; what one may not see any more is left out. What comes later is told by the event `notification`, what
/// is read on another device by `notifications_read`, and what is gone by `notifications_removed`. They are kept for 90
/// days.
#[utoipa::path(get, path = "/notifications", tag = "notifications", params(Paging),
    responses((status = 200, description = "The newest first", body = View), Refusals))]
async fn list(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Query(paging): Query<Paging>,
) -> Answer<Reply<View>> {
    let list = here.list(&actor, paging.limit, paging.cursor.as_deref());
    Ok(Reply(list.await?))
}

/// Mark notifications as read.
///
/// On all of one's devices. Those that are not one's own are passed over.
#[utoipa::path(post, path = "/notifications/read", tag = "notifications", request_body = ReadNotifications,
    responses((status = 204, description = "Read"), Refusals))]
async fn read(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Json(which): Json<ReadNotifications>,
) -> Answer<StatusCode> {
    here.mark_read(&actor, which).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one wants to be told of.
#[utoipa::path(get, path = "/notifications/preferences", tag = "notifications",
    responses((status = 200, body = Preferences), Refusals))]
async fn preferences(State(here): Here, SignedIn(actor): SignedIn) -> Answer<Reply<Preferences>> {
    Ok(Reply(here.preferences(&actor).await?))
}

/// Choose what one wants to be told of.
///
/// Absent fields stay. It holds for what happens from then on.
#[utoipa::path(put, path = "/notifications/preferences", tag = "notifications", request_body = PreferencesChange,
    responses((status = 200, body = Preferences), Refusals))]
async fn prefer(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Json(change): Json<PreferencesChange>,
) -> Answer<Reply<Preferences>> {
    Ok(Reply(here.prefer(&actor, change).await?))
}

/// What one wants to be reminded of.
#[utoipa::path(get, path = "/notifications/reminders", tag = "notifications", params(Paging),
    responses((status = 200, description = "In the order in which they were made", body = Page<Reminder>), Refusals))]
async fn reminders(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Query(paging): Query<Paging>,
) -> Answer<Reply<Page<Reminder>>> {
    let list = here.reminders(&actor, paging.limit, paging.cursor.as_deref());
    Ok(Reply(list.await?))
}

/// Be reminded of a message.
///
/// When its time has come one is told by a notification.
#[utoipa::path(post, path = "/notifications/reminders", tag = "notifications", request_body = MakeReminder,
    responses((status = 201, description = "Noted", body = Reminder), Refusals))]
async fn remind(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Json(draft): Json<MakeReminder>,
) -> Answer<(StatusCode, Reply<Reminder>)> {
    let made = here.make_reminder(&actor, draft).await?;
    Ok((StatusCode::CREATED, Reply(made)))
}

/// Withdraw a reminder.
#[utoipa::path(delete, path = "/notifications/reminders/{reminder_id}", tag = "notifications", params(Which),
    responses((status = 204, description = "Withdrawn"), Refusals))]
async fn withdraw(
    State(here): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<StatusCode> {
    here.withdraw_reminder(&actor, which.reminder_id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
