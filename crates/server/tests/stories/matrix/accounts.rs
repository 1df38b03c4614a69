//! What is not about a room: oneself, others, and running the server.

use super::{letter_of, shape};
use parlor_testkit::{Person, Server, Value, Visitor, json};
use std::collections::{BTreeSet, HashMap};

/// The columns: nobody, a guest, a person, an administrator of the server.
const ROLES: [&str; 4] = ["anon", "gst", "usr", "sys"];

struct Line {
    method: &'static str,
    path: &'static str,
    body: Value,
    /// A letter per role, as in the rooms' rows.
    cells: &'static str,
}

fn line(method: &'static str, path: &'static str, body: Value, cells: &'static str) -> Line {
    Line {
        method,
        path,
        body,
        cells,
    }
}

/// `{other}` in a path is another person's id, `{session}` the id of a session of theirs, `{request}` the id of a request
/// to be friends that they have made to somebody else, `{announcement}` the id of an announcement.
fn lines() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line("GET", "/api/auth/check", none(), "Y Y Y Y"),
        line("GET", "/api/auth/me", none(), "u Y Y Y"),
        line("GET", "/api/auth/sessions", none(), "u Y Y Y"),
        line("GET", "/api/auth/logins", none(), "u Y Y Y"),
        line("GET", "/api/users/me/stats", none(), "u Y Y Y"),
        line("GET", "/api/users/online", none(), "u Y Y Y"),
        line("GET", "/api/rooms", none(), "u Y Y Y"),
        line(
            "PUT",
            "/api/auth/profile",
            json!({ "bio": "hello" }),
            "u g Y Y",
        ),
        line(
            "POST",
            "/api/rooms/direct",
            json!({ "user_id": "{other}" }),
            "u g Y Y",
        ),
        line(
            "POST",
            "/api/rooms",
            json!({ "name": "{role}'s room" }),
            "u g Y Y",
        ),
        line("GET", "/api/users/search?q=other", none(), "u g Y Y"),
        line("GET", "/api/users/{other}", none(), "u g Y Y"),
        line("DELETE", "/api/auth/sessions/{session}", none(), "u g h h"),
        line("GET", "/api/auth/privacy", none(), "u g Y Y"),
        line(
            "PUT",
            "/api/auth/privacy",
            json!({ "presence": "friends" }),
            "u g Y Y",
        ),
        line("GET", "/api/friends", none(), "u g Y Y"),
        line("GET", "/api/friends/requests", none(), "u g Y Y"),
        line(
            "POST",
            "/api/friends/requests",
            json!({ "user_id": "{other}" }),
            "u g Y Y",
        ),
        line(
            "POST",
            "/api/friends/requests/{request}/accept",
            none(),
            "u g h h",
        ),
        line(
            "POST",
            "/api/friends/requests/{request}/decline",
            none(),
            "u g h h",
        ),
        line(
            "DELETE",
            "/api/friends/requests/{request}",
            none(),
            "u g h h",
        ),
        line("DELETE", "/api/friends/{other}", none(), "u g h h"),
        line("GET", "/api/communities", none(), "u Y Y Y"),
        line(
            "POST",
            "/api/communities",
            json!({ "name": "{role}'s community" }),
            "u g Y Y",
        ),
        line("GET", "/api/users/{other}/communities", none(), "u h h Y"),
        line("GET", "/api/notifications", none(), "u Y Y Y"),
        line(
            "POST",
            "/api/notifications/read",
            json!({ "ids": [1] }),
            "u Y Y Y",
        ),
        line("GET", "/api/notifications/preferences", none(), "u Y Y Y"),
        line(
            "PUT",
            "/api/notifications/preferences",
            json!({ "types": {} }),
            "u Y Y Y",
        ),
        line("GET", "/api/notifications/reminders", none(), "u Y Y Y"),
        line(
            "DELETE",
            "/api/notifications/reminders/999999",
            none(),
            "u h h h",
        ),
        line("GET", "/api/blocks", none(), "u g Y Y"),
        line("PUT", "/api/blocks/{other}", none(), "u g Y Y"),
        line("DELETE", "/api/blocks/{other}", none(), "u g Y Y"),
        line("GET", "/api/users/{other}/avatar", none(), "Y Y Y Y"),
    ]
}

/// What one shows besides the password.
fn factor_lines() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line(
            "DELETE",
            "/api/admin/users/{other}/factors",
            none(),
            "u n n i",
        ),
        line("GET", "/api/auth/factors", none(), "u g Y Y"),
        line("POST", "/api/auth/factors/totp", none(), "u g Y Y"),
        line(
            "POST",
            "/api/auth/factors/totp/confirm",
            json!({ "code": "no code" }),
            "u g w w",
        ),
        line(
            "POST",
            "/api/auth/factors/recovery-codes",
            none(),
            "u g i i",
        ),
        line("DELETE", "/api/auth/factors/totp", none(), "u g Y Y"),
        line(
            "POST",
            "/api/auth/step-up",
            json!({ "password": "{password}" }),
            "u g Y Y",
        ),
    ]
}

/// Signing in by others. There is no provider and no link of these names, which those are told who may know.
fn identity_lines() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line("GET", "/api/auth/oauth", none(), "Y Y Y Y"),
        line("GET", "/api/auth/oauth/{none}", none(), "h h h h"),
        line("GET", "/api/auth/oauth/callback", none(), "s s s s"),
        line(
            "POST",
            "/api/auth/oauth/newcomer",
            json!({ "pending_token": "none" }),
            "s s s s",
        ),
        line(
            "POST",
            "/api/auth/oauth/register",
            json!({ "pending_token": "none", "username": "new.{role}", "privacy_policy_accepted": true }),
            "s s s s",
        ),
        line("POST", "/api/auth/oauth/{none}/link", none(), "u g h h"),
        line("POST", "/api/auth/oauth/{none}/proof", none(), "u g h h"),
        line("GET", "/api/auth/identities", none(), "u g Y Y"),
        line("DELETE", "/api/auth/identities/999999", none(), "u g h h"),
        // They have a password, and an older one does not give way to another.
        line(
            "POST",
            "/api/auth/password",
            json!({ "new_password": "another walk, uphill" }),
            "u g i i",
        ),
    ]
}

/// Ending what one is, which comes last.
fn partings() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line(
            "PUT",
            "/api/auth/change-password",
            json!({ "old_password": "{password}", "new_password": "another walk, uphill" }),
            "u g Y Y",
        ),
        line("DELETE", "/api/auth/me", none(), "u g Y c"),
        line(
            "POST",
            "/api/auth/guest/upgrade",
            json!({
                "username": "upgraded.{role}",
                "email": "upgraded.{role}@example.org",
                "password": "a path through the wood",
                "privacy_policy_accepted": true,
            }),
            "u Y u i",
        ),
        line("POST", "/api/auth/logout", none(), "u Y u Y"),
    ]
}

/// What is kept, for how long, and what one takes along.
fn kept_lines() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line("POST", "/api/users/me/archive", none(), "u g Y Y"),
        line("GET", "/api/users/me/archive", none(), "u g Y Y"),
        line("DELETE", "/api/users/me/archive", none(), "u g Y Y"),
        line("GET", "/api/users/me/archive/download", none(), "u g h h"),
        line("GET", "/api/admin/retention", none(), "u n n Y"),
        line(
            "PUT",
            "/api/admin/retention",
            json!({ "public_rooms": 0 }),
            "u n n Y",
        ),
        line("GET", "/api/admin/holds", none(), "u n n Y"),
        line(
            "POST",
            "/api/admin/holds",
            json!({ "user_id": "{other}", "reason": "case 7" }),
            "u n n Y",
        ),
        // There is none of this number, which administrators alone are told.
        line("DELETE", "/api/admin/holds/999999", none(), "u n n h"),
    ]
}

/// Running the server.
fn desk() -> Vec<Line> {
    let none = || json!(null);
    vec![
        line("GET", "/api/admin/users", none(), "u n n Y"),
        line("GET", "/api/admin/users/{other}", none(), "u n n Y"),
        line(
            "PUT",
            "/api/admin/users/{other}",
            json!({ "role": "user" }),
            "u n n Y",
        ),
        line("GET", "/api/admin/logins", none(), "u n n Y"),
        line("GET", "/api/admin/audit", none(), "u n n Y"),
        line("GET", "/api/admin/rooms", none(), "u n n Y"),
        line("GET", "/api/admin/communities", none(), "u n n Y"),
        line("GET", "/api/admin/figures", none(), "u n n Y"),
        line("GET", "/api/admin/announcements", none(), "u n n Y"),
        line(
            "POST",
            "/api/admin/announcements",
            json!({ "title": "Soon", "content": "Now." }),
            "u n n Y",
        ),
        line("GET", "/api/announcements", none(), "u Y Y Y"),
        line(
            "POST",
            "/api/announcements",
            json!({ "title": "Soon", "content": "Now." }),
            "u n n Y",
        ),
        line(
            "PUT",
            "/api/announcements/{announcement}/dismissal",
            none(),
            "u Y Y Y",
        ),
        line(
            "DELETE",
            "/api/admin/announcements/{announcement}",
            none(),
            "u n n Y",
        ),
        line(
            "POST",
            "/api/admin/users/{other}/password-reset",
            none(),
            "u n n Y",
        ),
        line(
            "DELETE",
            "/api/admin/users/{other}/sessions",
            none(),
            "u n n Y",
        ),
    ]
}

/// All of them, in an order in which they can be tried.
fn all() -> impl Iterator<Item = Line> {
    let parts = [
        entrances(),
        kept_lines(),
        lines(),
        factor_lines(),
        identity_lines(),
        desk(),
        partings(),
    ];
    parts.into_iter().flatten()
}

/// Coming in, which anybody may, whoever they are already.
fn entrances() -> Vec<Line> {
    let form = json!({
        "username": "another.{role}",
        "email": "another.{role}@example.org",
        "password": "a path through the wood",
        "privacy_policy_accepted": true,
    });
    let login = json!({ "username": "other", "password": "{password}" });
    let refresh = json!({ "refresh_token": "{refresh}" });
    let reset = json!({ "code": "{code}", "new_password": "another walk, uphill" });
    vec![
        line("POST", "/api/auth/register", form, "Y Y Y Y"),
        line("POST", "/api/auth/login", login, "Y Y Y Y"),
        line("POST", "/api/auth/guest", json!({}), "Y Y Y Y"),
        line("POST", "/api/auth/refresh", refresh, "Y Y Y Y"),
        line("POST", "/api/auth/reset-password", reset, "Y Y Y Y"),
        line(
            "POST",
            "/api/auth/login/factor",
            json!({ "pending_token": "1.2.3", "code": "000000" }),
            "u u u u",
        ),
    ]
}

/// What the lines ask for.
pub(super) fn shapes() -> BTreeSet<String> {
    all().map(|line| shape(line.method, line.path)).collect()
}

/// What the places in paths and bodies stand for.
struct Things {
    session: Value,
    request: Value,
    announcement: Value,
    /// Of each role a code with which somebody chooses another password.
    codes: HashMap<&'static str, String>,
}

impl Things {
    async fn of(server: &Server, sys: &Person, other: &Person) -> Self {
        let sessions = other.get("/api/auth/sessions").await.expect(200);
        let asked = json!({ "user_id": server.person("third").await.id() });
        let asked = other.post("/api/friends/requests", asked).await.expect(201);
        let announced = json!({ "title": "Before", "content": "Now." });
        let announced = sys.post("/api/announcements", announced).await.expect(201);
        let mut codes = HashMap::new();
        for role in ROLES {
            let id = server.person(&format!("forgetful.{role}")).await.id();
            let path = format!("/api/admin/users/{id}/password-reset");
            let reset = sys.post(&path, Value::Null).await.expect(201);
            codes.insert(role, reset["code"].as_str().unwrap().to_owned());
        }
        Self {
            session: sessions["items"][0]["id"].clone(),
            request: asked["request"]["id"].clone(),
            announcement: announced["id"].clone(),
            codes,
        }
    }
}

/// Fills the places in a path or a body.
fn fill(text: &str, role: &str, other: &Person, things: &Things) -> String {
    text.replace("\"{other}\"", &other.id().to_string())
        .replace("{other}", &other.id().to_string())
        .replace("{session}", &things.session.to_string())
        .replace("{request}", &things.request.to_string())
        .replace("{announcement}", &things.announcement.to_string())
        .replace("{code}", &things.codes[role])
        .replace("{password}", other.password())
        .replace("{refresh}", &other.refresh_token())
        .replace("{none}", "none")
        .replace("{role}", role)
}

#[tokio::test]
async fn oneself_others_and_the_server() {
    let server = Server::start().await;
    let (gst, usr) = (server.guest("passing by").await, server.person("usr").await);
    let (sys, other) = (
        server.administrator("sys").await,
        server.person("other").await,
    );
    let nobody = server.visitor();
    let things = Things::of(&server, &sys, &other).await;
    let everybody: [&Visitor; 4] = [&nobody, &gst, &usr, &sys];
    let mut wrong = Vec::new();
    for line in all() {
        let roles = ROLES.into_iter().zip(everybody);
        for ((role, visitor), expected) in roles.zip(line.cells.split(' ')) {
            let path = fill(line.path, role, &other, &things);
            let mut request = visitor.request(line.method, &path);
            if !line.body.is_null() {
                let body = fill(&line.body.to_string(), role, &other, &things);
                request = request
                    .header("content-type", "application/json")
                    .body(body);
            }
            let found = letter_of(&visitor.send(request).await);
            let last = found == "409 last_administrator" && expected == "c";
            if found != expected && !last {
                let (method, path) = (line.method, line.path);
                wrong.push(format!("{method} {path}, {role}: {found}, not {expected}"));
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
