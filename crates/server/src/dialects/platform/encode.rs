//! What clients are told.

use crate::dialects::event;
use crate::kernel::actor::Actor;
use parlor_protocol::events::{NewMessage, UserStatusUpdate};
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Timestamp, UserId};
use parlor_transport::Encoded;
use serde::Serialize;

/// The namespace it shares with the native interface.
const NAMESPACE: &str = "/";

/// `chat`: somebody said something to one, or in a group.
#[derive(Serialize)]
struct Chat<'a> {
    id: MessageId,
    from: UserId,
    username: &'a str,
    group_id: RoomId,
    content: &'a str,
    #[serde(rename = "type")]
    kind: MessageType,
    timestamp: Timestamp,
}

/// `user_status`: somebody came or went; also its answer.
#[derive(Serialize)]
pub(super) struct Presence {
    user_id: UserId,
    username: String,
    status: &'static str,
}

impl Presence {
    /// What a connected person is answered.
    pub(super) fn of(actor: &Actor) -> Self {
        Self {
            user_id: actor.user_id,
            username: actor.username.clone(),
            status: "online",
        }
    }
}

pub(super) fn chat(said: &NewMessage) -> Option<Encoded> {
    let message = &said.message;
    let chat = Chat {
        id: message.id,
        from: message.user_id,
        username: &message.user.username,
        group_id: message.room_id,
        content: &message.content,
        kind: message.message_type,
        timestamp: message.timestamp,
    };
    event(NAMESPACE, "chat", &chat)
}

pub(super) fn status(update: &UserStatusUpdate) -> Option<Encoded> {
    let status = Presence {
        user_id: update.user.id,
        username: update.user.username.clone(),
        status: if update.is_online {
            "online"
        } else {
            "offline"
        },
    };
    event(NAMESPACE, "user_status", &status)
}
