//! What clients are told: events and refusals.

use super::{Must, NAMESPACE};
use crate::dialects::refused::Tongue;
use crate::dialects::{self, sentence};
use parlor_protocol::events::ServerEvent;
use parlor_protocol::{Code, Problem};
use parlor_transport::Encoded;
use serde_json::{Value, json};

/// What happened in a room, if clients hear of that.
pub(super) fn events(event: &ServerEvent) -> Vec<Encoded> {
    let packet = match event {
        ServerEvent::NewMessage(said) => text("receive_message", &said.message.content),
        ServerEvent::UserJoined(joined) => joined_room(&joined.user.username),
        ServerEvent::UserLeft(left) => left_room(&left.user.username),
        _ => None,
    };
    packet.into_iter().collect()
}

/// Somebody comes.
pub(super) fn joined_room(username: &str) -> Option<Encoded> {
    let message = format!("{username} has joined the room.");
    text("room_announcement", &message)
}

/// Somebody goes.
pub(super) fn left_room(username: &str) -> Option<Encoded> {
    let message = format!("{username} has left the room.");
    text("room_announcement", &message)
}

/// A refused event.
pub(super) fn error(problem: &Problem) -> Option<Encoded> {
    text("error", &explain(problem))
}

fn text(name: &str, message: &str) -> Option<Encoded> {
    dialects::event(NAMESPACE, name, &json!({ "message": message }))
}

impl Tongue for Must {
    /// `{"msg"}` where the token is at fault, as its extension for tokens had it.
    fn refuse(problem: &Problem) -> (u16, Value) {
        match problem.code {
            Code::BadCredentials | Code::AccountInactive => {
                (401, json!({ "msg": "Bad username or password" }))
            }
            Code::Unauthorized => (problem.status, json!({ "msg": explain(problem) })),
            _ => (problem.status, json!({ "message": explain(problem) })),
        }
    }
}

fn explain(problem: &Problem) -> String {
    match problem.code {
        Code::NameTaken => "Username already exists".to_owned(),
        Code::Unauthorized if problem.detail.is_none() => "Missing Authorization Header".to_owned(),
        _ => sentence(problem, &[("content", "message")]),
    }
}
