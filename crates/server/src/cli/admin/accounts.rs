//! Commands about accounts.

use super::Refused;
use super::console::Console;
use super::table::{Column, print, say};
use crate::accounts::{GivenPassword, NewAdministrator};
use clap::Args;
use http::Method;
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};
use std::io::Read as _;

/// More is no password.
const PASSWORD_INPUT: u64 = 4096;

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The unique name
    #[arg(long)]
    username: String,
    /// The e-mail address
    #[arg(long)]
    email: String,
    /// Reads the password from standard input, up to the end of its first line
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct GivePassword {
    /// The unique name, or the e-mail address
    #[arg(long)]
    username: String,
    /// Reads the password from standard input, up to the end of its first line
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListUsers {
    /// Part of a user name or a nickname
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// user or admin
    #[arg(long)]
    role: Option<String>,
    /// active, inactive or deleted
    #[arg(long)]
    status: Option<String>,
    /// Guests alone (true), or people with an account (false)
    #[arg(long, value_name = "BOOL")]
    guests: Option<bool>,
    /// How many at most
    #[arg(long, default_value_t = 200)]
    limit: usize,
}

/// Whom a command is about.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// The account: its user name, or its id
    #[arg(value_name = "USER")]
    user: String,
}

#[derive(Debug, Args)]
pub(super) struct SetRole {
    #[command(flatten)]
    whom: Whom,
    /// user or admin
    role: String,
}

#[derive(Debug, Args)]
pub(super) struct Logins {
    /// To this account alone: its user name, or its id
    #[arg(long)]
    user: Option<String>,
    /// Those that succeeded (true), or those that failed (false)
    #[arg(long, value_name = "BOOL")]
    succeeded: Option<bool>,
    /// From this address alone
    #[arg(long)]
    address: Option<String>,
    /// Not before, such as 2026-11-21T08:30:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

const ACCOUNT: [Column; 6] = [
    ("id", "/id"),
    ("username", "/username"),
    ("email", "/email"),
    ("role", "/role"),
    ("status", "/status"),
    ("last_seen", "/last_seen"),
];
const LOGIN: [Column; 6] = [
    ("at", "/at"),
    ("user", "/user/username"),
    ("succeeded", "/succeeded"),
    ("factor", "/factor"),
    ("address", "/address"),
    ("program", "/user_agent"),
];

pub(super) async fn create(console: &Console, create: Create) -> Result<(), Refused> {
    let form = NewAdministrator {
        username: create.username,
        email: create.email,
        password: read_password()?,
    };
    let form = json!(form);
    let path = "console/administrators";
    let made = console.ask(Method::POST, path, Some(&form)).await?;
    let name = made["username"].as_str().unwrap_or_default();
    say(console, &format!("{name} is an administrator now"), &made)
}

pub(super) async fn give_password(console: &Console, given: GivePassword) -> Result<(), Refused> {
    let form = GivenPassword {
        username: given.username,
        password: read_password()?,
    };
    let form = json!(form);
    let path = "console/passwords";
    let account = console.ask(Method::POST, path, Some(&form)).await?;
    let name = account["username"].as_str().unwrap_or_default();
    say(
        console,
        &format!("{name} has another password now"),
        &account,
    )
}

pub(super) async fn list(console: &Console, list: ListUsers) -> Result<(), Refused> {
    let query = [
        ("q", list.q),
        ("role", list.role),
        ("status", list.status),
        ("is_guest", list.guests.map(|guests| guests.to_string())),
    ];
    let items = console.list("admin/users", &query, list.limit).await?;
    print(console, &ACCOUNT, &items)
}

pub(super) async fn set_role(console: &Console, set: &SetRole) -> Result<(), Refused> {
    change(console, &set.whom, &json!({ "role": set.role })).await
}

pub(super) async fn set_status(
    console: &Console,
    whom: &Whom,
    status: &str,
) -> Result<(), Refused> {
    change(console, whom, &json!({ "status": status })).await
}

async fn change(console: &Console, whom: &Whom, change: &Value) -> Result<(), Refused> {
    let path = format!("admin/users/{}", find(console, &whom.user).await?);
    let account = console.ask(Method::PUT, &path, Some(change)).await?;
    print(console, &ACCOUNT, &[account])
}

pub(super) async fn sign_out(console: &Console, whom: &Whom) -> Result<(), Refused> {
    let path = format!("admin/users/{}/sessions", find(console, &whom.user).await?);
    console.ask(Method::DELETE, &path, None).await?;
    say(console, "Signed out everywhere.", &json!({}))
}

pub(super) async fn reset_password(console: &Console, whom: &Whom) -> Result<(), Refused> {
    let id = find(console, &whom.user).await?;
    let path = format!("admin/users/{id}/password-reset");
    let mut reset = console.ask(Method::POST, &path, None).await?;
    let text = |name: &str| reset[name].as_str().unwrap_or_default().to_owned();
    let (link, end) = (text("link"), text("expires_at"));
    let link = format!("{}{link}", console.address());
    let sentence = format!("{link}\nIt works once, until {end}. Hand it over in private.");
    reset["link"] = json!(link);
    say(console, &sentence, &reset)
}

pub(super) async fn reset_factors(console: &Console, whom: &Whom) -> Result<(), Refused> {
    let path = format!("admin/users/{}/factors", find(console, &whom.user).await?);
    console.ask(Method::DELETE, &path, None).await?;
    let done = "The second factors are gone; the password is enough to sign in.";
    say(console, done, &json!({}))
}

pub(super) async fn logins(console: &Console, list: Logins) -> Result<(), Refused> {
    let user = match &list.user {
        Some(user) => Some(find(console, user).await?.to_string()),
        None => None,
    };
    let query = [
        ("user_id", user),
        ("succeeded", list.succeeded.map(|yes| yes.to_string())),
        ("address", list.address),
        ("since", list.since),
        ("until", list.until),
    ];
    let items = console.list("admin/logins", &query, list.limit).await?;
    print(console, &LOGIN, &items)
}

/// The id of an account that is named on the command line. A name that is a number is meant as an id.
pub(super) async fn find(console: &Console, user: &str) -> Result<i64, Refused> {
    if let Ok(id) = user.parse() {
        return Ok(id);
    }
    let query = [("username", Some(user.to_owned()))];
    let found = console.list("admin/users", &query, 1).await?;
    let id = found.first().and_then(|account| account["id"].as_i64());
    id.ok_or_else(|| {
        let none = Problem::new(Code::NotFound);
        Refused::Problem(none.detail(format!("there is no account {user:?}")))
    })
}

fn read_password() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(PASSWORD_INPUT)
        .read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok(line.to_owned())
}
