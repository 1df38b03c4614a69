//! Friends: who knows whom, who has asked whom, and whom somebody wants to hear nothing of.

use crate::accounts::UserBrief;
use crate::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A friend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Friend {
    /// Who.
    #[serde(flatten)]
    pub user: UserBrief,
    /// Since when.
    pub since: Timestamp,
    /// Connected now, as far as they let one see it.
    pub is_online: bool,
    /// Last seen connected, as far as they let one see it.
    pub last_seen: Option<Timestamp>,
}

/// Somebody asks somebody to be friends. Of the two, one is oneself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendRequest {
    /// The request's id.
    pub id: i64,
    /// Who asks.
    pub from: UserBrief,
    /// Who is asked.
    pub to: UserBrief,
    /// When.
    pub created_at: Timestamp,
}

/// Which requests a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestDirection {
    /// Those that others have made to one.
    Incoming,
    /// Those that one has made.
    Outgoing,
}

/// `POST friends/requests`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskFriend {
    /// Whom one asks.
    pub user_id: UserId,
}

/// The answer to `POST friends/requests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// The request.
    pub request: FriendRequest,
    /// They had asked already, so that the two are friends now.
    pub accepted: bool,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestOutcome {
    /// The two are friends.
    Accepted,
    /// Whoever was asked said no.
    Declined,
    /// Whoever asked took it back, or one of the two is gone or has blocked the other.
    Withdrawn,
}

/// Somebody whom one has blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blocked {
    /// Who.
    #[serde(flatten)]
    pub user: UserBrief,
    /// When.
    pub blocked_at: Timestamp,
}
