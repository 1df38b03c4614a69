//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::fields::{Fields, MISSING};
use crate::kernel::actor::Actor;
use parlor_protocol::accounts::{ChangePassword, Login, ProfileChange};
use parlor_protocol::messages::Draft;
use parlor_protocol::rooms::{ChangeRoom, CreateRoom, JoinRoom, Mute};
use parlor_protocol::{Code, Problem, Timestamp};

pub(super) fn register(body: &[u8]) -> Result<NewPerson, Problem> {
    let mut fields = Fields::read(body)?;
    let accepted = fields.optional_flag("privacy_policy_accepted");
    let person = NewPerson {
        username: fields.text("username"),
        email: Some(fields.text("email")),
        password: fields.text("password"),
        nickname: fields.optional_text("nickname"),
        policy_accepted: accepted.unwrap_or_default(),
    };
    fields.done().map(|()| person)
}

/// By `username`, which may be an address, or by `email`.
pub(super) fn login(body: &[u8]) -> Result<Login, Problem> {
    let mut fields = Fields::read(body)?;
    let name = if fields.has("username") || !fields.has("email") {
        "username"
    } else {
        "email"
    };
    let login = Login {
        username: fields.text(name),
        password: fields.text("password"),
        remember: false,
    };
    fields.done().map(|()| login)
}

/// Pictures come with files, which this server does not have yet.
pub(super) fn profile(body: &[u8]) -> Result<ProfileChange, Problem> {
    let mut fields = Fields::read(body)?;
    let avatar = fields.optional_text("avatar_url");
    let change = ProfileChange {
        nickname: fields.optional_text("nickname").map(Some),
        email: fields.optional_text("email").map(Some),
        ..ProfileChange::default()
    };
    fields.done()?;
    if avatar.is_some() {
        return Err(Problem::new(Code::NotImplemented).detail("Pictures cannot be chosen yet."));
    }
    Ok(change)
}

pub(super) fn password(body: &[u8]) -> Result<ChangePassword, Problem> {
    let mut fields = Fields::read(body)?;
    let change = ChangePassword {
        old_password: fields.text("old_password"),
        new_password: fields.text("new_password"),
    };
    fields.done().map(|()| change)
}

pub(super) fn create_room(body: &[u8]) -> Result<CreateRoom, Problem> {
    let mut fields = Fields::read(body)?;
    let draft = CreateRoom {
        name: fields.text("name"),
        description: fields.optional_text("description").unwrap_or_default(),
        is_private: fields.optional_flag("is_private").unwrap_or_default(),
        access_key: None,
        max_members: fields.optional_number("max_members"),
        community_id: None,
    };
    fields.done().map(|()| draft)
}

pub(super) fn change_room(body: &[u8]) -> Result<ChangeRoom, Problem> {
    let mut fields = Fields::read(body)?;
    let change = ChangeRoom {
        name: fields.optional_text("name"),
        description: fields.optional_text("description"),
        is_private: fields.optional_flag("is_private"),
        access_key: None,
        max_members: fields.optional_number("max_members").map(Some),
        ..ChangeRoom::default()
    };
    fields.done().map(|()| change)
}

/// The key of a private room, where one is to be joined.
pub(super) fn join(body: &[u8]) -> Result<JoinRoom, Problem> {
    let mut fields = Fields::read_optional(body)?;
    let with = JoinRoom {
        access_key: fields.optional_text("access_key"),
        ..JoinRoom::default()
    };
    fields.done().map(|()| with)
}

pub(super) fn mute(body: &[u8]) -> Result<Mute, Problem> {
    let mut fields = Fields::read_optional(body)?;
    let until = fields.optional_text("until");
    let until = until.map(|text| serde_json::from_value::<Timestamp>(text.into()));
    let until = until.transpose().unwrap_or_else(|_| {
        fields.fault("until", "a time such as 2026-11-21T08:30:00Z");
        None
    });
    fields.done().map(|()| Mute { until })
}

/// A frame of the WebSocket: its `id` is the sender's own for the message.
pub(super) fn frame(text: &str, actor: &Actor) -> Result<Draft, Problem> {
    let mut fields = Fields::read(text.as_bytes())?;
    let client_id = fields.number_or_text("id").filter(|id| !id.is_empty());
    let sender = fields.sub("user");
    let content = fields.text("text");
    let has_file = fields.has("image") || fields.has("file");
    fields.done()?;
    if let Some(id) = sender.and_then(|sender| sender.number_or_text("id"))
        && id != actor.user_id.to_string()
    {
        return Err(Problem::new(Code::Forbidden).detail("The user is not yourself."));
    }
    if has_file {
        return Err(Problem::new(Code::NotImplemented).detail("Files cannot be sent yet."));
    }
    Ok(Draft {
        content,
        client_id,
        ..Draft::default()
    })
}

/// The filter of `GET /rooms`.
pub(super) fn is_private(given: Option<&str>) -> Result<Option<bool>, Problem> {
    match given {
        None => Ok(None),
        Some("true" | "True" | "1") => Ok(Some(true)),
        Some("false" | "False" | "0") => Ok(Some(false)),
        Some(_) => {
            let problem = Problem::new(Code::InvalidParam);
            Err(problem.field("is_private", "true or false"))
        }
    }
}

/// What `FastAPI` calls what is wrong with a field.
pub(super) fn kind_of(message: &str) -> &'static str {
    if message == MISSING {
        "missing"
    } else {
        "value_error"
    }
}
