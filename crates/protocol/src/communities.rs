//! Communities: groups of people with rooms of their own. A community is known by its own room, in which everybody is who
//! is in it: its id, its members and their standing, its settings and its log are that room's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST communities`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCommunity {
    /// 1–100 characters, unique ignoring case, among rooms too.
    #[schema(min_length = 1, max_length = 100, example = "Riverside library")]
    pub name: String,
    /// Up to 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
    /// What somebody accepts who joins, up to 5,000 characters; empty for nothing.
    #[serde(default)]
    #[schema(max_length = 5_000)]
    pub rules: String,
    /// Joined by invitation only, and invisible from outside.
    #[serde(default)]
    pub is_private: bool,
    /// 2–100,000; `null` for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2, maximum = 100_000)]
    pub max_members: Option<i64>,
}

/// `POST communities/{id}/join`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinCommunity {
    /// One accepts the rules.
    #[serde(default)]
    pub accept_rules: bool,
    /// The code of an invitation: needed where the community is private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
}
