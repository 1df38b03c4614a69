//! Every path and event of the documents of the five older systems, with the line that names it, the test that shows
//! it, and what in that test does.

use std::collections::BTreeSet;

/// Document, line, what it names, the text by which the test shows it, the test.
#[rustfmt::skip]
const NAMED: &[(&str, u32, &str, &str, &str)] = &[
    ("must", 282, "POST /auth/login", "POST /auth/login", "must_is_spoken_as_documented"),
    ("must", 292, "POST /auth/logout", "POST /auth/logout", "must_is_spoken_as_documented"),
    ("must", 298, "POST /auth/register", "POST /auth/register", "must_is_spoken_as_documented"),
    ("must", 325, "GET /user/search/<username>", "GET /user/search/", "must_is_spoken_as_documented"),
    ("must", 343, "join_room", "emit join_room", "must_is_spoken_as_documented"),
    ("must", 348, "room_announcement, joined", "has joined the room.", "must_is_spoken_as_documented"),
    ("must", 350, "leave_room", "emit leave_room", "must_is_spoken_as_documented"),
    ("must", 353, "room_announcement, left", "has left the room.", "must_is_spoken_as_documented"),
    ("must", 355, "chat_message", "emit chat_message", "must_is_spoken_as_documented"),
    ("must", 357, "receive_message", "receive_message", "must_is_spoken_as_documented"),
    ("chatroom", 87, "POST /api/auth/register", "server.person(", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 88, "POST /api/auth/login", "/api/auth/login", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 89, "POST /api/auth/logout", "/api/auth/logout", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 90, "GET /api/auth/me", "/api/auth/me", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 91, "PUT /api/auth/profile", "/api/auth/profile", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 92, "PUT /api/auth/change-password", "/api/auth/change-password", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 93, "GET /api/auth/check", "/api/auth/check", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 97, "GET /api/rooms", "get(\"/api/rooms\")", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 98, "POST /api/rooms", "create_room(", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 99, "GET /api/rooms/<id>", "get(&path)", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 100, "POST /api/rooms/<id>/join", ".join(room)", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 101, "POST /api/rooms/<id>/leave", "/leave", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 102, "GET /api/rooms/<id>/messages", "{path}/messages", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 103, "POST /api/rooms/<id>/messages", ".say(room", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 104, "PUT /api/messages/<id>", ".put(&one", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 105, "DELETE /api/messages/<id>", ".delete(&one)", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 106, "GET /api/users/online", "/api/users/online", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 107, "GET /api/rooms/<id>/members", "{path}/members", "chatrooms_paths_are_the_native_ones"),
    ("chatroom", 112, "connect", ".socket()", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 113, "disconnect", ".close()", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 114, "join_room", "\"join_room\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 115, "leave_room", "\"leave_room\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 116, "send_message", "\"send_message\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 117, "typing_start", "\"typing_start\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 118, "typing_stop", "\"typing_stop\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 119, "get_online_users", "\"get_online_users\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 120, "ping", "\"ping\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 123, "user_status_update", "\"user_status_update\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 124, "room_joined", "\"room_joined\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 125, "user_joined", "\"user_joined\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 126, "user_left", "\"user_left\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 127, "new_message", "\"new_message\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 128, "typing_update", "\"typing_update\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 129, "online_users_update", "\"online_users_update\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 130, "error", "\"error\"", "chatrooms_events_are_the_native_ones"),
    ("chatroom", 131, "pong", "\"pong\"", "chatrooms_events_are_the_native_ones"),
    ("awesome", 202, "the message protocol", "\"createdAt\"", "awesome_is_spoken_as_documented"),
    ("awesome", 219, "GET /ws/rooms/{room_id}", "ws /ws/rooms/", "awesome_is_spoken_as_documented"),
    ("awesome", 329, "POST /users/register", "POST /users/register", "awesome_is_spoken_as_documented"),
    ("awesome", 333, "POST /users/login", "POST /users/login", "awesome_is_spoken_as_documented"),
    ("awesome", 337, "POST /users/logout", "POST /users/logout", "awesome_is_spoken_as_documented"),
    ("awesome", 340, "GET /users/me", "GET /users/me", "awesome_is_spoken_as_documented"),
    ("awesome", 343, "PUT /users/me", "PUT /users/me", "awesome_is_spoken_as_documented"),
    ("awesome", 347, "PUT /users/me/password", "PUT /users/me/password", "awesome_is_spoken_as_documented"),
    ("awesome", 351, "DELETE /users/me", "DELETE /users/me", "awesome_is_spoken_as_documented"),
    ("awesome", 354, "GET /users/oauth/{provider}", "GET /users/oauth/google", "awesome_is_spoken_as_documented"),
    ("awesome", 358, "GET /users/oauth/callback", "GET /users/oauth/callback", "awesome_is_spoken_as_documented"),
    ("awesome", 367, "POST /rooms", "POST /rooms", "awesome_is_spoken_as_documented"),
    ("awesome", 371, "GET /rooms", "GET /rooms", "awesome_is_spoken_as_documented"),
    ("awesome", 375, "POST /rooms/{room_id}/join", "POST /rooms/$garden/join", "awesome_is_spoken_as_documented"),
    ("awesome", 379, "POST /rooms/{room_id}/leave", "POST /rooms/$cellar/leave", "awesome_is_spoken_as_documented"),
    ("awesome", 383, "GET /rooms/{room_id}", "GET /rooms/$garden", "awesome_is_spoken_as_documented"),
    ("awesome", 387, "PUT /rooms/{room_id}", "PUT /rooms/$garden", "awesome_is_spoken_as_documented"),
    ("awesome", 392, "DELETE /rooms/{room_id}", "DELETE /rooms/$garden", "awesome_is_spoken_as_documented"),
    ("awesome", 396, "POST /rooms/{room_id}/members/{user_id}/kick", "POST /rooms/$garden/members/$bob_id/kick", "awesome_is_spoken_as_documented"),
    ("awesome", 400, "POST /rooms/{room_id}/members/{user_id}/mute", "POST /rooms/$garden/members/$bob_id/mute", "awesome_is_spoken_as_documented"),
    ("awesome", 411, "POST /files/upload", "POST /files/upload", "awesome_is_spoken_as_documented"),
    ("awesome", 415, "GET /files/{file_id}", "GET /files/1", "awesome_is_spoken_as_documented"),
    ("awesome", 419, "GET /files/download/{file_id}", "GET /files/download/1", "awesome_is_spoken_as_documented"),
    ("awesome", 423, "DELETE /files/{file_id}", "DELETE /files/1", "awesome_is_spoken_as_documented"),
    ("awesome", 427, "GET /users/{user_id}/files", "GET /users/1/files", "awesome_is_spoken_as_documented"),
    ("awesome", 437, "POST /communities", "POST /communities {", "awesome_is_spoken_as_documented"),
    ("awesome", 441, "GET /communities/{community_id}", "GET /communities/$gardeners", "awesome_is_spoken_as_documented"),
    ("awesome", 445, "POST /communities/{community_id}/join", "POST /communities/$gardeners/join", "awesome_is_spoken_as_documented"),
    ("awesome", 449, "POST /communities/{community_id}/leave", "POST /communities/$gardeners/leave", "awesome_is_spoken_as_documented"),
    ("awesome", 453, "GET /users/{user_id}/communities", "GET /users/$bob_id/communities", "awesome_is_spoken_as_documented"),
    ("awesome", 457, "POST /communities/{community_id}/members/{user_id}/role", "POST /communities/$gardeners/members/$bob_id/role", "awesome_is_spoken_as_documented"),
    ("platform", 174, "chat", "emit chat", "platform_is_spoken_as_documented"),
    ("platform", 175, "call_request", "call_request", "platform_is_spoken_as_documented"),
    ("platform", 176, "file_transfer", "file_transfer", "platform_is_spoken_as_documented"),
    ("platform", 177, "user_status", "user_status", "platform_is_spoken_as_documented"),
    ("komunikator", 130, "/api/register", "POST /api/register", "komunikator_is_spoken_as_documented"),
    ("komunikator", 131, "/api/login", "POST /api/login", "komunikator_is_spoken_as_documented"),
    ("komunikator", 132, "/api/user/change_password", "POST /api/user/change_password", "komunikator_is_spoken_as_documented"),
    ("komunikator", 133, "/api/user/get_info", "GET /api/user/get_info", "komunikator_is_spoken_as_documented"),
    ("komunikator", 134, "/api/users/online", "GET /api/users/online", "komunikator_is_spoken_as_documented"),
    ("komunikator", 135, "/api/rooms", "GET /api/rooms", "komunikator_is_spoken_as_documented"),
    ("komunikator", 137, "/api/user_rooms", "GET /api/user_rooms", "komunikator_is_spoken_as_documented"),
    ("komunikator", 138, "/api/user/list", "GET /api/user/list", "komunikator_is_spoken_as_documented"),
    ("komunikator", 139, "/api/user_kick", "POST /api/user_kick", "komunikator_is_spoken_as_documented"),
    ("komunikator", 140, "/api/chat_history", "GET /api/chat_history", "komunikator_is_spoken_as_documented"),
    ("komunikator", 144, "join", "emit join", "komunikator_is_spoken_as_documented"),
    ("komunikator", 145, "leave", "emit leave", "komunikator_is_spoken_as_documented"),
    ("komunikator", 146, "message", "emit message", "komunikator_is_spoken_as_documented"),
    ("komunikator", 147, "watchdog", "watchdog", "komunikator_is_spoken_as_documented"),
    ("komunikator", 148, "user_list_updated", "user_list_updated", "komunikator_is_spoken_as_documented"),
    ("komunikator", 149, "room_list_updated", "room_list_updated", "komunikator_is_spoken_as_documented"),
    ("komunikator", 150, "user_online", "\"user_online\"", "komunikator_tells_of_comings_and_goings_room_by_room"),
    ("komunikator", 151, "user_offline", "\"user_offline\"", "komunikator_tells_of_comings_and_goings_room_by_room"),
    ("komunikator", 152, "user_joined", "user_joined", "komunikator_is_spoken_as_documented"),
    ("komunikator", 153, "user_left", "user_left", "komunikator_is_spoken_as_documented"),
    ("komunikator", 154, "new", "< new ", "komunikator_is_spoken_as_documented"),
    ("komunikator", 155, "error", "< error ", "komunikator_is_spoken_as_documented"),
    ("komunikator", 617, "new_message", "< new_message ", "komunikator_is_spoken_as_documented"),
    ("komunikator", 688, "POST /api/room/create", "POST /api/room/create", "komunikator_is_spoken_as_documented"),
    ("komunikator", 708, "POST /api/room/delete", "POST /api/room/delete", "komunikator_is_spoken_as_documented"),
    ("komunikator", 730, "POST /api/room/edit", "POST /api/room/edit", "komunikator_is_spoken_as_documented"),
    ("komunikator", 755, "GET /api/room/get", "GET /api/room/get", "komunikator_is_spoken_as_documented"),
    ("komunikator", 789, "POST /api/room/join_private", "POST /api/room/join_private", "komunikator_is_spoken_as_documented"),
    ("komunikator", 811, "POST /api/room/join_public", "POST /api/room/join_public", "komunikator_is_spoken_as_documented"),
    ("komunikator", 833, "POST /api/room/leave", "POST /api/room/leave", "komunikator_is_spoken_as_documented"),
];

/// The sources of the tests.
const SOURCES: [&str; 4] = [
    include_str!("../dialects.rs"),
    include_str!("chatroom.rs"),
    include_str!("settings.rs"),
    include_str!("together.rs"),
];

/// What a test consists of: its transcript, or its own lines.
fn content_of(test: &str) -> &'static str {
    match test.split('_').next() {
        Some("must") => include_str!("transcripts/must.txt"),
        Some("awesome") => include_str!("transcripts/awesome.txt"),
        Some("platform") => include_str!("transcripts/platform.txt"),
        Some("komunikator") if test.ends_with("as_documented") => {
            include_str!("transcripts/komunikator.txt")
        }
        _ => {
            let start = format!("async fn {test}()");
            let found = SOURCES.iter().find_map(|source| {
                let (_, body) = source.split_once(&start)?;
                body.split("\n}\n").next()
            });
            found.unwrap_or_else(|| panic!("there is no test {test}"))
        }
    }
}

#[test]
fn everything_that_the_documents_name_is_shown_by_a_test() {
    let mut lines = BTreeSet::new();
    for (document, line, what, shown, test) in NAMED {
        let start = format!("async fn {test}()");
        let exists = SOURCES.iter().any(|source| source.contains(&start));
        assert!(exists, "{document}:{line} {what}: there is no test {test}");
        let content = content_of(test);
        assert!(
            content.contains(shown),
            "{document}:{line} {what}: {test} does not show it"
        );
        assert!(
            lines.insert((document, line, what)),
            "{document}:{line} twice"
        );
    }
    // As many as the documents have.
    let of = |document: &str| NAMED.iter().filter(|row| row.0 == document).count();
    let counts = ["must", "chatroom", "awesome", "platform", "komunikator"].map(of);
    assert_eq!(counts, [10, 36, 31, 4, 30]);
}
