//! What clients are told, with the field names of the older system's tables, and refusals as `FastAPI` gives them.

use super::Awesome;
use crate::dialects::fields::{Fields, MISSING};
use crate::dialects::input::check_own_id;
use crate::dialects::refused::Tongue;
use crate::dialects::{rename, sentence};
use crate::kernel::actor::Actor;
use parlor_protocol::accounts::Me;
use parlor_protocol::rooms::{Member, Room};
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};

/// Fields that have other names here.
const RENAMED: [(&str, &str); 2] = [("content", "text"), ("client_id", "id")];

/// One's own account.
pub(super) fn user(me: &Me) -> Value {
    let (user, brief) = (&me.user, &me.user.brief);
    json!({
        "id": brief.id,
        "username": brief.username,
        "email": me.email,
        "avatar_url": brief.avatar_url,
        "nickname": brief.nickname,
        "role": user.role,
        "provider": me.provider,
        "provider_id": me.provider_id,
        "status": user.status,
        "privacy_policy_accepted_at": me.privacy_policy_accepted_at,
        "created_at": user.created_at,
    })
}

/// A room; its key is for its owner alone.
pub(super) fn room(room: &Room) -> Value {
    let card = &room.card;
    let mut view = json!({
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "max_members": card.max_members,
        "is_private": card.is_private,
        "creator_id": card.created_by,
        "status": "active",
        "created_at": card.created_at,
    });
    if let Some(key) = &room.access_key {
        view["access_key"] = json!(key);
    }
    view
}

/// A community.
pub(super) fn community(room: &Room) -> Value {
    let card = &room.card;
    json!({
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "rules": card.rules.as_deref().unwrap_or_default(),
        "max_members": card.max_members,
        "created_at": card.created_at,
    })
}

/// The same with everybody who is in it.
pub(super) fn with_members(mut view: Value, members: Vec<Value>) -> Value {
    view["members"] = members.into();
    view
}

/// Somebody in a community; the owner is an admin here.
pub(super) fn community_member(member: &Member) -> Value {
    json!({
        "user_id": member.user.id,
        "username": member.user.username,
        "nickname": member.user.nickname,
        "avatar_url": member.user.avatar_url,
        "role": if member.is_admin { "admin" } else { "member" },
        "joined_at": member.joined_at,
    })
}

/// Somebody in a room, who may be muted there.
pub(super) fn member(member: &Member) -> Value {
    let mut view = community_member(member);
    let is_muted = member.muted_until.is_some();
    view["status"] = if is_muted { "muted" } else { "active" }.into();
    view
}

impl Tongue for Awesome {
    /// `{"detail"}`: a sentence, or with 422 a list where the input is at fault.
    fn refuse(problem: &Problem) -> (u16, Value) {
        if problem.status == 400 {
            return (422, json!({ "detail": faults(problem) }));
        }
        (problem.status, json!({ "detail": explain(problem) }))
    }

    fn check_own(fields: &Fields, actor: &Actor) -> Result<(), Problem> {
        check_own_id(actor, "creator_id", fields.value("creator_id"))
    }
}

/// What is wrong with the input.
fn faults(problem: &Problem) -> Vec<Value> {
    let place = match problem.code {
        Code::InvalidParam => "path",
        _ => "body",
    };
    if problem.errors.is_empty() {
        let (kind, msg) = match problem.code {
            Code::InvalidJson | Code::JsonTooDeep => ("json_invalid", "JSON decode error"),
            _ => ("value_error", problem.title.as_str()),
        };
        return vec![json!({ "loc": [place], "msg": msg, "type": kind })];
    }
    let each = problem.errors.iter().map(|error| {
        let (field, is_missing) = (rename(&error.field, &RENAMED), error.message == MISSING);
        let kind = if is_missing { "missing" } else { "value_error" };
        json!({ "loc": [place, field], "msg": error.message, "type": kind })
    });
    each.collect()
}

/// A refusal in a sentence.
pub(super) fn explain(problem: &Problem) -> String {
    match problem.code {
        Code::Unauthorized if problem.detail.is_none() => "Not authenticated".to_owned(),
        Code::BadCredentials => "Incorrect username or password".to_owned(),
        _ => sentence(problem, &RENAMED),
    }
}
