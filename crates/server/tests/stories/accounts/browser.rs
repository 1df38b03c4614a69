//! Browsers: a cookie that no script reads, and writes that come from the server's own page.

use parlor_testkit::{Person, Reply, Server, Value, json};

struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

/// The `name=value` and the attributes of the cookie that an answer sets.
fn cookie_of(reply: &Reply) -> (String, String) {
    let cookie = reply.header("set-cookie").expect("a cookie");
    let (pair, attributes) = cookie.split_once(';').unwrap();
    (pair.to_owned(), attributes.to_owned())
}

async fn sign_in(person: &Person, server: &Server, headers: &[(&str, &str)], body: Value) -> Reply {
    let visitor = server.visitor();
    let mut form = json!({ "username": person.name(), "password": person.password() });
    for (name, value) in body.as_object().unwrap() {
        form[name] = value.clone();
    }
    let mut request = visitor.request("POST", "/api/auth/login").json(&form);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    visitor.send(request).await
}

impl<'a> Browser<'a> {
    async fn of(person: &Person, server: &'a Server) -> Self {
        let headers = [("origin", server.base()), ("x-csrf", "1")];
        let reply = sign_in(person, server, &headers, json!({})).await;
        let (cookie, _) = cookie_of(&reply);
        Self { server, cookie }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        let visitor = self.server.visitor();
        let mut request = visitor.request(method, path).header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == "PUT" {
            request = request.json(&json!({ "bio": "changed" }));
        }
        visitor.send(request).await
    }
}

#[tokio::test]
async fn a_browser_gets_a_cookie_and_others_do_not() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let reply = sign_in(&alice, &server, &[], json!({})).await;
    assert_eq!((reply.status, reply.header("set-cookie")), (200, None));

    let origin = [("origin", server.base())];
    let (_, attributes) = cookie_of(&sign_in(&alice, &server, &origin, json!({})).await);
    assert_eq!(attributes, " Path=/; HttpOnly; SameSite=Lax");
    let csrf = [("x-csrf", "1")];
    let reply = sign_in(&alice, &server, &csrf, json!({ "remember": true })).await;
    let (_, attributes) = cookie_of(&reply);
    assert!(attributes.ends_with("; Max-Age=7776000"), "{attributes}");
}

#[tokio::test]
async fn a_cookie_reads_freely_and_writes_from_the_own_page_alone() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let browser = Browser::of(&alice, &server).await;
    let me = browser.send("GET", "/api/auth/me", &[]).await.expect(200);
    assert_eq!(me["username"], "alice");

    let own = ("origin", server.base());
    let csrf = ("x-csrf", "1");
    let elsewhere = ("origin", "https://elsewhere.example");
    for headers in [
        vec![],
        vec![own],
        vec![csrf],
        vec![elsewhere, csrf],
        vec![("origin", "null"), csrf],
        vec![own, ("x-csrf", "yes")],
    ] {
        let reply = browser.send("PUT", "/api/auth/profile", &headers).await;
        reply.problem(403, "csrf_failed");
        // Nobody is signed out, nor given an authenticator app of another's choice.
        for path in ["/api/auth/logout", "/api/auth/factors/totp"] {
            let reply = browser.send("POST", path, &headers).await;
            reply.problem(403, "csrf_failed");
        }
    }
    let me = browser.send("GET", "/api/auth/me", &[]).await.expect(200);
    assert_eq!(me["bio"], "");
    let reply = browser.send("PUT", "/api/auth/profile", &[own, csrf]).await;
    assert_eq!(reply.expect(200)["bio"], "changed");
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let browser = Browser::of(&alice, &server).await;
    let headers = [("origin", server.base()), ("x-csrf", "1")];
    let reply = browser.send("POST", "/api/auth/logout", &headers).await;
    let cleared: Vec<_> = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(
        cleared.iter().all(|cookie| cookie.contains("=; ")),
        "{cleared:?}"
    );
    assert!(cleared.iter().all(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(reply.status, 204);

    // A browser that kept it is nobody, and can sign in again.
    let reply = browser.send("GET", "/api/auth/check", &[]).await;
    assert_eq!(reply.expect(200)["authenticated"], false);
    let reply = browser.send("GET", "/api/auth/me", &[]).await;
    reply.problem(401, "unauthorized");
    let stale = [
        ("cookie", browser.cookie.as_str()),
        ("origin", server.base()),
    ];
    let reply = sign_in(&alice, &server, &stale, json!({})).await;
    assert_eq!(reply.status, 200);
}
