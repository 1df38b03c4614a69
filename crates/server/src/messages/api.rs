//! Routes and socket events.

use super::history::Window;
use super::{Messages, MessagesError};
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Json, Path, Query};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use crate::kernel::socket::{Caller, EventTable};
use axum::Json as Reply;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use parlor_protocol::events::{
    ChangedMessage, DeleteMessageEvent, EditMessageEvent, ReadEvent, SendMessage,
};
use parlor_protocol::messages::{
    Draft, EditMessage, History, MarkRead, Message, Posted, ReadState, Receipt,
};
use parlor_protocol::{Page, Seq};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Messages>>;

pub(super) fn routes(messages: &Arc<Messages>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(history, send))
        .routes(routes!(message, edit, delete))
        .routes(routes!(restore))
        .routes(routes!(react, unreact))
        .routes(routes!(pin, unpin))
        .routes(routes!(pins))
        .routes(routes!(mark_read))
        .routes(routes!(receipts))
        .routes(routes!(export))
        .with_state(messages.clone())
}

pub(super) fn events(messages: &Arc<Messages>, table: &mut EventTable) {
    let here = messages.clone();
    table.on("send_message", move |caller: Caller, event: SendMessage| {
        let (room, draft) = event.into_parts();
        here.send(&caller.actor, room, draft)
    });
    let here = messages.clone();
    table.on("edit_message", move |caller, event: EditMessageEvent| {
        let here = here.clone();
        async move {
            let EditMessageEvent {
                message_id,
                content,
            } = event;
            let change = EditMessage { content };
            changed(here.edit(&caller.actor, message_id, change).await)
        }
    });
    let here = messages.clone();
    table.on(
        "delete_message",
        move |caller, event: DeleteMessageEvent| {
            let here = here.clone();
            async move { changed(here.delete(&caller.actor, event.message_id).await) }
        },
    );
    let here = messages.clone();
    table.on("read", move |caller, event: ReadEvent| {
        let here = here.clone();
        async move {
            here.mark_read(&caller.actor, event.room_id, event.seq)
                .await
        }
    });
}

fn changed(result: Result<Message, MessagesError>) -> Result<ChangedMessage, MessagesError> {
    result.map(|message| ChangedMessage { message })
}

/// Which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InRoom {
    /// The room.
    #[param(value_type = i64, minimum = 1)]
    room_id: Id,
}

/// Which message.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Which {
    /// The message.
    #[param(value_type = i64, minimum = 1)]
    message_id: Id,
}

/// Which emoji under which message.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Under {
    /// The message.
    #[param(value_type = i64, minimum = 1)]
    message_id: Id,
    /// One emoji, percent-encoded.
    #[param(max_length = 32, example = "👍")]
    emoji: String,
}

/// Which page of a history: at most one of `before`, `after`, `around` and `cursor`.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// The newest messages before this place of the room's log.
    #[param(minimum = 0)]
    before: Option<Seq>,
    /// The oldest messages after this place.
    #[param(minimum = 0)]
    after: Option<Seq>,
    /// The messages on both sides of this place.
    #[param(minimum = 0)]
    around: Option<Seq>,
}

/// What was said in a room, oldest first; without a place the newest. Deleted messages are there without content.
#[utoipa::path(get, path = "/rooms/{room_id}/messages", tag = "messages",
    params(InRoom, HistoryQuery, Paging), responses((status = 200, body = History), Refusals))]
async fn history(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    Listing(query, paging): Listing<HistoryQuery>,
) -> Answer<Reply<History>> {
    let window = Window {
        before: query.before,
        after: query.after,
        around: query.around,
        cursor: paging.cursor,
        limit: paging.limit,
    };
    let history = messages.history(&actor, place.room_id.0, window).await?;
    Ok(Reply(history))
}

/// Says something. With a `client_id` it can be sent again safely, for ever: the first message is answered, with 200.
#[utoipa::path(post, path = "/rooms/{room_id}/messages", tag = "messages", params(InRoom),
    request_body = Draft, responses((status = 201, body = Posted),
    (status = 200, body = Posted, description = "It had been sent before; nothing was stored now."), Refusals))]
async fn send(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    Json(draft): Json<Draft>,
) -> Answer<(StatusCode, Reply<Posted>)> {
    let posted = messages.send(&actor, place.room_id.0, draft).await?;
    let status = if posted.duplicate {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Reply(posted)))
}

/// One message.
#[utoipa::path(get, path = "/messages/{message_id}", tag = "messages", params(Which),
    responses((status = 200, body = Message), Refusals))]
async fn message(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Message>> {
    Ok(Reply(messages.message(&actor, which.message_id.0).await?))
}

/// Changes one's own message.
#[utoipa::path(put, path = "/messages/{message_id}", tag = "messages", params(Which),
    request_body = EditMessage, responses((status = 200, body = Message), Refusals))]
async fn edit(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Json(change): Json<EditMessage>,
) -> Answer<Reply<Message>> {
    let message = messages.edit(&actor, which.message_id.0, change).await?;
    Ok(Reply(message))
}

/// Deletes one's own message, or another's where one moderates, and answers what remains of it.
#[utoipa::path(delete, path = "/messages/{message_id}", tag = "messages", params(Which),
    responses((status = 200, body = Message), Refusals))]
async fn delete(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Message>> {
    Ok(Reply(messages.delete(&actor, which.message_id.0).await?))
}

/// Brings back a message of one's own that one has deleted oneself not long ago: in the last day, unless the server is set
/// otherwise.
#[utoipa::path(post, path = "/messages/{message_id}/restore", tag = "messages", params(Which),
    responses((status = 200, body = Message), Refusals))]
async fn restore(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Message>> {
    Ok(Reply(messages.restore(&actor, which.message_id.0).await?))
}

/// Puts an emoji under a message. A message takes 50 different ones.
#[utoipa::path(put, path = "/messages/{message_id}/reactions/{emoji}", tag = "messages",
    params(Under), responses((status = 200, body = Message), Refusals))]
async fn react(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(under): Path<Under>,
) -> Answer<Reply<Message>> {
    let (id, emoji) = (under.message_id.0, under.emoji);
    Ok(Reply(messages.react(&actor, id, emoji, true).await?))
}

/// Takes one's emoji away.
#[utoipa::path(delete, path = "/messages/{message_id}/reactions/{emoji}", tag = "messages",
    params(Under), responses((status = 200, body = Message), Refusals))]
async fn unreact(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(under): Path<Under>,
) -> Answer<Reply<Message>> {
    let (id, emoji) = (under.message_id.0, under.emoji);
    Ok(Reply(messages.react(&actor, id, emoji, false).await?))
}

/// Pins a message: for moderators, and both people of a direct chat.
#[utoipa::path(put, path = "/messages/{message_id}/pin", tag = "messages", params(Which),
    responses((status = 200, body = Message), Refusals))]
async fn pin(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Message>> {
    Ok(Reply(messages.pin(&actor, which.message_id.0, true).await?))
}

/// Lets a pinned message go.
#[utoipa::path(delete, path = "/messages/{message_id}/pin", tag = "messages", params(Which),
    responses((status = 200, body = Message), Refusals))]
async fn unpin(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
) -> Answer<Reply<Message>> {
    Ok(Reply(
        messages.pin(&actor, which.message_id.0, false).await?,
    ))
}

/// The pinned messages of a room, the newest pin first.
#[utoipa::path(get, path = "/rooms/{room_id}/pins", tag = "messages", params(InRoom, Paging),
    responses((status = 200, body = Page<Message>), Refusals))]
async fn pins(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Message>>> {
    let (room, cursor) = (place.room_id.0, query.cursor.as_deref());
    Ok(Reply(
        messages.pins(&actor, room, query.limit, cursor).await?,
    ))
}

/// Says how far one has read. Lower than before changes nothing.
#[utoipa::path(put, path = "/rooms/{room_id}/read", tag = "messages", params(InRoom),
    request_body = MarkRead, responses((status = 200, body = ReadState), Refusals))]
async fn mark_read(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
    Json(mark): Json<MarkRead>,
) -> Answer<Reply<ReadState>> {
    let state = messages
        .mark_read(&actor, place.room_id.0, mark.seq)
        .await?;
    Ok(Reply(state))
}

/// Who has read a message, its author aside.
#[utoipa::path(get, path = "/messages/{message_id}/receipts", tag = "messages",
    params(Which, Paging), responses((status = 200, body = Page<Receipt>), Refusals))]
async fn receipts(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(which): Path<Which>,
    Query(query): Query<Paging>,
) -> Answer<Reply<Page<Receipt>>> {
    let (id, cursor) = (which.message_id.0, query.cursor.as_deref());
    Ok(Reply(
        messages.receipts(&actor, id, query.limit, cursor).await?,
    ))
}

/// The whole history of a room, a message a line, oldest first: for its owner, and both people of a direct chat.
#[utoipa::path(get, path = "/rooms/{room_id}/export", tag = "history", params(InRoom),
    responses((status = 200, body = String, content_type = "application/jsonl",
    description = "JSON Lines, a message each."), Refusals))]
async fn export(
    State(messages): Here,
    SignedIn(actor): SignedIn,
    Path(place): Path<InRoom>,
) -> Answer<Response> {
    let room = place.room_id.0;
    let body = messages.export(&actor, room).await?;
    let name = format!("attachment; filename=\"room-{room}.jsonl\"");
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}
