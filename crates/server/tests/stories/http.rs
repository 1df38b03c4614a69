//! What the server answers to requests that are not as they should be, whatever they are about.

use parlor::kernel::config::Tls;
use parlor_testkit::{Server, Value};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// An answer as it came over the wire.
pub(super) struct Raw {
    pub(super) status: u16,
    head: String,
    body: String,
}

impl Raw {
    pub(super) fn code(&self) -> String {
        let problem: Value = serde_json::from_str(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Sends these bytes and reads until the server ends the connection.
pub(super) async fn send(server: &Server, bytes: &[u8]) -> Raw {
    let address = server.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(parlor_testkit::PATIENCE, read).await;
    read.expect("the server ends the connection").unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Raw {
        status: head[9..12].parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// A request with these further header lines, after which the connection may end.
pub(super) async fn ask(server: &Server, line: &str, headers: &str) -> Raw {
    let request =
        format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    send(server, request.as_bytes()).await
}

#[tokio::test]
async fn every_answer_is_numbered_and_protects_browsers() {
    let server = Server::start().await;
    for path in ["/", "/healthz", "/api/nothing", "/nothing"] {
        let reply = server.visitor().get(path).await;
        let number = reply.header("x-request-id").unwrap().to_owned();
        assert_eq!(number.len(), 16, "{path}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(
            reply.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(reply.header("strict-transport-security"), None);
        assert_eq!(reply.header("access-control-allow-origin"), None);
        if path.ends_with("nothing") {
            assert_eq!(reply.problem(404, "not_found")["request_id"], number);
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_told_which_it_takes() {
    let server = Server::start().await;
    let reply = server.visitor().request("DELETE", "/healthz");
    let reply = server.visitor().send(reply).await;
    assert_eq!(reply.header("allow"), Some("GET,HEAD"));
    reply.problem(405, "method_not_allowed");
    for path in ["/healthz", "/nothing"] {
        let answer = ask(&server, &format!("TRACE {path}"), "").await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (405, "method_not_allowed")
        );
        assert!(answer.header("allow").is_some(), "{path}");
    }
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused_and_the_connection_ends() {
    let server = Server::start().await;
    let many = "A: b\r\n".repeat(150);
    let large = format!("A: {}\r\n", "x".repeat(20_000));
    for headers in [many, large] {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        let answer = send(&server, request.as_bytes()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (431, "headers_too_large")
        );
    }
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nA: {}",
        "x".repeat(300_000)
    );
    assert_eq!(send(&server, endless.as_bytes()).await.status, 431);
}

#[tokio::test]
async fn a_body_of_two_lengths_is_refused_and_the_connection_ends() {
    let server = Server::start().await;
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: -1\r\n",
    ] {
        let request =
            format!("POST /api/nothing HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n0\r\n\r\n");
        let answer = send(&server, request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{lengths}");
    }
}

#[tokio::test]
async fn a_packed_body_is_refused_unread() {
    let server = Server::start().await;
    let headers =
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 1000000\r\n";
    let answer = ask(&server, "POST /api/auth/login", headers).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (415, "unsupported_media_type")
    );
}

#[tokio::test]
async fn who_sends_slowly_keeps_nobody_else_waiting() {
    let setup = Server::setup().with(|config| config.max_requests = 1);
    let server = setup.start().await;
    let address = server.base().trim_start_matches("http://");
    let mut slow = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
                Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    // Its body is waited for.
    server.visitor().get("/api/auth/check").await.expect(200);
    slow.write_all(b"{}").await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("invalid_field"), "{answer}");
}

#[tokio::test]
async fn each_fault_of_a_body_has_its_code() {
    let server = Server::start().await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!(r#"{{"username":"{}"}}"#, "x".repeat(70_000));
    let login = r#"{"username":"a","password":"b""#;
    let json = "application/json";
    for (kind, body, status, code) in [
        (json, "{", 400, "invalid_json"),
        (json, "", 400, "invalid_json"),
        (json, &deep, 400, "json_too_deep"),
        (
            json,
            &format!(r#"{login},"role":"admin"}}"#),
            400,
            "unknown_field",
        ),
        (
            json,
            &format!(r#"{login},"username":"c"}}"#),
            400,
            "duplicate_key",
        ),
        (
            json,
            r#"{"username":{"$ne":null},"password":"b"}"#,
            400,
            "invalid_field",
        ),
        (json, &long, 413, "payload_too_large"),
        (
            "text/plain",
            &format!("{login}}}"),
            415,
            "unsupported_media_type",
        ),
        (
            "application/x-www-form-urlencoded",
            "username=a",
            415,
            "unsupported_media_type",
        ),
    ] {
        let visitor = server.visitor();
        let request = visitor
            .request("POST", "/api/auth/login")
            .header("content-type", kind)
            .body(body.to_owned());
        visitor.send(request).await.problem(status, code);
    }
}

#[tokio::test]
async fn what_is_no_id_is_told_apart_from_an_id_of_nothing() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    for id in [
        "0",
        "-1",
        "9223372036854775808",
        "1e3",
        "%EF%BC%91",
        "%00",
        "x",
    ] {
        let reply = alice.get(&format!("/api/users/{id}")).await;
        reply.problem(400, "invalid_param");
    }
    alice
        .get("/api/users/999999")
        .await
        .problem(404, "not_found");
    for limit in ["0", "-1", "NaN", "1000000000"] {
        let reply = alice.get(&format!("/api/rooms?limit={limit}")).await;
        reply.problem(400, "invalid_param");
    }
    alice
        .get("/api/rooms?cursor=forged")
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_name_that_is_not_the_servers_is_refused() {
    let server = Server::start().await;
    let request = "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answer = send(&server, request.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "invalid_host")
    );

    let setup = Server::setup().with(|config| {
        config.allowed_hosts = vec!["chat.example.org".to_owned()];
    });
    let server = setup.start().await;
    let request = "GET / HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n\r\n";
    assert_eq!(send(&server, request.as_bytes()).await.status, 200);
}

#[tokio::test]
async fn pages_from_elsewhere_may_call_only_where_they_were_invited() {
    let invited = "https://pages.example.org";
    let setup =
        Server::setup().with(move |config| config.allowed_origins = vec![invited.to_owned()]);
    let server = setup.start().await;
    let preflight =
        |origin: &str| format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
    let answer = ask(&server, "OPTIONS /api/rooms", &preflight(invited)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(invited));
    assert_eq!(answer.header("vary"), Some("origin"));
    let answer = ask(&server, "GET /healthz", &format!("Origin: {invited}\r\n")).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(invited));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    for origin in [
        "https://evil.example",
        "https://pages.example.org.evil.example",
        "null",
    ] {
        let answer = ask(&server, "OPTIONS /api/rooms", &preflight(origin)).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
        assert_ne!(answer.status, 204, "{origin}");
    }
}

#[tokio::test]
async fn an_address_may_have_only_so_many_connections() {
    let setup = Server::setup()
        .with_limits()
        .with(|config| config.max_connections_per_address = 2);
    let server = setup.start().await;
    let address = server.base().trim_start_matches("http://").to_owned();
    let connect = || async {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        (stream, String::from_utf8_lossy(&answer).into_owned())
    };
    let (_first, answer) = connect().await;
    assert_eq!(answer, "HTTP/1.1 200");
    let (_second, answer) = connect().await;
    assert_eq!(answer, "HTTP/1.1 200");
    let (_third, answer) = connect().await;
    assert_eq!(answer, "HTTP/1.1 429");
}

/// A client that believes this certificate alone.
fn trusting(certificate: &std::path::Path) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    roots.add(certificate).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(std::sync::Arc::new(config))
}

#[tokio::test]
async fn a_server_with_a_certificate_of_its_own_speaks_https_alone() {
    let setup = Server::setup().with(|config| config.tls = Tls::SelfSigned);
    let server = setup.start().await;
    let address = server.app().kernel.config.data_dir.join("tls/cert.pem");
    let connector = trusting(&address);
    let address = server.base().rsplit('/').next().unwrap().to_owned();
    let stream = TcpStream::connect(&address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("strict-transport-security: max-age=31536000"),
        "{answer}"
    );

    let answer = send(&server, request.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "invalid_request")
    );
    assert!(
        answer.body.contains("this port speaks HTTPS"),
        "{}",
        answer.body
    );
}
