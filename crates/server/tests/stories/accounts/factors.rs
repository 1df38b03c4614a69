//! Second factors: an authenticator app and recovery codes.

use aws_lc_rs::hmac;
use parlor::kernel::clock::Clock;
use parlor::kernel::db::Sql as _;
use parlor_protocol::Timestamp;
use parlor_testkit::{Person, Reply, Server, Value, Visitor, json};
use std::time::Duration;

mod demanded;
mod proofs;

const TOTP: &str = "/api/auth/factors/totp";
const CONFIRM: &str = "/api/auth/factors/totp/confirm";
const SECOND_STEP: &str = "/api/auth/login/factor";
const STEP: Duration = Duration::from_secs(30);

/// An authenticator app, as RFC 6238 has it.
struct App {
    secret: Vec<u8>,
    written: String,
    clock: Clock,
}

impl App {
    /// Reads what a server shows, as one would type it.
    fn set_up(server: &Server, shown: &Value) -> Self {
        let text = shown["secret"].as_str().expect("a secret");
        let uri = shown["uri"].as_str().expect("an address");
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(text));
        let bits = text.bytes().flat_map(|letter| {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            let value = alphabet.iter().position(|b| *b == letter).expect("base 32");
            (0..5).rev().map(move |bit| value >> bit & 1)
        });
        let bits: Vec<usize> = bits.collect();
        let byte = |bits: &[usize]| {
            bits.iter()
                .fold(0_u8, |sum, bit| sum << 1 | u8::from(*bit == 1))
        };
        Self {
            secret: bits.chunks_exact(8).map(byte).collect(),
            written: text.to_owned(),
            clock: server.clock().clone(),
        }
    }

    fn code(&self) -> String {
        let step = self.clock.now().0 / 30_000;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().expect("four bytes");
        format!(
            "{:06}",
            (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
        )
    }

    /// A code that was not shown before.
    fn next_code(&self) -> String {
        self.clock.advance(STEP);
        self.code()
    }
}

async fn started() -> Server {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    Server::setup().with_clock(clock).start().await
}

/// Sets an app up, and answers it with the recovery codes.
async fn enrol(server: &Server, person: &Person) -> (App, Vec<String>) {
    let shown = person.post(TOTP, json!({})).await.expect(200);
    let app = App::set_up(server, &shown);
    let codes = person.post(CONFIRM, json!({ "code": app.code() })).await;
    let codes = codes.expect(200)["recovery_codes"].clone();
    (app, serde_json::from_value(codes).expect("codes"))
}

async fn first_step(visitor: &Visitor, person: &Person) -> String {
    let login = json!({ "username": person.name(), "password": person.password() });
    let asked = visitor.post("/api/auth/login", login).await;
    let problem = asked.problem(401, "factor_required");
    problem["pending_token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

async fn second_step(visitor: &Visitor, pending: &str, code: &str) -> Reply {
    let form = json!({ "pending_token": pending, "code": code });
    visitor.post(SECOND_STEP, form).await
}

#[tokio::test]
async fn who_has_an_app_shows_a_code_of_it_and_each_code_once() {
    let server = started().await;
    let alice = server.person("alice").await;
    let (app, recovery) = enrol(&server, &alice).await;
    assert_eq!(recovery.len(), 10);
    let visitor = server.visitor();
    let pending = first_step(&visitor, &alice).await;
    // The code that confirmed the app was taken by that.
    second_step(&visitor, &pending, &app.code())
        .await
        .problem(400, "invalid_code");
    let code = app.next_code();
    let signed = second_step(&visitor, &pending, &code).await.expect(200);
    assert_eq!(signed["user"]["username"], "alice");
    let again = first_step(&visitor, &alice).await;
    for wrong in [code.as_str(), "000000", "１２３４５６", "", " "] {
        second_step(&visitor, &again, wrong)
            .await
            .problem(400, "invalid_code");
    }
    // Clocks differ: a step early or late will do, two will not.
    let early = app.next_code();
    app.clock.advance(STEP);
    second_step(&visitor, &again, &early).await.expect(200);
    let stale = app.next_code();
    app.clock.advance(STEP * 2);
    let again = first_step(&visitor, &alice).await;
    second_step(&visitor, &again, &stale)
        .await
        .problem(400, "invalid_code");
    let log = alice.get("/api/auth/logins").await.expect(200);
    let records = log["items"].as_array().expect("a list");
    let tries = |succeeded: bool, factor: Value| {
        let fits = |r: &&Value| r["succeeded"] == succeeded && r["factor"] == factor;
        records.iter().filter(fits).count()
    };
    // Three that were no six digits could only be recovery codes.
    assert_eq!(tries(false, json!("totp")), 4);
    assert_eq!(tries(false, json!("recovery_code")), 3);
    assert_eq!(tries(true, json!("totp")), 2);
    assert_eq!(tries(true, Value::Null), 1, "signing up");
}

#[tokio::test]
async fn of_two_who_show_the_same_code_at_once_one_gets_in() {
    let server = started().await;
    let alice = server.person("alice").await;
    let (app, recovery) = enrol(&server, &alice).await;
    let visitor = server.visitor();
    for code in [app.next_code(), recovery[3].clone()] {
        let pending = first_step(&visitor, &alice).await;
        let tries = (0..8).map(|_| second_step(&visitor, &pending, &code));
        let replies = futures_util::future::join_all(tries).await;
        let inside = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(inside, 1, "{code}");
    }
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_once() {
    let server = started().await;
    let alice = server.person("alice").await;
    let (app, recovery) = enrol(&server, &alice).await;
    let visitor = server.visitor();
    let left = async || {
        let factors = alice.get("/api/auth/factors").await.expect(200);
        factors["recovery_codes_left"].as_i64()
    };
    let pending = first_step(&visitor, &alice).await;
    let typed = recovery[0].to_uppercase().replace('-', " ");
    second_step(&visitor, &pending, &typed).await.expect(200);
    second_step(&visitor, &pending, &recovery[0])
        .await
        .problem(400, "invalid_code");
    assert_eq!(left().await, Some(9));
    let renewed = alice
        .post("/api/auth/factors/recovery-codes", json!({}))
        .await;
    let renewed = renewed.expect(200)["recovery_codes"].clone();
    assert_eq!(left().await, Some(10));
    second_step(&visitor, &pending, &recovery[1])
        .await
        .problem(400, "invalid_code");
    let fresh = renewed[0].as_str().expect("a code");
    second_step(&visitor, &pending, fresh).await.expect(200);
    let log = alice.get("/api/auth/logins").await.expect(200);
    assert_eq!(log["items"][0]["factor"], "recovery_code");
    // Whoever gets hold of the database has neither the codes nor the secret.
    let sql = server.app().kernel.db.read();
    let stored = async |query: &str| -> String {
        let found = sql.scalar(query, []).await;
        found.expect("a query").expect("something")
    };
    let digest = stored("SELECT MIN(digest) FROM account_recovery_codes").await;
    let sealed = stored("SELECT secret_sealed FROM account_totp").await;
    assert_eq!(
        (digest.len(), sealed.len()),
        (43, 64),
        "hashed; 12 + 20 + 16 bytes"
    );
    let plain = recovery.iter().map(|code| code.replace('-', ""));
    assert!(plain.chain(recovery.clone()).all(|code| code != digest));
    assert!(!sealed.contains(&app.written[..16]));
}

#[tokio::test]
async fn the_first_step_is_good_for_five_minutes_and_for_its_password() {
    let server = started().await;
    let alice = server.person("alice").await;
    let bob = server.person("bob").await;
    let (app, _) = enrol(&server, &alice).await;
    let visitor = server.visitor();
    let refused = async |pending: &str| {
        let reply = second_step(&visitor, pending, &app.code()).await;
        reply.problem(401, "unauthorized");
    };
    let pending = first_step(&visitor, &alice).await;
    app.clock.advance(Duration::from_mins(5));
    refused(&pending).await;
    let pending = first_step(&visitor, &alice).await;
    let (head, tag) = pending.rsplit_once('.').expect("a tag");
    let for_bob = pending.replacen(&alice.id().to_string(), &bob.id().to_string(), 1);
    for forged in [
        for_bob.as_str(),
        head,
        tag,
        "",
        "1.2.3",
        &format!("{head}.AAAA"),
    ] {
        refused(forged).await;
    }
    let change = new_password(&alice);
    let changed = alice.put("/api/auth/change-password", change).await;
    changed.expect(204);
    refused(&pending).await;
}

#[tokio::test]
async fn a_password_alone_opens_nothing_in_no_way_of_speaking() {
    let server = started().await;
    let alice = server.person("alice").await;
    let visitor = server.visitor();
    let password = alice.password();
    let by_name = json!({ "username": "alice", "password": password });
    let ways = [
        ("/auth/login", by_name.clone(), "msg"),
        ("/users/login", by_name, "detail"),
        (
            "/api/login",
            json!({ "user_name": "alice", "password": password }),
            "message",
        ),
    ];
    let mut tokens = Vec::new();
    for (path, form, _) in &ways {
        let signed = visitor.post(path, form.clone()).await.expect(200);
        tokens.push(signed["access_token"].as_str().map(str::to_owned));
    }
    let device = alice.another_device().await;
    let connected = device.socket().await;
    enrol(&server, &alice).await;
    // What was opened without the factor ends with its beginning.
    connected.closed().await;
    let stale = json!({ "refresh_token": device.refresh_token() });
    let stale = visitor.post("/api/auth/refresh", stale).await;
    stale.problem(401, "unauthorized");
    for token in tokens {
        let older = server.visitor();
        older.set_token(token);
        older.get("/api/auth/me").await.problem(401, "unauthorized");
    }
    for (path, form, name) in ways {
        let refused = visitor.post(path, form).await;
        assert!(refused.header("set-cookie").is_none(), "{path}");
        let refused = refused.expect(401);
        assert_eq!(refused[name], "A second factor has to be shown.", "{path}");
    }
    // A link for a new password leads around it no more than the password does.
    let sys = server.administrator("sys").await;
    let link = format!("/api/admin/users/{}/password-reset", alice.id());
    let link = sys.post(&link, json!(null)).await.expect(201);
    let form = json!({ "code": link["code"], "new_password": "another walk, uphill" });
    let reset = visitor.post("/api/auth/reset-password", form).await;
    reset.expect(204);
    let login = json!({ "username": "alice", "password": "another walk, uphill" });
    let asked = visitor.post("/api/auth/login", login).await;
    asked.problem(401, "factor_required");
}

#[tokio::test]
async fn the_eleventh_guess_of_a_code_has_to_wait_from_wherever() {
    let clock = Clock::manual(Timestamp(1_795_219_200_000));
    let server = Server::setup()
        .with_clock(clock)
        .with_limits()
        .start()
        .await;
    let alice = server.person("alice").await;
    let (app, _) = enrol(&server, &alice).await;
    let visitor = server.visitor();
    let pending = first_step(&visitor, &alice).await;
    // Who does not know the password uses up nobody's tries.
    let (id, ends) = (alice.id(), app.clock.now().0 / 1000 + 60);
    for _ in 0..12 {
        second_step(&visitor, &format!("{id}.{ends}.AAAA"), "000000")
            .await
            .problem(401, "unauthorized");
    }
    // One was taken by confirming.
    for _ in 0..9 {
        second_step(&visitor, &pending, "000000")
            .await
            .problem(400, "invalid_code");
    }
    second_step(&visitor, &pending, &app.next_code())
        .await
        .problem(429, "rate_limited");
}

#[tokio::test]
async fn an_app_counts_once_it_has_shown_that_it_has_the_secret() {
    let server = started().await;
    let alice = server.person("alice").await;
    alice
        .post(CONFIRM, json!({ "code": "000000" }))
        .await
        .problem(409, "invalid_state");
    let shown = alice.post(TOTP, json!({})).await.expect(200);
    let first = App::set_up(&server, &shown);
    alice
        .post(CONFIRM, json!({ "code": "000000" }))
        .await
        .problem(400, "invalid_code");
    let visitor = server.visitor();
    let login = json!({ "username": "alice", "password": alice.password() });
    let login = visitor.post("/api/auth/login", login).await;
    login.expect(200);
    // Begun anew, the first secret is forgotten.
    let second = App::set_up(&server, &alice.post(TOTP, json!({})).await.expect(200));
    let stale = alice.post(CONFIRM, json!({ "code": first.code() })).await;
    stale.problem(400, "invalid_code");
    let code = json!({ "code": second.code() });
    alice.post(CONFIRM, code).await.expect(200);
    // Another phone takes over when it is confirmed, and not before.
    let third = App::set_up(&server, &alice.post(TOTP, json!({})).await.expect(200));
    let pending = first_step(&visitor, &alice).await;
    let signed = second_step(&visitor, &pending, &second.next_code()).await;
    signed.expect(200);
    let code = json!({ "code": third.code() });
    alice.post(CONFIRM, code).await.expect(200);
    let pending = first_step(&visitor, &alice).await;
    second_step(&visitor, &pending, &second.next_code())
        .await
        .problem(400, "invalid_code");
    second_step(&visitor, &pending, &third.code())
        .await
        .expect(200);
    // Given up, the password is enough again.
    alice.delete(TOTP).await.expect(204);
    alice.another_device().await;
    let factors = alice.get("/api/auth/factors").await.expect(200);
    assert_eq!(factors["totp_since"], Value::Null);
    assert_eq!(factors["recovery_codes_left"], 0);
    assert_eq!(factors["is_required"], false);
}

fn new_password(of: &Person) -> Value {
    json!({ "old_password": of.password(), "new_password": "another walk, uphill" })
}
