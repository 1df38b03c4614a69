//! What those see who run the server: its rooms and communities from outside, and its figures.

use crate::accounts::UserBrief;
use crate::{RoomId, Seq, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A room or a community from outside: how big and how busy it is, and nothing that was said in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomOverview {
    /// The id.
    pub id: RoomId,
    /// The name.
    pub name: String,
    /// Not visible from outside.
    pub is_private: bool,
    /// Every new account joins it.
    pub is_default: bool,
    /// The community that the room belongs to.
    pub community_id: Option<RoomId>,
    /// Whose it is.
    pub owner: Option<UserBrief>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many members it has.
    pub member_count: i64,
    /// How many it may have.
    pub max_members: Option<i64>,
    /// Of a community: how many rooms it has.
    pub room_count: i64,
    /// How many messages were said in it, deleted ones included; up to a minute old.
    pub message_count: i64,
    /// How many entries its log has.
    pub last_seq: Seq,
    /// When something was last said; up to a minute old.
    pub last_message_at: Option<Timestamp>,
}

/// By what rooms are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomOrder {
    /// By age, the oldest first.
    #[default]
    Id,
    /// By how many members, the most first.
    Members,
    /// By how many messages, the most first.
    Messages,
    /// By when something was last said, the latest first.
    Activity,
}

/// How far back figures go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureRange {
    /// 24 hours, by the hour.
    #[default]
    Day,
    /// 7 days, by the hour.
    Week,
    /// 30 days, by the day.
    Month,
    /// 365 days, by the day.
    Year,
}

/// `GET admin/figures`. Hours and days are those of UTC; what is counted is up to a minute old.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// How far back they go.
    pub range: FigureRange,
    /// When the first step begins.
    pub since: Timestamp,
    /// Up to when.
    pub until: Timestamp,
    /// How long a step is, in seconds.
    pub step_seconds: i64,
    /// A point for each step, the oldest first; also for those in which nothing happened.
    pub points: Vec<FigurePoint>,
    /// The days of that time that were counted, the oldest first.
    pub days: Vec<FigureDay>,
    /// How soon messages were delivered in all of that time.
    pub delivery: Latency,
    /// How it is now.
    pub now: FiguresNow,
    /// What the database takes.
    pub storage: Storage,
}

/// What happened in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigurePoint {
    /// When it begins.
    pub at: Timestamp,
    /// How many messages were said.
    pub messages: i64,
    /// The most people who were connected at a time, looked at once a minute.
    pub people_online: i64,
    /// The most connections at a time, looked at once a minute.
    pub connections: i64,
    /// How soon its messages were delivered.
    pub delivery: Latency,
}

/// A day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigureDay {
    /// When it begins.
    pub day: Timestamp,
    /// How many people were seen, guests aside.
    pub active_people: i64,
    /// How many accounts there were at its end, guests and deleted ones aside.
    pub accounts: i64,
    /// How many rooms there were at its end.
    pub rooms: i64,
    /// How many communities there were at its end.
    pub communities: i64,
    /// What the database took at its end, in bytes.
    pub bytes: i64,
}

/// From when a message was accepted until it was handed to the connections of its room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Latency {
    /// How many messages.
    pub count: i64,
    /// Half of them took no longer, in milliseconds; `null` where there were none.
    pub p50_ms: Option<i64>,
    /// 95 in a hundred took no longer.
    pub p95_ms: Option<i64>,
    /// 99 in a hundred took no longer.
    pub p99_ms: Option<i64>,
}

/// How it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FiguresNow {
    /// Accounts, guests and deleted ones aside; up to a minute old.
    pub accounts: i64,
    /// Rooms; up to a minute old.
    pub rooms: i64,
    /// Communities; up to a minute old.
    pub communities: i64,
    /// People who are connected.
    pub people_online: i64,
    /// Real-time connections.
    pub connections: i64,
    /// Changes that wait for the writer.
    pub waiting_commits: i64,
    /// Commits that wait to be delivered.
    pub waiting_deliveries: i64,
    /// Work that was promised with a commit and is not done yet.
    pub waiting_outbox: i64,
}

/// What the database takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Storage {
    /// When it was measured: about once an hour, or once a day where it is big.
    pub measured_at: Option<Timestamp>,
    /// All of it, in bytes.
    pub bytes: i64,
    /// By what is kept, the most first; the rest is free or belongs to nothing.
    pub families: Vec<StorageFamily>,
}

/// A part of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StorageFamily {
    /// `messages`, `logs`, `rooms`, `accounts` and so on.
    pub name: String,
    /// Its tables with their indexes, in bytes.
    pub bytes: i64,
}
