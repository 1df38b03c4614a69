//! Rows, and what stands in entries.

use parlor_protocol::accounts::UserBrief;
use parlor_protocol::friends::{FriendRequest, RequestOutcome};
use parlor_protocol::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A request as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct RequestRow {
    pub(super) id: i64,
    pub(super) from_id: UserId,
    pub(super) to_id: UserId,
    pub(super) created_at: i64,
}

impl RequestRow {
    /// The other of the two.
    pub(super) fn other_than(&self, user: UserId) -> UserId {
        if self.from_id == user {
            self.to_id
        } else {
            self.from_id
        }
    }

    /// As either of the two sees it.
    pub(super) fn view(&self, from: UserBrief, to: UserBrief) -> FriendRequest {
        FriendRequest {
            id: self.id,
            from,
            to,
            created_at: Timestamp(self.created_at),
        }
    }
}

/// Somebody beside a person, since a time: a friend, or somebody blocked.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Beside {
    pub(super) user_id: UserId,
    pub(super) since: i64,
}

/// What two people are to each other, as one of them sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) are_friends: bool,
    /// One of them has blocked the other.
    pub(super) is_blocked: bool,
    /// The request that the one has made.
    pub(super) outgoing: Option<RequestRow>,
    /// The request that the other has made.
    pub(super) incoming: Option<RequestRow>,
}

/// What a `friend_request` entry says beside whom it is about.
#[derive(Serialize, Deserialize)]
pub(super) struct RequestBody {
    pub(super) id: i64,
    /// One has asked, and not been asked.
    pub(super) is_outgoing: bool,
    pub(super) created_at: i64,
}

/// What a `friend_request_removed` entry says.
#[derive(Serialize, Deserialize)]
pub(super) struct ClosedBody {
    pub(super) id: i64,
    pub(super) outcome: RequestOutcome,
}

/// What a `friend_update` entry says.
#[derive(Serialize, Deserialize)]
pub(super) struct FriendBody {
    pub(super) since: i64,
}

/// What a `block_update` entry says.
#[derive(Serialize, Deserialize)]
pub(super) struct BlockBody {
    pub(super) blocked_at: Option<i64>,
}
