//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::fields::Fields;

/// `POST /auth/register`: whoever has no address leaves it out.
pub(super) fn register(fields: &mut Fields) -> NewPerson {
    NewPerson {
        username: fields.text("username"),
        email: fields.optional_text("email").filter(|it| !it.is_empty()),
        password: fields.text("password"),
        ..NewPerson::default()
    }
}

/// An event: a room by its id or its name, and one's own name.
pub(super) struct Door {
    pub(super) room: String,
    pub(super) username: Option<String>,
}

/// `join_room` and `leave_room`.
pub(super) fn door(fields: &mut Fields) -> Door {
    Door {
        room: match fields.number_or_text("room") {
            Some(room) if !room.is_empty() => room,
            _ => fields.text("room"),
        },
        username: fields.optional_text("username"),
    }
}

/// `chat_message`: where, and what.
pub(super) fn said(fields: &mut Fields) -> (Door, String) {
    (door(fields), fields.text("message"))
}
