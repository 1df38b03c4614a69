//! What clients are told.

use crate::dialects::event;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::Message;
use parlor_protocol::rooms::Room;
use parlor_protocol::{MessageId, RoomId, Timestamp};
use parlor_transport::Encoded;
use serde::Serialize;
use serde_json::json;

/// The namespace it shares with the native interface.
const NAMESPACE: &str = "/";

/// What was done, or what went wrong.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    pub(super) message: &'a str,
}

/// A room with its key, which is for its owner alone.
#[derive(Serialize)]
pub(super) struct RoomView {
    room_id: RoomId,
    room_name: String,
    room_owner: String,
    create_date: Timestamp,
    is_private: bool,
    access_key: Option<String>,
}

impl RoomView {
    pub(super) fn of(room: Room, room_owner: String) -> Self {
        Self {
            room_id: room.card.id,
            room_name: room.card.name,
            room_owner,
            create_date: room.card.created_at,
            is_private: room.card.is_private,
            access_key: room.access_key,
        }
    }
}

/// A room as one of somebody's.
#[derive(Serialize)]
pub(super) struct OwnRoom<'a> {
    pub(super) user_name: &'a str,
    pub(super) room_id: RoomId,
    pub(super) room_name: String,
    pub(super) room_owner: String,
    pub(super) is_private: bool,
}

/// Somebody in a room: a line of its list, and the payload of the events about people.
#[derive(Serialize)]
pub(super) struct InRoom<'a> {
    pub(super) user_name: &'a str,
    pub(super) room_id: RoomId,
}

/// A message, in the history and as it is said.
#[derive(Serialize)]
pub(super) struct MessageView<'a> {
    message_id: MessageId,
    room_id: RoomId,
    user_name: &'a str,
    message: &'a str,
    create_date: Timestamp,
}

impl<'a> MessageView<'a> {
    pub(super) fn of(message: &'a Message) -> Self {
        Self {
            message_id: message.id,
            room_id: message.room_id,
            user_name: &message.user.username,
            message: &message.content,
            create_date: message.timestamp,
        }
    }
}

/// What happened in a room, as the events that tell of it.
pub(super) fn room_event(event: &ServerEvent) -> Vec<Encoded> {
    let packets = match event {
        ServerEvent::NewMessage(said) => {
            let message = MessageView::of(&said.message);
            // The older system's document gives it both names.
            [packet("new", &message), packet("new_message", &message)]
        }
        ServerEvent::UserJoined(joined) => [
            user_joined(&joined.user.username, joined.room_id),
            members_changed(joined.room_id),
        ],
        ServerEvent::UserLeft(left) => [
            user_left(&left.user.username, left.room_id),
            members_changed(left.room_id),
        ],
        _ => [None, None],
    };
    packets.into_iter().flatten().collect()
}

pub(super) fn user_joined(user_name: &str, room_id: RoomId) -> Option<Encoded> {
    packet("user_joined", &InRoom { user_name, room_id })
}

pub(super) fn user_left(user_name: &str, room_id: RoomId) -> Option<Encoded> {
    packet("user_left", &InRoom { user_name, room_id })
}

/// Somebody came or went.
pub(super) fn status(user_name: &str, room_id: RoomId, is_online: bool) -> Option<Encoded> {
    let name = if is_online {
        "user_online"
    } else {
        "user_offline"
    };
    packet(name, &InRoom { user_name, room_id })
}

fn members_changed(room_id: RoomId) -> Option<Encoded> {
    packet("user_list_updated", &json!({ "room_id": room_id }))
}

/// The list of public rooms, or of one's own, is to be read again.
pub(super) fn rooms_changed() -> Option<Encoded> {
    packet("room_list_updated", &json!({}))
}

pub(super) fn error(message: &str) -> Option<Encoded> {
    packet("error", &Said { message })
}

fn packet(name: &str, payload: &impl Serialize) -> Option<Encoded> {
    event(NAMESPACE, name, payload)
}
