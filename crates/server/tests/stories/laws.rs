//! Which events are under the law: a snapshot and the events since are a fresh snapshot.

use parlor_testkit::Value;
use std::collections::BTreeSet;

/// Where the law is held to, each over the events that its clients apply.
const LAWS: [&str; 7] = [
    include_str!("announcements.rs"),
    include_str!("communities.rs"),
    include_str!("delivery/reader.rs"),
    include_str!("friends/law.rs"),
    include_str!("notifications/law.rs"),
    include_str!("rooms/law.rs"),
    include_str!("rooms/shelf.rs"),
];
/// What is told and not stored, or answers somebody; and read marks, which no entry of a log tells: of two the greater
/// one holds, see `messages/reading.rs`.
const FLEETING: [&str; 8] = [
    "error",
    "online_users_update",
    "pong",
    "read_update",
    "resync",
    "typing_update",
    "user_status_update",
    "welcome",
];

#[test]
fn every_event_that_tells_of_something_stored_is_under_the_law() {
    let document = include_str!("../../../../docs/asyncapi.json");
    let document: Value = serde_json::from_str(document).expect("JSON");
    let operations = document["operations"].as_object().expect("operations");
    let events: BTreeSet<&str> = operations
        .keys()
        .filter_map(|o| o.strip_prefix("send_"))
        .collect();
    let is_applied = |event: &&&str| LAWS.iter().any(|law| law.contains(&format!("\"{event}\"")));
    let outside: Vec<_> = events
        .iter()
        .filter(|e| !is_applied(e) && !FLEETING.contains(*e))
        .collect();
    assert!(outside.is_empty(), "events that no law knows: {outside:?}");
}
