//! Commands about everything else that administrators see: rooms, the audit log, announcements.

use super::Refused;
use super::accounts::find;
use super::console::Console;
use super::table::{Column, print, say};
use clap::Args;
use http::Method;
use parlor_protocol::Code;
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct Rooms {
    /// Part of the name
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// Private ones (true), or public ones (false)
    #[arg(long, value_name = "BOOL")]
    private: Option<bool>,
    /// Those of this person: their user name, or their id
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// id, members, messages or activity
    #[arg(long, default_value = "id")]
    sort: String,
    #[command(flatten)]
    listed: Listed,
}

#[derive(Debug, Args)]
pub(super) struct Listed {
    /// How many at most
    #[arg(long, default_value_t = 50)]
    pub(super) limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Done by this account alone: its user name, or its id
    #[arg(long, value_name = "USER")]
    actor: Option<String>,
    /// By this way alone: http, socket, console or server
    #[arg(long)]
    source: Option<String>,
    /// This action alone, such as `role_changed`
    #[arg(long)]
    action: Option<String>,
    /// Done to this account alone: its user name, or its id
    #[arg(long)]
    user: Option<String>,
    /// Done in the room of this id alone
    #[arg(long, value_name = "ID")]
    room: Option<i64>,
    /// Not before, such as 2026-11-21T08:30:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    listed: Listed,
}

#[derive(Debug, Args)]
pub(super) struct Announce {
    /// What it is about, one line
    title: String,
    /// What is to be said, in Markdown
    content: String,
}

#[derive(Debug, Args)]
pub(super) struct Withdraw {
    /// The announcement
    id: i64,
}

#[derive(Debug, Args)]
pub(super) struct Figures {
    /// How far back: day, week, month or year
    #[arg(long, default_value = "day")]
    range: String,
}

const ROOM: [Column; 8] = [
    ("id", "/id"),
    ("name", "/name"),
    ("private", "/is_private"),
    ("owner", "/owner/username"),
    ("members", "/member_count"),
    ("rooms", "/room_count"),
    ("messages", "/message_count"),
    ("last_message_at", "/last_message_at"),
];
const ENTRY: [Column; 9] = [
    ("seq", "/seq"),
    ("at", "/at"),
    ("source", "/source"),
    ("actor", "/actor/username"),
    ("action", "/action"),
    ("subject", "/subject"),
    ("id", "/subject_id"),
    ("room", "/room_id"),
    ("facts", "/facts"),
];
const ANNOUNCEMENT: [Column; 6] = [
    ("id", "/id"),
    ("at", "/created_at"),
    ("by", "/by/username"),
    ("withdrawn_at", "/withdrawn_at"),
    ("dismissed_by", "/dismissed_by"),
    ("title", "/title"),
];

const DAY: [Column; 6] = [
    ("day", "/day"),
    ("active_people", "/active_people"),
    ("accounts", "/accounts"),
    ("rooms", "/rooms"),
    ("communities", "/communities"),
    ("database_bytes", "/bytes"),
];
const POINT: [Column; 6] = [
    ("at", "/at"),
    ("messages", "/messages"),
    ("people", "/people_online"),
    ("connections", "/connections"),
    ("p50_ms", "/delivery/p50_ms"),
    ("p99_ms", "/delivery/p99_ms"),
];

pub(super) async fn rooms(console: &Console, kind: &str, list: Rooms) -> Result<(), Refused> {
    let query = [
        ("q", list.q),
        (
            "is_private",
            list.private.map(|private| private.to_string()),
        ),
        ("owner_id", id_of(console, list.owner.as_deref()).await?),
        ("sort", Some(list.sort)),
    ];
    let path = format!("admin/{kind}");
    let items = console.list(&path, &query, list.listed.limit).await?;
    print(console, &ROOM, &items)
}

pub(super) async fn audit(console: &Console, list: Audit) -> Result<(), Refused> {
    let user = id_of(console, list.user.as_deref()).await?;
    let query = [
        ("actor_id", id_of(console, list.actor.as_deref()).await?),
        ("source", list.source),
        ("action", list.action),
        ("subject", user.as_ref().map(|_| "user".to_owned())),
        ("subject_id", user),
        ("room_id", list.room.map(|room| room.to_string())),
        ("since", list.since),
        ("until", list.until),
    ];
    let items = console
        .list("admin/audit", &query, list.listed.limit)
        .await?;
    print(console, &ENTRY, &items)
}

pub(super) async fn announce(console: &Console, announce: Announce) -> Result<(), Refused> {
    let draft = json!({ "title": announce.title, "content": announce.content });
    let path = "admin/announcements";
    let made = console.ask(Method::POST, path, Some(&draft)).await?;
    say(console, &format!("Announced as {}.", made["id"]), &made)
}

pub(super) async fn announcements(console: &Console, list: Listed) -> Result<(), Refused> {
    let items = console.list("admin/announcements", &[], list.limit).await?;
    print(console, &ANNOUNCEMENT, &items)
}

pub(super) async fn withdraw(console: &Console, withdraw: &Withdraw) -> Result<(), Refused> {
    let path = format!("admin/announcements/{}", withdraw.id);
    console.ask(Method::DELETE, &path, None).await?;
    say(console, "Withdrawn.", &json!({}))
}

pub(super) async fn figures(console: &Console, asked: &Figures) -> Result<(), Refused> {
    let path = format!("admin/figures?range={}", word(&asked.range)?);
    let figures = console.ask(Method::GET, &path, None).await?;
    if console.json {
        return say(console, "", &figures);
    }
    let points = figures["points"].as_array().cloned().unwrap_or_default();
    print(console, &POINT, &points)?;
    let days = figures["days"].as_array().cloned().unwrap_or_default();
    print(console, &DAY, &days)?;
    for (name, value) in figures["now"].as_object().into_iter().flatten() {
        say(console, &format!("{name}\t{value}"), value)?;
    }
    let bytes = &figures["storage"]["bytes"];
    say(console, &format!("database_bytes\t{bytes}"), bytes)
}

/// A word that can stand in a query as it is.
fn word(text: &str) -> Result<&str, Refused> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    Err(Refused::Problem(Code::InvalidParam.into()))
}

async fn id_of(console: &Console, user: Option<&str>) -> Result<Option<String>, Refused> {
    match user {
        Some(user) => Ok(Some(find(console, user).await?.to_string())),
        None => Ok(None),
    }
}
