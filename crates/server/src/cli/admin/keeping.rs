//! Commands about what is kept, and for how long: retention and legal holds.

use super::Refused;
use super::accounts::find;
use super::console::Console;
use super::desk::Listed;
use super::table::{Column, print};
use clap::Args;
use http::Method;
use parlor_protocol::retention::{PlaceHold, RetentionChange};
use serde_json::json;

/// What is not given stays. Days, 0 for ever; what is older is removed for good
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// Days in public rooms
    #[arg(long, value_name = "DAYS")]
    public_rooms: Option<i64>,
    /// Days in private rooms
    #[arg(long, value_name = "DAYS")]
    private_rooms: Option<i64>,
    /// Days in direct chats
    #[arg(long, value_name = "DAYS")]
    direct_chats: Option<i64>,
    /// Days in communities' own rooms
    #[arg(long, value_name = "DAYS")]
    communities: Option<i64>,
}

#[derive(Debug, Args)]
pub(super) struct Holds {
    /// Those that were lifted too
    #[arg(long)]
    with_lifted: bool,
    #[command(flatten)]
    listed: Listed,
}

#[derive(Debug, Args)]
pub(super) struct Place {
    #[command(flatten)]
    about: About,
    /// Why
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct About {
    /// The person: their user name, or their id
    #[arg(long)]
    user: Option<String>,
    /// The room, by its id
    #[arg(long, value_name = "ID")]
    room: Option<i64>,
}

#[derive(Debug, Args)]
pub(super) struct Lift {
    /// The hold
    id: i64,
}

const TERMS: [Column; 4] = [
    ("public_rooms", "/public_rooms"),
    ("private_rooms", "/private_rooms"),
    ("direct_chats", "/direct_chats"),
    ("communities", "/communities"),
];
const HOLD: [Column; 8] = [
    ("id", "/id"),
    ("user", "/user/username"),
    ("room", "/room/id"),
    ("room_name", "/room/name"),
    ("placed_at", "/placed_at"),
    ("by", "/placed_by/username"),
    ("lifted_at", "/lifted_at"),
    ("reason", "/reason"),
];

pub(super) async fn terms(console: &Console, terms: &Terms) -> Result<(), Refused> {
    let change = json!(RetentionChange {
        public_rooms: terms.public_rooms,
        private_rooms: terms.private_rooms,
        direct_chats: terms.direct_chats,
        communities: terms.communities,
    });
    let path = "admin/retention";
    let terms = if change == json!({}) {
        console.ask(Method::GET, path, None).await?
    } else {
        console.ask(Method::PUT, path, Some(&change)).await?
    };
    print(console, &TERMS, &[terms])
}

pub(super) async fn holds(console: &Console, list: Holds) -> Result<(), Refused> {
    let query = [("with_lifted", Some(list.with_lifted.to_string()))];
    let path = "admin/holds";
    let items = console.list(path, &query, list.listed.limit).await?;
    print(console, &HOLD, &items)
}

pub(super) async fn place(console: &Console, hold: Place) -> Result<(), Refused> {
    let user_id = match &hold.about.user {
        Some(user) => Some(find(console, user).await?),
        None => None,
    };
    let hold = json!(PlaceHold {
        user_id,
        room_id: hold.about.room,
        reason: hold.reason,
    });
    let path = "admin/holds";
    let placed = console.ask(Method::POST, path, Some(&hold)).await?;
    print(console, &HOLD, &[placed])
}

pub(super) async fn lift(console: &Console, lift: &Lift) -> Result<(), Refused> {
    let path = format!("admin/holds/{}", lift.id);
    let lifted = console.ask(Method::DELETE, &path, None).await?;
    print(console, &HOLD, &[lifted])
}
