//! Those who run the server: how there comes to be one, and what they do with accounts.

use super::{form, with};
use parlor::kernel::actor::Actor;
use parlor::kernel::clock::Clock;
use parlor_testkit::{Reply, Server, Value, Visitor, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

async fn register_with_code(server: &Server, name: &str, code: &str) -> Reply {
    let form = with(form(name), "setup_code", json!(code));
    server.visitor().post("/api/auth/register", form).await
}

/// Somebody who runs the server, by the setup link.
async fn administrator(server: &Server, name: &str) -> (Visitor, i64) {
    let code = server.app().accounts.open_setup().await.unwrap().unwrap();
    let signed_up = register_with_code(server, name, &code).await.expect(201);
    assert_eq!(signed_up["user"]["role"], "admin");
    (signed_in(server, &signed_up), id(&signed_up["user"]))
}

fn signed_in(server: &Server, answer: &Value) -> Visitor {
    let visitor = server.visitor();
    visitor.set_token(answer["access_token"].as_str().map(str::to_owned));
    visitor
}

fn id(user: &Value) -> i64 {
    user["id"].as_i64().unwrap()
}

async fn login(server: &Server, username: &str, password: &str) -> Reply {
    let form = json!({ "username": username, "password": password });
    server.visitor().post("/api/auth/login", form).await
}

#[tokio::test]
async fn the_setup_link_makes_one_administrator() {
    let clock = Clock::manual(parlor_protocol::Timestamp(1_795_219_200_000));
    let server = Server::setup().with_clock(clock).start().await;
    let accounts = &server.app().accounts;
    let late = accounts.open_setup().await.unwrap().unwrap();
    server.clock().advance(Duration::from_mins(15));
    register_with_code(&server, "eve", &late)
        .await
        .problem(400, "invalid_setup_code");

    let code = accounts.open_setup().await.unwrap().unwrap();
    // A form that does not hold leaves the code alone.
    let weak = with(form("root"), "setup_code", json!(code));
    let weak = with(weak, "password", json!("short"));
    let reply = server.visitor().post("/api/auth/register", weak).await;
    reply.problem(400, "weak_password");
    let both = tokio::join!(
        register_with_code(&server, "ann", &code),
        register_with_code(&server, "ben", &code)
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
    register_with_code(&server, "eve", &code)
        .await
        .problem(400, "invalid_setup_code");
    assert_eq!(accounts.open_setup().await.unwrap(), None);
}

#[tokio::test]
async fn a_restart_voids_the_setup_link() {
    let server = Server::start().await;
    let code = server.app().accounts.open_setup().await.unwrap().unwrap();
    let server = server.restart().await;
    register_with_code(&server, "eve", &code)
        .await
        .problem(400, "invalid_setup_code");
}

#[tokio::test]
async fn the_command_line_makes_an_administrator() {
    let server = Server::start().await;
    let create = |password: &str| {
        let accounts = server.app().accounts.clone();
        let (name, email) = ("root".to_owned(), "root@example.org".to_owned());
        let password = password.to_owned();
        let console = Actor::console();
        async move {
            let made = accounts.create_administrator(&console, name, email, password);
            made.await
        }
    };
    assert!(create("root1234").await.is_err(), "a weak password");
    create("a long walk home").await.unwrap();
    let signed_in = login(&server, "root", "a long walk home").await.expect(200);
    assert_eq!(signed_in["user"]["role"], "admin");
}

#[tokio::test]
async fn the_demonstration_accounts_are_there_when_asked_for_and_on_loopback_alone() {
    let server = Server::start().await;
    login(&server, "admin", "admin123")
        .await
        .problem(401, "bad_credentials");

    let server = Server::setup().with(|c| c.demo = true).start().await;
    for (name, password, role) in [
        ("admin", "admin123", "admin"),
        ("testuser", "test123", "user"),
    ] {
        let signed_in = login(&server, name, password).await.expect(200);
        assert_eq!(signed_in["user"]["role"], role);
    }
    assert_eq!(server.app().accounts.open_setup().await.unwrap(), None);

    let dir = tempfile::tempdir().unwrap();
    let config = parlor::kernel::config::Config {
        listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        data_dir: dir.path().to_owned(),
        demo: true,
        ..Default::default()
    };
    let refused = parlor::http::start(config, Clock::system()).await;
    let reason = refused.err().map(|error| error.to_string());
    assert!(reason.unwrap().contains("loopback"));
}

#[tokio::test]
async fn only_administrators_administer() {
    let server = Server::start().await;
    let (admin, _) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    let path = format!("/api/admin/users/{}", alice.id());
    for reply in [
        alice.get("/api/admin/users").await,
        alice.get("/api/admin/logins").await,
        alice.get(&path).await,
        alice.put(&path, json!({ "role": "admin" })).await,
        alice.delete(&format!("{path}/sessions")).await,
    ] {
        reply.problem(403, "forbidden");
    }
    server
        .visitor()
        .get("/api/admin/users")
        .await
        .problem(401, "unauthorized");
    let account = admin.get(&path).await.expect(200);
    assert_eq!(account["email"], "alice@example.org");
    admin
        .get("/api/admin/users/999999")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn administrators_see_all_accounts() {
    let server = Server::start().await;
    let (admin, root) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    let guest = server.guest("Visitor").await;
    let ids = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect::<Vec<_>>()
    };
    let list = async |query: &str| admin.get(&format!("/api/admin/users?{query}")).await;
    let all = list("").await.expect(200);
    assert_eq!(ids(&all), [root, alice.id(), guest.id()]);
    assert_eq!(ids(&list("role=admin").await.expect(200)), [root]);
    assert_eq!(ids(&list("q=alic").await.expect(200)), [alice.id()]);
    assert_eq!(ids(&list("status=inactive").await.expect(200)), [0; 0]);
    let first = list("limit=1").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let rest = list(&format!("cursor={next}")).await.expect(200);
    assert_eq!(ids(&rest), [alice.id(), guest.id()]);
    for bad in ["role=owner", "status=", "limit=201", "sort=name"] {
        list(bad).await.problem(400, "invalid_param");
    }
}

#[tokio::test]
async fn who_is_deactivated_is_out_at_once() {
    let server = Server::start().await;
    let (admin, _) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    let path = format!("/api/admin/users/{}", alice.id());
    let account = admin.put(&path, json!({ "status": "inactive" })).await;
    assert_eq!(account.expect(200)["status"], "inactive");
    alice.get("/api/auth/me").await.problem(401, "unauthorized");
    login(&server, "alice", alice.password())
        .await
        .problem(403, "account_inactive");
    login(&server, "alice", "guessed")
        .await
        .problem(401, "bad_credentials");
    admin
        .put(&path, json!({ "status": "active" }))
        .await
        .expect(200);
    alice.another_device().await;
    for bad in [
        json!({ "status": "deleted" }),
        json!({ "role": "owner" }),
        json!({ "role": null, "status": 7 }),
    ] {
        admin.put(&path, bad).await.problem(400, "invalid_field");
    }
    let unknown = admin.put(&path, json!({ "username": "x" })).await;
    unknown.problem(400, "unknown_field");
}

#[tokio::test]
async fn rights_change_at_once_and_somebody_always_runs_the_server() {
    let server = Server::start().await;
    let (admin, root) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    let own = format!("/api/admin/users/{root}");
    for change in [json!({ "role": "user" }), json!({ "status": "inactive" })] {
        admin
            .put(&own, change)
            .await
            .problem(409, "last_administrator");
    }
    admin
        .delete("/api/auth/me")
        .await
        .problem(409, "last_administrator");

    let path = format!("/api/admin/users/{}", alice.id());
    admin
        .put(&path, json!({ "role": "admin" }))
        .await
        .expect(200);
    alice.get("/api/admin/users").await.expect(200);
    // Two who give up their rights at once: one of them keeps them.
    let given_up = json!({ "role": "user" });
    let both = tokio::join!(
        admin.put(&path, given_up.clone()),
        alice.put(&own, given_up.clone())
    );
    let statuses = [both.0.status, both.1.status];
    assert!(statuses.contains(&200), "{statuses:?}");
    let admins = server.app().accounts.open_setup().await.unwrap();
    assert_eq!(admins, None, "somebody is left");
    let guest = server.guest("Visitor").await;
    for person in [&admin, &*alice] {
        let path = format!("/api/admin/users/{}", guest.id());
        let reply = person.put(&path, json!({ "role": "admin" })).await;
        assert!(matches!(reply.status, 403 | 409), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_everywhere() {
    let server = Server::start().await;
    let (admin, _) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    let laptop = alice.another_device().await;
    let path = format!("/api/admin/users/{}/sessions", alice.id());
    admin.delete(&path).await.expect(204);
    for device in [&alice, &laptop] {
        device
            .get("/api/auth/me")
            .await
            .problem(401, "unauthorized");
    }
    alice.another_device().await;
    admin
        .delete("/api/admin/users/999999/sessions")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn administrators_read_the_login_log() {
    let server = Server::start().await;
    let (admin, _) = administrator(&server, "root").await;
    let alice = server.person("alice").await;
    login(&server, "alice", "guessed").await.expect(401);
    login(&server, "nobody", "guessed").await.expect(401);
    let log = admin.get("/api/admin/logins").await.expect(200);
    let seen: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            (
                record["user"]["username"].as_str(),
                record["succeeded"] == true,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (None, false),
            (Some("alice"), false),
            (Some("alice"), true),
            (Some("root"), true),
        ]
    );
    let path = format!("/api/admin/logins?user_id={}&limit=1", alice.id());
    let page = admin.get(&path).await.expect(200);
    assert_eq!(page["items"][0]["succeeded"], false);
    let next = page["next"].as_str().unwrap();
    let rest = admin
        .get(&format!("{path}&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(rest["items"][0]["succeeded"], true);
    assert_eq!(rest["next"], Value::Null);
    let foreign = admin.get(&format!("/api/admin/logins?cursor={next}")).await;
    foreign.problem(400, "invalid_cursor");
}
