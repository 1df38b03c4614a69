//! What clients are told, with the field names of the older system's tables.

use axum::extract::ws::Utf8Bytes;
use parlor_protocol::accounts::{AccountStatus, Me, SystemRole};
use parlor_protocol::messages::Message;
use parlor_protocol::rooms::{Member, Room};
use parlor_protocol::{Problem, RoomId, Timestamp, UserId};
use serde::Serialize;

/// One's own account.
#[derive(Serialize)]
pub(super) struct UserView {
    id: UserId,
    username: String,
    email: Option<String>,
    avatar_url: String,
    nickname: String,
    role: SystemRole,
    provider: Option<String>,
    provider_id: Option<String>,
    status: AccountStatus,
    privacy_policy_accepted_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Me> for UserView {
    fn from(me: Me) -> Self {
        let user = me.user;
        Self {
            id: user.brief.id,
            username: user.brief.username,
            email: me.email,
            avatar_url: user.brief.avatar_url,
            nickname: user.brief.nickname,
            role: user.role,
            provider: None,
            provider_id: None,
            status: user.status,
            privacy_policy_accepted_at: me.privacy_policy_accepted_at,
            created_at: user.created_at,
        }
    }
}

/// `POST /users/login`.
#[derive(Serialize)]
pub(super) struct Admission {
    pub(super) access_token: String,
    pub(super) token_type: &'static str,
    pub(super) user: UserView,
}

/// A room.
#[derive(Serialize)]
pub(super) struct RoomView {
    id: RoomId,
    name: String,
    description: String,
    max_members: Option<i64>,
    is_private: bool,
    creator_id: Option<UserId>,
    status: &'static str,
    created_at: Timestamp,
    /// For the owner alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) members: Option<Vec<MemberView>>,
}

impl From<Room> for RoomView {
    fn from(room: Room) -> Self {
        let card = room.card;
        Self {
            id: card.id,
            name: card.name,
            description: card.description,
            max_members: card.max_members,
            is_private: card.is_private,
            creator_id: card.created_by,
            status: "active",
            created_at: card.created_at,
            access_key: room.access_key,
            members: None,
        }
    }
}

/// A member of a room; the owner is an admin here.
#[derive(Serialize)]
pub(super) struct MemberView {
    user_id: UserId,
    username: String,
    nickname: String,
    avatar_url: String,
    role: &'static str,
    status: &'static str,
    joined_at: Timestamp,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user.id,
            username: member.user.username,
            nickname: member.user.nickname,
            avatar_url: member.user.avatar_url,
            role: if member.is_admin { "admin" } else { "member" },
            status: if member.muted_until.is_some() {
                "muted"
            } else {
                "active"
            },
            joined_at: member.joined_at,
        }
    }
}

/// What was done, or what went wrong.
#[derive(Serialize)]
pub(super) struct Detail<'a> {
    pub(super) detail: &'a str,
}

/// The message protocol.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    id: &'a str,
    text: &'a str,
    user: Sender<'a>,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct Sender<'a> {
    id: String,
    name: &'a str,
    avatar: &'a str,
}

/// A message as a frame, under its own id or its sender's for it.
pub(super) fn frame(message: &Message, own_id: Option<&str>) -> Option<Utf8Bytes> {
    let id = message.id.to_string();
    text(&Frame {
        id: own_id.unwrap_or(&id),
        text: &message.content,
        user: Sender {
            id: message.user_id.to_string(),
            name: &message.user.nickname,
            avatar: &message.user.avatar_url,
        },
        created_at: message.timestamp,
    })
}

/// A refusal as a frame.
pub(super) fn refusal(problem: &Problem) -> Option<Utf8Bytes> {
    let detail = super::errors::explain(problem);
    text(&Detail { detail: &detail })
}

fn text(value: &impl Serialize) -> Option<Utf8Bytes> {
    serde_json::to_string(value).ok().map(Utf8Bytes::from)
}
