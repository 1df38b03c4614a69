//! Every path and event of the documents of the five older systems, with the line that names it, and what shows that it
//! is answered: the conversations of the official clients, line by line, and for `chatroom` the stories of the native
//! interface.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Document, line, and what it names: a request, an event that a client says, or one that it hears. `ws` opens a
/// WebSocket, whose messages are frames.
#[rustfmt::skip]
const NAMED: &[(&str, u32, &str)] = &[
    ("must", 282, "POST /auth/login"),
    ("must", 292, "POST /auth/logout"),
    ("must", 298, "POST /auth/register"),
    ("must", 325, "GET /user/search/{username}"),
    ("must", 343, "say join_room"),
    ("must", 348, "hear room_announcement"),
    ("must", 350, "say leave_room"),
    ("must", 353, "hear room_announcement"),
    ("must", 355, "say chat_message"),
    ("must", 357, "hear receive_message"),
    ("awesome", 202, "hear frame"),
    ("awesome", 202, "say frame"),
    ("awesome", 219, "ws /ws/rooms/{room_id}"),
    ("awesome", 329, "POST /users/register"),
    ("awesome", 333, "POST /users/login"),
    ("awesome", 337, "POST /users/logout"),
    ("awesome", 340, "GET /users/me"),
    ("awesome", 343, "PUT /users/me"),
    ("awesome", 347, "PUT /users/me/password"),
    ("awesome", 351, "DELETE /users/me"),
    ("awesome", 354, "GET /users/oauth/{provider}"),
    ("awesome", 358, "GET /users/oauth/callback"),
    ("awesome", 367, "POST /rooms"),
    ("awesome", 371, "GET /rooms"),
    ("awesome", 375, "POST /rooms/{room_id}/join"),
    ("awesome", 379, "POST /rooms/{room_id}/leave"),
    ("awesome", 383, "GET /rooms/{room_id}"),
    ("awesome", 387, "PUT /rooms/{room_id}"),
    ("awesome", 392, "DELETE /rooms/{room_id}"),
    ("awesome", 396, "POST /rooms/{room_id}/members/{user_id}/kick"),
    ("awesome", 400, "POST /rooms/{room_id}/members/{user_id}/mute"),
    ("awesome", 411, "POST /files/upload"),
    ("awesome", 415, "GET /files/{file_id}"),
    ("awesome", 419, "GET /files/download/{file_id}"),
    ("awesome", 423, "DELETE /files/{file_id}"),
    ("awesome", 427, "GET /users/{user_id}/files"),
    ("awesome", 437, "POST /communities"),
    ("awesome", 441, "GET /communities/{community_id}"),
    ("awesome", 445, "POST /communities/{community_id}/join"),
    ("awesome", 449, "POST /communities/{community_id}/leave"),
    ("awesome", 453, "GET /users/{user_id}/communities"),
    ("awesome", 457, "POST /communities/{community_id}/members/{user_id}/role"),
    ("platform", 174, "hear chat"),
    ("platform", 174, "say chat"),
    ("platform", 175, "say call_request"),
    ("platform", 176, "say file_transfer"),
    ("platform", 177, "hear user_status"),
    ("platform", 177, "say user_status"),
    ("komunikator", 130, "POST /api/register"),
    ("komunikator", 131, "POST /api/login"),
    ("komunikator", 132, "POST /api/user/change_password"),
    ("komunikator", 133, "GET /api/user/get_info"),
    ("komunikator", 134, "GET /api/users/online"),
    ("komunikator", 135, "GET /api/rooms"),
    ("komunikator", 137, "GET /api/user_rooms"),
    ("komunikator", 138, "GET /api/user/list"),
    ("komunikator", 139, "POST /api/user_kick"),
    ("komunikator", 140, "GET /api/chat_history"),
    ("komunikator", 144, "say join"),
    ("komunikator", 145, "say leave"),
    ("komunikator", 146, "say message"),
    ("komunikator", 147, "say watchdog"),
    ("komunikator", 148, "hear user_list_updated"),
    ("komunikator", 149, "hear room_list_updated"),
    ("komunikator", 150, "hear user_online"),
    ("komunikator", 151, "hear user_offline"),
    ("komunikator", 152, "hear user_joined"),
    ("komunikator", 153, "hear user_left"),
    ("komunikator", 154, "hear new"),
    ("komunikator", 155, "hear error"),
    ("komunikator", 617, "hear new_message"),
    ("komunikator", 688, "POST /api/room/create"),
    ("komunikator", 708, "POST /api/room/delete"),
    ("komunikator", 730, "POST /api/room/edit"),
    ("komunikator", 755, "GET /api/room/get"),
    ("komunikator", 789, "POST /api/room/join_private"),
    ("komunikator", 811, "POST /api/room/join_public"),
    ("komunikator", 833, "POST /api/room/leave"),
];

/// The same of `chatroom`, with the text by which a test shows it, and the test.
#[rustfmt::skip]
const NATIVE: &[(u32, &str, &str, &str)] = &[
    (87, "POST /api/auth/register", "server.person(", "chatrooms_paths_are_the_native_ones"),
    (88, "POST /api/auth/login", "/api/auth/login", "chatrooms_paths_are_the_native_ones"),
    (89, "POST /api/auth/logout", "/api/auth/logout", "chatrooms_paths_are_the_native_ones"),
    (90, "GET /api/auth/me", "/api/auth/me", "chatrooms_paths_are_the_native_ones"),
    (91, "PUT /api/auth/profile", "/api/auth/profile", "chatrooms_paths_are_the_native_ones"),
    (92, "PUT /api/auth/change-password", "/api/auth/change-password", "chatrooms_paths_are_the_native_ones"),
    (93, "GET /api/auth/check", "/api/auth/check", "chatrooms_paths_are_the_native_ones"),
    (97, "GET /api/rooms", "get(\"/api/rooms\")", "chatrooms_paths_are_the_native_ones"),
    (98, "POST /api/rooms", "create_room(", "chatrooms_paths_are_the_native_ones"),
    (99, "GET /api/rooms/<id>", "get(&path)", "chatrooms_paths_are_the_native_ones"),
    (100, "POST /api/rooms/<id>/join", ".join(room)", "chatrooms_paths_are_the_native_ones"),
    (101, "POST /api/rooms/<id>/leave", "/leave", "chatrooms_paths_are_the_native_ones"),
    (102, "GET /api/rooms/<id>/messages", "{path}/messages", "chatrooms_paths_are_the_native_ones"),
    (103, "POST /api/rooms/<id>/messages", ".say(room", "chatrooms_paths_are_the_native_ones"),
    (104, "PUT /api/messages/<id>", ".put(&one", "chatrooms_paths_are_the_native_ones"),
    (105, "DELETE /api/messages/<id>", ".delete(&one)", "chatrooms_paths_are_the_native_ones"),
    (106, "GET /api/users/online", "/api/users/online", "chatrooms_paths_are_the_native_ones"),
    (107, "GET /api/rooms/<id>/members", "{path}/members", "chatrooms_paths_are_the_native_ones"),
    (112, "connect", ".socket()", "chatrooms_events_are_the_native_ones"),
    (113, "disconnect", ".close()", "chatrooms_events_are_the_native_ones"),
    (114, "join_room", "\"join_room\"", "chatrooms_events_are_the_native_ones"),
    (115, "leave_room", "\"leave_room\"", "chatrooms_events_are_the_native_ones"),
    (116, "send_message", "\"send_message\"", "chatrooms_events_are_the_native_ones"),
    (117, "typing_start", "\"typing_start\"", "chatrooms_events_are_the_native_ones"),
    (118, "typing_stop", "\"typing_stop\"", "chatrooms_events_are_the_native_ones"),
    (119, "get_online_users", "\"get_online_users\"", "chatrooms_events_are_the_native_ones"),
    (120, "ping", "\"ping\"", "chatrooms_events_are_the_native_ones"),
    (123, "user_status_update", "\"user_status_update\"", "chatrooms_events_are_the_native_ones"),
    (124, "room_joined", "\"room_joined\"", "chatrooms_events_are_the_native_ones"),
    (125, "user_joined", "\"user_joined\"", "chatrooms_events_are_the_native_ones"),
    (126, "user_left", "\"user_left\"", "chatrooms_events_are_the_native_ones"),
    (127, "new_message", "\"new_message\"", "chatrooms_events_are_the_native_ones"),
    (128, "typing_update", "\"typing_update\"", "chatrooms_events_are_the_native_ones"),
    (129, "online_users_update", "\"online_users_update\"", "chatrooms_events_are_the_native_ones"),
    (130, "error", "\"error\"", "chatrooms_events_are_the_native_ones"),
    (131, "pong", "\"pong\"", "chatrooms_events_are_the_native_ones"),
];

/// As many as the documents have, where one line may name what is said and what is heard.
const COUNTS: [(&str, usize); 4] = [
    ("must", 10),
    ("awesome", 32),
    ("platform", 6),
    ("komunikator", 30),
];

/// What is answered that it is not offered yet.
const LATER: [&str; 7] = [
    "POST /files/upload",
    "GET /files/{file_id}",
    "GET /files/download/{file_id}",
    "DELETE /files/{file_id}",
    "GET /users/{user_id}/files",
    "say call_request",
    "say file_transfer",
];

/// What the recorded conversations leave out, for people have to come and go, or a provider has to be there; with the text
/// by which a test shows it, and the test.
#[rustfmt::skip]
const TOLD_ELSEWHERE: [(&str, &str, &str); 4] = [
    ("hear user_online", "\"user_online\"", "komunikator_tells_of_comings_and_goings_room_by_room"),
    ("hear user_offline", "\"user_offline\"", "komunikator_tells_of_comings_and_goings_room_by_room"),
    ("GET /users/oauth/{provider}", "/users/oauth/work", "the_older_paths_lead_to_the_same_accounts"),
    ("GET /users/oauth/callback", "/users/oauth/callback?", "the_older_paths_lead_to_the_same_accounts"),
];

/// The sources of the tests.
const SOURCES: [&str; 3] = [
    include_str!("chatroom.rs"),
    include_str!("together.rs"),
    include_str!("../accounts/identities/dialects.rs"),
];

fn conversation(document: &str) -> &'static str {
    match document {
        "must" => include_str!("transcripts/must.txt"),
        "awesome" => include_str!("transcripts/awesome.txt"),
        "platform" => include_str!("transcripts/platform.txt"),
        "komunikator" => include_str!("transcripts/komunikator.txt"),
        other => panic!("there is no conversation in the way of {other}"),
    }
}

/// The lines of a test.
fn body_of(test: &str) -> &'static str {
    let start = format!("async fn {test}()");
    let found = SOURCES.iter().find_map(|source| {
        let (_, body) = source.split_once(&start)?;
        body.split("\n}\n").next()
    });
    found.unwrap_or_else(|| panic!("there is no test {test}"))
}

/// Something that is done in a conversation, and what it is answered, if it is.
#[derive(Debug)]
struct Step {
    what: String,
    answer: String,
}

/// What is said and heard, in the words of the table.
fn steps(conversation: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in conversation.lines().map(str::trim) {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        let word = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
        let what = if first.ends_with('<') {
            if let (Some(step), "error") = (steps.last_mut(), word(rest).as_str()) {
                line.clone_into(&mut step.answer);
            }
            format!("hear {}", word(rest))
        } else if first.ends_with('>') {
            let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            match verb {
                "emit" | "ask" => format!("say {}", word(rest)),
                "frame" => "say frame".to_owned(),
                verb => format!("{verb} {}", word(rest)),
            }
        } else {
            if let (Some(step), false) = (steps.last_mut(), first.is_empty() || first == "#") {
                line.clone_into(&mut step.answer);
            }
            continue;
        };
        steps.push(Step {
            what,
            answer: String::new(),
        });
    }
    steps
}

/// Whether something that was done is what a row names: `{…}` stands for any one part of a path.
fn fits(named: &str, done: &str) -> bool {
    let done = done.split('?').next().unwrap_or_default();
    let (named, done) = (named.split('/'), done.split('/'));
    let (named, done) = (named.collect::<Vec<_>>(), done.collect::<Vec<_>>());
    let same = |(named, done): (&&str, &&str)| {
        let is_any = named.starts_with('{') && !done.is_empty();
        is_any || named == done
    };
    named.len() == done.len() && named.iter().zip(&done).all(same)
}

/// Whether an answer is that of something that was done, or, of what comes later, that it is not offered yet. An event
/// need not be answered; how each is refused, the conversations show as well.
fn is_as_documented(named: &str, step: &Step) -> bool {
    let answer = step.answer.as_str();
    if LATER.contains(&named) {
        return answer.starts_with("501 ") || answer.contains("\"not_implemented\"");
    }
    if named.starts_with("ws ") {
        return answer.is_empty();
    }
    if named.contains(" /") {
        return answer.starts_with('2');
    }
    !answer.contains("\"ok\":false") && !answer.contains("< error ")
}

#[test]
fn everything_that_the_documents_name_is_shown_by_a_conversation() {
    let mut seen = BTreeSet::new();
    for row @ (document, line, named) in NAMED {
        assert!(seen.insert(row), "{document}:{line} {named}: twice");
        if let Some((_, text, test)) = TOLD_ELSEWHERE.iter().find(|it| it.0 == *named) {
            let is_shown = body_of(test).contains(text);
            assert!(is_shown, "{document}:{line} {named}: {test}");
            continue;
        }
        let steps = steps(conversation(document));
        let mut shown = steps.iter().filter(|step| fits(named, &step.what));
        let is_shown = shown.any(|step| is_as_documented(named, step));
        assert!(is_shown, "{document}:{line} {named}: nothing shows it");
    }
    for (line, named, shown, test) in NATIVE {
        let is_shown = body_of(test).contains(shown);
        assert!(is_shown, "chatroom:{line} {named}: {test} does not show it");
    }
    for (document, count) in COUNTS {
        let rows = NAMED.iter().filter(|row| row.0 == document).count();
        assert_eq!(rows, count, "{document}");
    }
    assert_eq!(NATIVE.len(), 36);
}

/// A row for each path that is served, and a path for each row.
#[test]
fn what_is_served_is_what_the_documents_name() {
    let dialects = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dialects");
    for (document, files, shared) in [
        ("must", &["http"][..], &[][..]),
        ("awesome", &["mod"], &[]),
        (
            "komunikator",
            &["http"],
            // Told apart by the token.
            &["GET /api/rooms", "GET /api/users/online"],
        ),
    ] {
        let mut served: BTreeSet<String> = shared.iter().map(|it| (*it).to_owned()).collect();
        for file in files {
            let path = dialects.join(document).join(format!("{file}.rs"));
            served.extend(routes(&fs::read_to_string(path).unwrap()));
        }
        let rows = NAMED.iter().filter(|(of, _, named)| {
            *of == document && (named.contains(" /") || named.starts_with("ws "))
        });
        let named: BTreeSet<String> = rows
            .map(|(_, _, named)| named.replace("ws ", "GET "))
            .collect();
        assert_eq!(served, named, "{document}");
    }
    for (document, file, before) in [
        ("must", "must/chat.rs", "\" => {"),
        ("komunikator", "komunikator/events.rs", "\" =>"),
    ] {
        let source = fs::read_to_string(dialects.join(file)).unwrap();
        let arms = source.lines().filter_map(|line| {
            let (event, _) = line.trim().strip_prefix('"')?.split_once(before)?;
            Some(format!("say {event}"))
        });
        let rows = NAMED.iter().filter(|row| row.0 == document);
        let named = rows.map(|row| row.2.to_owned());
        let named: BTreeSet<_> = named.filter(|named| named.starts_with("say ")).collect();
        assert_eq!(arms.collect::<BTreeSet<_>>(), named, "{document}");
    }
}

/// The methods and paths that a source gives to a router.
fn routes(source: &str) -> Vec<String> {
    let mut routes = Vec::new();
    for route in source.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("a path");
        let end = route.find(".merge").or_else(|| route.find("\n}"));
        let handlers = &route[..end.unwrap_or(route.len())];
        for method in ["get", "post", "put", "delete"] {
            let is_first = handlers.contains(&format!(" {method}("));
            if is_first || handlers.contains(&format!(".{method}(")) {
                routes.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    routes
}
