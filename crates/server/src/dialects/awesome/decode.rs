//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::entry;
use crate::dialects::fields::{Fields, MISSING};
use parlor_protocol::accounts::{ChangePassword, Login, ProfileChange};
use parlor_protocol::communities::{CreateCommunity, JoinCommunity};
use parlor_protocol::rooms::{ChangeRoom, CreateRoom, JoinRoom, Mute, RoomRole};
use parlor_protocol::{Code, Problem, Timestamp};

pub(super) fn register(fields: &mut Fields) -> NewPerson {
    let accepted = fields.optional_flag("privacy_policy_accepted");
    NewPerson {
        username: fields.text("username"),
        email: Some(fields.text("email")),
        password: fields.text("password"),
        nickname: fields.optional_text("nickname"),
        policy_accepted: accepted.unwrap_or_default(),
    }
}

/// By `username`, which may be an address, or by `email`.
pub(super) fn login(fields: &mut Fields) -> Login {
    let by_email = fields.has("email") && !fields.has("username");
    entry::login(fields, if by_email { "email" } else { "username" })
}

/// What changes, and whether a picture was to be among it: those come with files, which are not here yet.
pub(super) fn profile(fields: &mut Fields) -> (ProfileChange, bool) {
    let avatar = fields.optional_text("avatar_url");
    let change = ProfileChange {
        nickname: fields.optional_text("nickname").map(Some),
        email: fields.optional_text("email").map(Some),
        ..ProfileChange::default()
    };
    (change, avatar.is_some())
}

pub(super) fn password(fields: &mut Fields) -> ChangePassword {
    ChangePassword {
        old_password: fields.text("old_password"),
        new_password: fields.text("new_password"),
    }
}

pub(super) fn create_room(fields: &mut Fields) -> CreateRoom {
    CreateRoom {
        name: fields.text("name"),
        description: fields.optional_text("description").unwrap_or_default(),
        is_private: fields.optional_flag("is_private").unwrap_or_default(),
        access_key: None,
        max_members: fields.optional_number("max_members"),
        community_id: None,
    }
}

pub(super) fn change_room(fields: &mut Fields) -> ChangeRoom {
    ChangeRoom {
        name: fields.optional_text("name"),
        description: fields.optional_text("description"),
        is_private: fields.optional_flag("is_private"),
        max_members: fields.optional_number("max_members").map(Some),
        ..ChangeRoom::default()
    }
}

/// The key of a private room, where one is to be joined.
pub(super) fn join_room(fields: &mut Fields) -> JoinRoom {
    JoinRoom {
        access_key: fields.optional_text("access_key"),
        ..JoinRoom::default()
    }
}

pub(super) fn mute(fields: &mut Fields) -> Mute {
    let until = fields.optional_text("until");
    let until = until.map(|text| serde_json::from_value::<Timestamp>(text.into()));
    let until = until.transpose().unwrap_or_else(|_| {
        fields.fault("until", "a time such as 2026-11-21T08:30:00Z");
        None
    });
    Mute { until }
}

/// Communities of the older system are open to everybody.
pub(super) fn found(fields: &mut Fields) -> CreateCommunity {
    CreateCommunity {
        name: fields.text("name"),
        description: fields.optional_text("description").unwrap_or_default(),
        rules: fields.optional_text("rules").unwrap_or_default(),
        is_private: false,
        max_members: fields.optional_number("max_members"),
    }
}

/// The older system shows the rules and asks no more: who joins has accepted them, unless they say otherwise.
pub(super) fn join_community(fields: &mut Fields) -> JoinCommunity {
    JoinCommunity {
        accept_rules: fields.optional_flag("accept_rules").unwrap_or(true),
        invitation: fields.optional_text("invitation"),
    }
}

/// One of the two roles that its table of members has.
pub(super) fn role(fields: &mut Fields) -> RoomRole {
    match fields.text("role").as_str() {
        "admin" => return RoomRole::Admin,
        "member" | "" => {}
        _ => fields.fault("role", "admin or member"),
    }
    RoomRole::Member
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
