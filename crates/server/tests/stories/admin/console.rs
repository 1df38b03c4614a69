//! `parlor admin`: the same actions without a browser, whether the server runs or not.

use crate::operations::{Process, run, run_with_input};
use parlor_testkit::{Value, Visitor, json};
use std::path::Path;

const PASSWORD: &str = "a long walk by the river";

fn create(folder: &Path, name: &str) -> (Option<i32>, String) {
    let email = format!("{name}@example.org");
    let arguments = [
        "admin",
        "create",
        "--username",
        name,
        "--email",
        &email,
        "--password-stdin",
    ];
    run_with_input(folder, &arguments, PASSWORD)
}

fn admin(folder: &Path, arguments: &[&str]) -> String {
    let (code, text) = run(folder, &[&["admin"], arguments].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    text
}

fn items(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn sign_in(url: &str, name: &str) -> Visitor {
    let visitor = Visitor::new(url);
    let form = json!({ "username": name, "password": PASSWORD });
    let signed_in = visitor.post("/api/auth/login", form).await.expect(200);
    visitor.set_token(signed_in["access_token"].as_str().map(str::to_owned));
    visitor
}

#[tokio::test]
async fn a_running_server_notices_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (mut process, url) = Process::start(folder);
    let (code, text) = create(folder, "root");
    assert_eq!((code, &*text), (Some(0), "root is an administrator now\n"));
    assert_eq!(create(folder, "alice").0, Some(0));
    let (root, alice) = (sign_in(&url, "root").await, sign_in(&url, "alice").await);
    let rooms = root.get("/api/rooms?scope=joined").await.expect(200);
    assert_eq!(
        rooms["items"].as_array().unwrap().len(),
        3,
        "the default rooms"
    );

    let shown = admin(folder, &["set-role", "alice", "user"]);
    assert!(
        shown
            .lines()
            .nth(1)
            .unwrap()
            .contains("\talice\talice@example.org\tuser\tactive"),
        "{shown}"
    );
    alice
        .get("/api/admin/users")
        .await
        .problem(403, "forbidden");
    let socket = alice.socket().await;
    admin(folder, &["sign-out", "alice"]);
    socket.closed().await;
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    admin(folder, &["deactivate", "alice"]);
    admin(folder, &["activate", "ALICE"]);
    let link = admin(folder, &["reset-password", "alice"]);
    let link = link.lines().next().unwrap();
    let (_, code) = link.split_once("/app/reset#").unwrap();
    let form = json!({ "code": code, "new_password": "another walk, uphill" });
    root.post("/api/auth/reset-password", form)
        .await
        .expect(204);

    let none = run(folder, &["admin", "reset-factors", "alice"]);
    assert_eq!(none.0, Some(1), "{}", none.1);
    assert!(none.1.ends_with("(invalid_state)\n"), "{}", none.1);

    let at_root = root.socket().await;
    admin(folder, &["announce", "Maintenance", "From eight."]);
    let told = at_root.next("announcement").await;
    assert_eq!(told["announcement"]["by"], Value::Null);
    let id = told["announcement"]["id"].to_string();
    admin(folder, &["withdraw", &id]);
    at_root.next("announcement_withdrawn").await;

    let log = items(&admin(folder, &["audit", "--json", "--source", "console"]));
    let actions: Vec<_> = log
        .iter()
        .rev()
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    let done = [
        "administrator_made",
        "administrator_made",
        "role_changed",
        "signed_out",
        "deactivated",
        "activated",
        "password_reset_offered",
        "announced",
        "announcement_withdrawn",
    ];
    assert_eq!(actions, done);
    assert!(log.iter().all(|entry| entry["actor"].is_null()));
    let last = run(folder, &["admin", "set-role", "root", "user"]);
    assert_eq!(last.0, Some(1));
    assert!(last.1.ends_with("(last_administrator)\n"), "{}", last.1);
    assert_eq!(process.terminate(), Some(0));
    assert!(!folder.join("data/console/socket").exists());
}

#[test]
fn the_same_commands_work_while_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(create(folder, "root").0, Some(0));
    let (code, text) = create(folder, "root");
    assert_eq!(code, Some(1));
    assert!(text.contains("(name_taken)"), "{text}");
    assert_eq!(create(folder, "alice").0, Some(0));
    admin(folder, &["set-role", "alice", "user"]);
    let users = items(&admin(folder, &["list-users", "--json"]));
    let users: Vec<_> = users
        .iter()
        .map(|u| (u["username"].as_str().unwrap(), u["role"].as_str().unwrap()))
        .collect();
    assert_eq!(users, [("root", "admin"), ("alice", "user")]);
    let found = items(&admin(
        folder,
        &["--json", "list-users", "--q", "lic", "--guests", "false"],
    ));
    assert_eq!(found.len(), 1);
    let rooms = items(&admin(
        folder,
        &["rooms", "--json", "--sort", "members", "--limit", "2"],
    ));
    assert_eq!(rooms.len(), 2);
    assert_eq!(rooms[0]["member_count"], 2);
    assert_eq!(admin(folder, &["communities"]).lines().count(), 1);
    admin(folder, &["announce", "Tomorrow", "We begin."]);
    assert_eq!(
        admin(folder, &["retention"]).lines().nth(1),
        Some("0\t0\t0\t0")
    );
    let terms = admin(
        folder,
        &["retention", "--public-rooms", "90", "--direct-chats", "30"],
    );
    assert_eq!(terms.lines().nth(1), Some("90\t0\t30\t0"));
    let held = admin(
        folder,
        &["hold", "--user", "alice", "--reason", "case 7", "--json"],
    );
    let held = &items(&held)[0];
    assert_eq!(
        (&held["user"]["username"], &held["placed_by"]),
        (&json!("alice"), &Value::Null)
    );
    assert_eq!(admin(folder, &["holds"]).lines().count(), 2);
    admin(folder, &["lift-hold", &held["id"].to_string()]);
    assert_eq!(admin(folder, &["holds"]).lines().count(), 1);
    assert_eq!(
        admin(folder, &["holds", "--with-lifted"]).lines().count(),
        2
    );
    let figures = admin(folder, &["figures"]);
    for column in ["p99_ms", "active_people", "database_bytes"] {
        assert!(figures.contains(column), "{figures}");
    }
    let shown = admin(folder, &["announcements"]);
    assert!(shown.contains("Tomorrow"), "{shown}");
    let audit = admin(folder, &["audit", "--user", "alice"]);
    assert_eq!(audit.lines().count(), 5, "{audit}");
    assert_eq!(admin(folder, &["logins"]).lines().count(), 1);
    for (arguments, said) in [
        (&["set-role", "alice", "owner"][..], "(invalid_field)"),
        (
            &["set-role", "nobody", "user"],
            "there is no account \"nobody\" (not_found)",
        ),
        (&["sign-out", "999999"], "(not_found)"),
        (&["rooms", "--sort", "colour"], "(invalid_param)"),
        (&["withdraw", "7777"], "(not_found)"),
        (&["lift-hold", "7777"], "(not_found)"),
        (
            &["hold", "--room", "7777", "--reason", "case 7"],
            "(not_found)",
        ),
        (&["retention", "--public-rooms", "99999"], "(invalid_field)"),
    ] {
        let (code, text) = run(folder, &[&["admin"], arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}: {text}");
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}

#[tokio::test]
async fn the_console_is_for_the_servers_owner_and_for_nothing_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (_process, url) = Process::start(folder.path());
    let console = folder.path().join("data/console");
    let mode = std::fs::metadata(console).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let visitor = Visitor::new(&url);
    let form = json!({ "username": "eve", "email": "eve@example.org", "password": PASSWORD });
    visitor
        .post("/api/console/administrators", form)
        .await
        .problem(404, "not_found");
}

#[test]
fn where_the_data_are_in_use_and_nobody_answers_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let lock = std::fs::File::create(data.join("parlor.lock")).unwrap();
    lock.lock().unwrap();
    let (code, text) = run(folder.path(), &["admin", "list-users"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("no server answers at"), "{text}");
}
