//! Rows, and what stands in entries.

use super::access::Access;
use super::rules::Target;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::{LeaveReason, RemovalReason, RoomChange};
use parlor_protocol::rooms::{Invitation, Membership, RoomCard, RoomKind, RoomRole};
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The end of a mute without an end: the last moment that RFC 3339 can write.
pub(super) const FOR_EVER: Timestamp = Timestamp(253_402_300_799_999);

/// A room as stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct RoomRow {
    pub(super) id: RoomId,
    pub(super) kind: i16,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) is_private: bool,
    pub(super) is_default: bool,
    pub(super) created_by: Option<UserId>,
    pub(super) owner_id: Option<UserId>,
    pub(super) created_at: i64,
    pub(super) max_members: Option<i64>,
    pub(super) member_count: i64,
    pub(super) key_digest: Option<String>,
    pub(super) key_sealed: Option<String>,
    pub(super) direct_low: Option<UserId>,
    pub(super) direct_high: Option<UserId>,
    /// The room of the community that this one belongs to.
    pub(super) home_id: Option<RoomId>,
    /// Of a community.
    pub(super) rules: Option<String>,
    /// For how many days it keeps what is said, where its owner has set that.
    pub(super) retention_days: Option<i64>,
}

impl RoomRow {
    pub(super) fn kind(&self) -> RoomKind {
        kind_from(self.kind)
    }

    /// The other person of a direct chat.
    pub(super) fn peer_of(&self, user: UserId) -> Option<UserId> {
        let (low, high) = (self.direct_low?, self.direct_high?);
        Some(if low == user { high } else { low })
    }

    /// What everybody sees, when the log has come to `last_seq`.
    pub(super) fn card(&self, last_seq: Seq) -> RoomCard {
        RoomCard {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            kind: self.kind(),
            community_id: self.home_id,
            rules: self.rules.clone(),
            is_private: self.is_private,
            is_default: self.is_default,
            created_by: self.created_by,
            owner_id: self.owner_id,
            created_at: Timestamp(self.created_at),
            max_members: self.max_members,
            capacity: self.max_members,
            member_count: self.member_count,
            retention_days: self.retention_days,
            last_seq,
        }
    }
}

/// A person's row in a room.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct MemberRow {
    pub(super) user_id: UserId,
    pub(super) role: i16,
    pub(super) joined_at: i64,
    pub(super) last_read_seq: Seq,
    pub(super) muted_until: Option<i64>,
}

impl MemberRow {
    pub(super) fn role(&self) -> RoomRole {
        role_from(self.role)
    }

    pub(super) fn muted_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.muted_until.map(Timestamp).filter(|until| *until > now)
    }

    pub(super) fn membership(&self, now: Timestamp) -> Membership {
        Membership {
            role: self.role(),
            is_admin: self.role() >= RoomRole::Admin,
            muted_until: self.muted_until(now),
            joined_at: Timestamp(self.joined_at),
            last_read_seq: self.last_read_seq,
            unread_count: 0,
            mention_count: 0,
            is_favourite: false,
            folder: None,
        }
    }
}

/// Where somebody keeps a room: in the table, and in the entries of their log that say so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shelf {
    pub(super) is_favourite: bool,
    pub(super) folder: Option<String>,
}

/// Somebody who was sent out for good.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct BanRow {
    pub(super) user_id: UserId,
    pub(super) banned_by: Option<UserId>,
    pub(super) banned_at: i64,
}

/// An invitation as stored.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct InvitationRow {
    pub(super) id: i64,
    pub(super) room_id: RoomId,
    pub(super) created_by: UserId,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) max_uses: Option<i64>,
    pub(super) uses: i64,
}

impl InvitationRow {
    /// Whether it still lets somebody in.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.expires_at > now.0 && self.max_uses.is_none_or(|most| self.uses < most)
    }

    pub(super) fn view(&self, created_by: UserBrief, code: Option<String>) -> Invitation {
        Invitation {
            id: self.id,
            room_id: self.room_id,
            code,
            created_by,
            created_at: Timestamp(self.created_at),
            expires_at: Timestamp(self.expires_at),
            max_uses: self.max_uses,
            uses: self.uses,
        }
    }
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadMark {
    /// Who.
    pub user_id: UserId,
    /// Everything up to here.
    pub last_read_seq: Seq,
    /// When they said so, in milliseconds; `None` where they have not since they joined, or do not show it.
    pub read_at: Option<i64>,
}

/// A room and the two people an act of moderation is between, as the writer's transaction sees them.
pub(super) struct Scene {
    pub(super) room: RoomRow,
    pub(super) access: Access,
    pub(super) target: Target,
}

/// What a `user_joined` entry says beside whom it is about.
#[derive(Serialize, Deserialize)]
pub(super) struct JoinedBody {
    pub(super) role: RoomRole,
    pub(super) member_count: i64,
}

/// What a `user_left` entry says.
#[derive(Serialize, Deserialize)]
pub(super) struct LeftBody {
    pub(super) reason: LeaveReason,
    pub(super) member_count: i64,
}

/// What a `room_removed` entry of a person's log says beside which room it is about.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct RemovedBody {
    /// The newest entry of the room's log.
    pub(super) seq: Seq,
    pub(super) reason: RemovalReason,
}

/// What a `room_updated` entry says.
#[derive(Serialize, Deserialize)]
pub(super) struct UpdatedBody {
    pub(super) change: RoomChange,
}

pub(super) fn kind_from(kind: i16) -> RoomKind {
    match kind {
        1 => RoomKind::Direct,
        2 => RoomKind::Community,
        _ => RoomKind::Room,
    }
}

pub(super) fn kind_to(kind: RoomKind) -> i16 {
    match kind {
        RoomKind::Room => 0,
        RoomKind::Direct => 1,
        RoomKind::Community => 2,
    }
}

pub(super) fn role_from(role: i16) -> RoomRole {
    match role {
        2 => RoomRole::Owner,
        1 => RoomRole::Admin,
        _ => RoomRole::Member,
    }
}

pub(super) fn role_to(role: RoomRole) -> i16 {
    match role {
        RoomRole::Member => 0,
        RoomRole::Admin => 1,
        RoomRole::Owner => 2,
    }
}
