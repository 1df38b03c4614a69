//! What clients are told.

use super::NAMESPACE;
use crate::dialects;
use parlor_protocol::UserId;
use parlor_protocol::events::ServerEvent;
use parlor_transport::Encoded;
use serde::Serialize;

/// The payload of all its events, and of some of its answers.
#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub(super) message: &'a str,
}

/// `POST /auth/login`.
#[derive(Serialize)]
pub(super) struct Token {
    pub(super) access_token: String,
}

/// One of `GET /user/search/{username}`.
#[derive(Serialize)]
pub(super) struct Found {
    pub(super) id: UserId,
    pub(super) username: String,
}

/// What happened in a room, if clients hear of that.
pub(super) fn event(event: &ServerEvent) -> Option<Encoded> {
    match event {
        ServerEvent::NewMessage(said) => text("receive_message", &said.message.content),
        ServerEvent::UserJoined(joined) => joined_room(&joined.user.username),
        ServerEvent::UserLeft(left) => left_room(&left.user.username),
        _ => None,
    }
}

/// Somebody comes.
pub(super) fn joined_room(username: &str) -> Option<Encoded> {
    text(
        "room_announcement",
        &format!("{username} has joined the room."),
    )
}

/// Somebody goes.
pub(super) fn left_room(username: &str) -> Option<Encoded> {
    text(
        "room_announcement",
        &format!("{username} has left the room."),
    )
}

/// An event with a text.
pub(super) fn text(name: &str, message: &str) -> Option<Encoded> {
    dialects::event(NAMESPACE, name, &Text { message })
}
