//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::fields::{Fields, MISSING};
use crate::dialects::floor::Step;
use parlor_protocol::rooms::{ChangeRoom, CreateRoom};
use parlor_protocol::{Code, Problem, RoomId};

/// The older system's own limits, in characters. They bind what comes this way, and nothing else.
const USER_NAME: usize = 48;
pub(super) const PASSWORD: usize = 128;
const ROOM_NAME: usize = 64;
const ACCESS_KEY: usize = 64;
const MESSAGE: usize = 1_000;

pub(super) fn register(fields: &mut Fields) -> NewPerson {
    NewPerson {
        username: fields.short_text("user_name", USER_NAME),
        password: fields.short_text("password", PASSWORD),
        ..NewPerson::default()
    }
}

/// Which room.
pub(super) fn room(fields: &mut Fields) -> RoomId {
    fields.id("room_id")
}

pub(super) fn access_key(fields: &mut Fields) -> String {
    fields.short_text("access_key", ACCESS_KEY)
}

/// A public room has no key, whatever is sent as one.
pub(super) fn create(fields: &mut Fields) -> CreateRoom {
    let is_private = fields.optional_flag("is_private").unwrap_or_default();
    CreateRoom {
        name: fields.short_text("room_name", ROOM_NAME),
        is_private,
        access_key: is_private.then(|| access_key(fields)),
        ..CreateRoom::default()
    }
}

/// What is empty stays as it is.
pub(super) fn edit(fields: &mut Fields) -> (RoomId, ChangeRoom) {
    let room = fields.id("room_id");
    let mut given = |name: &str, most| {
        let text = fields.optional_text(name).unwrap_or_default();
        (!text.is_empty()).then(|| fields.short_text(name, most))
    };
    let name = given("new_name", ROOM_NAME);
    let key = given("new_access_key", ACCESS_KEY);
    let is_private = fields.optional_flag("is_private");
    let change = ChangeRoom {
        name,
        is_private,
        access_key: key.filter(|_| is_private != Some(false)),
        ..ChangeRoom::default()
    };
    (room, change)
}

/// A room that goes private needs a key of its owner's choice.
pub(super) fn check_key_is_given(change: &ChangeRoom, was_private: bool) -> Result<(), Problem> {
    if change.is_private == Some(true) && !was_private && change.access_key.is_none() {
        let problem = Problem::new(Code::InvalidField);
        return Err(problem.field("new_access_key", MISSING));
    }
    Ok(())
}

pub(super) fn kick(fields: &mut Fields) -> (RoomId, String) {
    (fields.id("room_id"), fields.text("user_to_kick"))
}

/// Who speaks, and what for.
type Asked = (String, Step);

fn name(fields: &mut Fields) -> String {
    fields.text("user_name")
}

pub(super) fn join(fields: &mut Fields) -> Asked {
    (name(fields), Step::Enter(room(fields)))
}

pub(super) fn leave(fields: &mut Fields) -> Asked {
    (name(fields), Step::Leave(room(fields)))
}

pub(super) fn message(fields: &mut Fields) -> Asked {
    let (name, room) = (name(fields), room(fields));
    (name, Step::Say(room, fields.short_text("message", MESSAGE)))
}

/// Whoever is connected counts as here.
pub(super) fn watchdog(fields: &mut Fields) -> Asked {
    (name(fields), Step::Stay)
}
