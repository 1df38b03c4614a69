//! What clients send.

use crate::accounts::register::NewPerson;
use crate::dialects::entry;
use crate::dialects::fields::Fields;
use crate::dialects::form::{Table, flag, needed, number, text};
use parlor_protocol::accounts::{Login, ProfileChange};
use parlor_protocol::communities::JoinCommunity;
use parlor_protocol::rooms::RoomRole;
use parlor_protocol::{Code, Problem, Timestamp};
use serde_json::Value;

/// `POST /rooms`: the key of a private room is of the server's making.
pub(super) const ROOM: Table = &[
    ("name", needed),
    ("description", text),
    ("is_private", flag),
    ("max_members", number),
];

/// `PUT /rooms/{room_id}`.
pub(super) const ROOM_CHANGE: Table = &[
    ("name", text),
    ("description", text),
    ("is_private", flag),
    ("max_members", number),
];

/// `POST /rooms/{room_id}/join`: with the key of a private room.
pub(super) const KEY: Table = &[("access_key", text)];

/// `POST /rooms/{room_id}/members/{user_id}/mute`.
pub(super) const MUTE: Table = &[("until", time)];

/// `POST /communities`: those of the older system are open to everybody.
pub(super) const COMMUNITY: Table = &[
    ("name", needed),
    ("description", text),
    ("rules", text),
    ("max_members", number),
];

fn time(fields: &mut Fields, name: &str) -> Option<Value> {
    let time = text(fields, name)?;
    if serde_json::from_value::<Timestamp>(time.clone()).is_err() {
        fields.fault(name, "a time such as 2026-11-21T08:30:00Z");
    }
    Some(time)
}

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
    entry::name_and_password(fields, if by_email { "email" } else { "username" })
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
