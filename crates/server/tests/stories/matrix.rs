//! The authorisation matrix: every action by everybody, in a public and in a private room, over HTTP and, where there
//! is an event for it, over the socket. All cells of a table are tried before the test fails with a list.

mod accounts;
mod messages;
mod moderation;
mod rooms;
mod world;

use parlor_testkit::{Reply, Value};
use std::collections::BTreeSet;
use world::{Place, World};

/// The columns: nobody; a guest and a person who are not in the room; a muted member, a member, an admin, the owner; a
/// banned person; an administrator of the server who is not in the room.
const ROLES: [&str; 9] = [
    "anon", "gst", "usr", "mut", "mem", "adm", "own", "ban", "sys",
];

/// What somebody asks for over HTTP: method, path and body.
struct Ask(&'static str, String, Value);

/// What somebody sends over the socket: event and payload.
struct Emit(&'static str, Value);

/// An action and what each role is answered, a letter each: `Y` done, `u` sign in first, `h` not found, `o` no member,
/// `n` forbidden, `g` not as a guest, `m` muted, `b` banned, `c` the owner must stay, `i` not in this state,
/// `w` a wrong code, `s` a sign-in that was not begun.
#[derive(Clone)]
struct Row {
    name: &'static str,
    /// What the same person does before, whatever comes of it.
    first: Option<fn(&Place, &str) -> Ask>,
    ask: Option<fn(&Place, &str) -> Ask>,
    emit: Option<fn(&Place, &str) -> Emit>,
    /// In a public room, and in a private one; empty where there is no such thing.
    cells: [&'static str; 2],
    /// Whether the next cell finds the room as this one did, even after it was done.
    harmless: bool,
}

impl Row {
    fn ask(name: &'static str, ask: fn(&Place, &str) -> Ask, cells: [&'static str; 2]) -> Self {
        Self {
            name,
            first: None,
            ask: Some(ask),
            emit: None,
            cells,
            harmless: false,
        }
    }

    /// There is an event for it too.
    fn or_emit(self, emit: fn(&Place, &str) -> Emit) -> Self {
        Self {
            emit: Some(emit),
            ..self
        }
    }

    /// They do this before.
    fn after(self, first: fn(&Place, &str) -> Ask) -> Self {
        Self {
            first: Some(first),
            ..self
        }
    }

    /// All cells share a room.
    fn harmless(self) -> Self {
        Self {
            harmless: true,
            ..self
        }
    }
}

fn letter(status: u16, code: &str) -> String {
    let letter = match (status, code) {
        (200..300, _) => "Y",
        (401, "unauthorized") => "u",
        (404, "not_found") => "h",
        (403, "not_member") => "o",
        (403, "forbidden") => "n",
        (403, "guest_not_allowed") => "g",
        (403, "muted") => "m",
        (403, "banned") => "b",
        (409, "owner_must_stay") => "c",
        (409, "invalid_state") => "i",
        (400, "invalid_code") => "w",
        (400, "invalid_sign_in") => "s",
        _ => return format!("{status} {code}"),
    };
    letter.to_owned()
}

fn letter_of(reply: &Reply) -> String {
    letter(
        reply.status,
        reply.json["code"].as_str().unwrap_or_default(),
    )
}

fn letter_of_ack(ack: &Value) -> String {
    if ack["ok"] == true {
        return "Y".to_owned();
    }
    let code = ack["error"]["code"].as_str().unwrap_or_default();
    let known = parlor_protocol::Code::ALL
        .iter()
        .find(|c| c.as_str() == code);
    letter(known.map_or(0, |c| c.status()), code)
}

/// Tries all cells of some rows. Those who are refused share a room, which must not change by it; those who are not
/// get one each, unless what they do is harmless.
async fn check(world: World, rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        for (is_private, letters) in [(false, row.cells[0]), (true, row.cells[1])] {
            if letters.is_empty() {
                continue;
            }
            let shared = world.place(is_private).await;
            for (role, expected) in ROLES.into_iter().zip(letters.split(' ')) {
                let alone = expected == "Y" && !row.harmless;
                for (way, found) in try_cell(&world, row, role, &shared, alone).await {
                    if found != expected {
                        let kind = if is_private { "private" } else { "public" };
                        let name = row.name;
                        wrong.push(format!(
                            "{name}, {kind}, {way}, {role}: {found}, not {expected}"
                        ));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What a role is answered, by each way there is; in a room of its own, where it is to be `alone`.
async fn try_cell(
    world: &World,
    row: &Row,
    role: &str,
    shared: &Place,
    alone: bool,
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(ask) = row.ask {
        let own = world.place_if(alone, shared.is_private).await;
        let place = own.as_ref().unwrap_or(shared);
        if let Some(first) = row.first {
            world.ask(role, first(place, role)).await;
        }
        found.push(("http", letter_of(&world.ask(role, ask(place, role)).await)));
    }
    if let Some(emit) = row.emit.filter(|_| role != "anon") {
        let own = world.place_if(alone, shared.is_private).await;
        let place = own.as_ref().unwrap_or(shared);
        let ack = world.emit(role, emit(place, role)).await;
        found.push(("socket", letter_of_ack(&ack)));
    }
    found
}

/// What is asked in a path, with its numbers and emoji left out.
pub(crate) fn shape(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let is_place = |part: &str| part.starts_with(['{', '%']) || part.parse::<i64>().is_ok();
    let parts = path
        .split('/')
        .map(|part| if is_place(part) { "{}" } else { part });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// All of the interface.
fn operations() -> BTreeSet<String> {
    let openapi = document(include_str!("../../../../docs/openapi.json"));
    let mut all = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            all.insert(shape(&method.to_uppercase(), path));
        }
    }
    all
}

/// The events of the socket, but for `ping`, which anybody may send who is connected.
fn events() -> BTreeSet<String> {
    let asyncapi = document(include_str!("../../../../docs/asyncapi.json"));
    let operations = asyncapi["operations"].as_object().unwrap();
    let events = operations.keys().filter_map(|o| o.strip_prefix("receive_"));
    events.filter(|e| *e != "ping").map(str::to_owned).collect()
}

#[test]
fn every_operation_and_every_event_has_its_row() {
    let place = Place::nowhere();
    let rows = [messages::rows(), rooms::rows(), moderation::rows()].concat();
    let mut asked = accounts::shapes();
    asked.extend(crate::communities::rights::shapes());
    asked.extend(rows.iter().filter_map(|row| {
        let Ask(method, path, _) = row.ask?(&place, "own");
        Some(shape(method, &path))
    }));
    let operations = operations();
    let missing: Vec<_> = operations.difference(&asked).collect();
    assert!(missing.is_empty(), "operations without a row: {missing:?}");
    let sent = rows.iter().filter_map(|row| Some(row.emit?(&place, "own")));
    let sent: BTreeSet<String> = sent.map(|Emit(event, _)| event.to_owned()).collect();
    assert_eq!(sent, events(), "events with a row, and all events");
}
