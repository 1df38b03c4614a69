//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::fields::Fields;
use parlor_protocol::Problem;
use parlor_protocol::accounts::Login;

/// `POST /auth/register`: whoever has no address leaves it out.
pub(super) fn register(body: &[u8]) -> Result<NewPerson, Problem> {
    let mut fields = Fields::read(body)?;
    let person = NewPerson {
        username: fields.text("username"),
        email: fields.optional_text("email").filter(|it| !it.is_empty()),
        password: fields.text("password"),
        nickname: None,
        policy_accepted: false,
    };
    fields.done().map(|()| person)
}

/// `POST /auth/login`.
pub(super) fn login(body: &[u8]) -> Result<Login, Problem> {
    let mut fields = Fields::read(body)?;
    let login = Login {
        username: fields.text("username"),
        password: fields.text("password"),
        remember: false,
    };
    fields.done().map(|()| login)
}

/// `join_room` and `leave_room`: a room by its id or its name, and one's own name.
pub(super) struct Door {
    pub(super) room: String,
    pub(super) username: Option<String>,
}

pub(super) fn door(payload: &[u8]) -> Result<Door, Problem> {
    let mut fields = Fields::read(payload)?;
    let door = Door {
        room: room(&mut fields),
        username: fields.optional_text("username"),
    };
    fields.done().map(|()| door)
}

/// `chat_message`.
pub(super) struct Said {
    pub(super) room: String,
    pub(super) username: Option<String>,
    pub(super) message: String,
}

pub(super) fn said(payload: &[u8]) -> Result<Said, Problem> {
    let mut fields = Fields::read(payload)?;
    let said = Said {
        room: room(&mut fields),
        username: fields.optional_text("username"),
        message: fields.text("message"),
    };
    fields.done().map(|()| said)
}

fn room(fields: &mut Fields) -> String {
    match fields.number_or_text("room") {
        Some(room) if !room.is_empty() => room,
        _ => fields.text("room"),
    }
}
