//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::fields::{Fields, MISSING};
use parlor_protocol::accounts::{ChangePassword, Login};
use parlor_protocol::rooms::{ChangeRoom, CreateRoom};
use parlor_protocol::{Problem, RoomId};

/// The older system's own limits, in characters. They bind what comes this way, and nothing else.
const USER_NAME: usize = 48;
const PASSWORD: usize = 128;
const ROOM_NAME: usize = 64;
const ACCESS_KEY: usize = 64;
const MESSAGE: usize = 1_000;

pub(super) fn register(body: &[u8]) -> Result<NewPerson, Problem> {
    let mut fields = Fields::read(body)?;
    let person = NewPerson {
        username: fields.short_text("user_name", USER_NAME),
        email: None,
        password: fields.short_text("password", PASSWORD),
        nickname: None,
        policy_accepted: false,
    };
    fields.done().map(|()| person)
}

pub(super) fn login(body: &[u8]) -> Result<Login, Problem> {
    let mut fields = Fields::read(body)?;
    let login = Login {
        username: fields.text("user_name"),
        password: fields.text("password"),
        remember: false,
    };
    fields.done().map(|()| login)
}

pub(super) fn change_password(body: &[u8]) -> Result<ChangePassword, Problem> {
    let mut fields = Fields::read(body)?;
    let change = ChangePassword {
        old_password: fields.text("old_password"),
        new_password: fields.short_text("new_password", PASSWORD),
    };
    fields.done().map(|()| change)
}

/// A body that names a room and nothing else.
pub(super) fn room(body: &[u8]) -> Result<RoomId, Problem> {
    let mut fields = Fields::read(body)?;
    let room = fields.id("room_id");
    fields.done().map(|()| room)
}

pub(super) fn access_key(body: &[u8]) -> Result<String, Problem> {
    let mut fields = Fields::read(body)?;
    let key = fields.short_text("access_key", ACCESS_KEY);
    fields.done().map(|()| key)
}

/// A public room has no key, whatever is sent as one.
pub(super) fn create(body: &[u8]) -> Result<CreateRoom, Problem> {
    let mut fields = Fields::read(body)?;
    let is_private = fields.optional_flag("is_private").unwrap_or_default();
    let draft = CreateRoom {
        name: fields.short_text("room_name", ROOM_NAME),
        description: String::new(),
        is_private,
        access_key: is_private.then(|| fields.short_text("access_key", ACCESS_KEY)),
        max_members: None,
        community_id: None,
    };
    fields.done().map(|()| draft)
}

/// What is empty stays as it is.
pub(super) fn edit(body: &[u8]) -> Result<(RoomId, ChangeRoom), Problem> {
    let mut fields = Fields::read(body)?;
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
    fields.done().map(|()| (room, change))
}

/// A room that goes private needs a key of its owner's choice.
pub(super) fn check_key_is_given(change: &ChangeRoom, was_private: bool) -> Result<(), Problem> {
    let mut fields = Fields::default();
    if change.is_private == Some(true) && !was_private && change.access_key.is_none() {
        fields.fault("new_access_key", MISSING);
    }
    fields.done()
}

pub(super) fn kick(body: &[u8]) -> Result<(RoomId, String), Problem> {
    let mut fields = Fields::read(body)?;
    let (room, name) = (fields.id("room_id"), fields.text("user_to_kick"));
    fields.done().map(|()| (room, name))
}

/// `join` and `leave`.
pub(super) struct Door {
    pub(super) user_name: String,
    pub(super) room: RoomId,
}

pub(super) fn door(payload: &[u8]) -> Result<Door, Problem> {
    let mut fields = Fields::read(payload)?;
    let door = Door {
        user_name: fields.text("user_name"),
        room: fields.id("room_id"),
    };
    fields.done().map(|()| door)
}

/// `message`.
pub(super) fn said(payload: &[u8]) -> Result<(Door, String), Problem> {
    let mut fields = Fields::read(payload)?;
    let door = Door {
        user_name: fields.text("user_name"),
        room: fields.id("room_id"),
    };
    let message = fields.short_text("message", MESSAGE);
    fields.done().map(|()| (door, message))
}

/// `watchdog`.
pub(super) fn watchdog(payload: &[u8]) -> Result<String, Problem> {
    let mut fields = Fields::read(payload)?;
    let name = fields.text("user_name");
    fields.done().map(|()| name)
}
