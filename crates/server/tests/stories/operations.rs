//! What an operator sees.

use parlor::kernel::db::{Backend, Db};
use parlor_testkit::{Server, Visitor, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_server_that_has_started_says_that_it_is_healthy_and_ready() {
    let server = Server::start().await;
    server.visitor().get("/healthz").await.expect(200);
    server.visitor().get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_path_that_is_not_there_is_a_problem_with_a_code() {
    let server = Server::start().await;
    server
        .visitor()
        .get("/api/nowhere")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn figures_are_for_the_operator_alone() {
    let nowhere = Server::start().await;
    nowhere
        .visitor()
        .get("/metrics")
        .await
        .problem(404, "not_found");

    let setup =
        Server::setup().with(|config| config.metrics_listen = Some(([127, 0, 0, 1], 0).into()));
    let server = setup.start().await;
    server
        .visitor()
        .get("/metrics")
        .await
        .problem(404, "not_found");
    server.visitor().get("/healthz").await.expect(200);
    let figures = server.operator().get("/metrics").await;
    assert_eq!(figures.status, 200);
    let line = r#"parlor_http_requests_total{method="GET",route="/healthz",status="200"}"#;
    assert!(figures.text.contains(line), "{}", figures.text);
    for name in [
        "parlor_connections 0",
        "parlor_outbox_waiting",
        "parlor_http_seconds_bucket",
    ] {
        assert!(figures.text.contains(name), "{name}: {}", figures.text);
    }
}

#[tokio::test]
async fn stopping_finishes_what_was_begun_and_takes_nothing_new() {
    let server = Server::start().await;
    let address = server.base().trim_start_matches("http://").to_owned();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    server.visitor().get("/healthz").await.expect(200);
    server.stop().await;
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn the_program_serves_until_it_is_told_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, url) = Process::start(folder.path());
    let address = url.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).await.is_ok());
    let second = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.0, Some(1));
    assert!(
        second
            .1
            .contains("another server is using the data directory ./data"),
        "{}",
        second.1
    );
    let begun = Instant::now();
    assert_eq!(process.terminate(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(folder.path().join("data/parlor.db").exists());
    assert!(folder.path().join("data/logs/parlor.log").exists());

    let migrated = run(folder.path(), &["migrate", "--status"]);
    assert_eq!(
        migrated,
        (Some(0), "The database is up to date.\n".to_owned())
    );
}

#[tokio::test]
async fn what_somebody_said_goes_from_one_server_to_another_by_the_command_line() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut process, url) = Process::start(old.path());
    let alice = Visitor::new(&url);
    let form = json!({
        "username": "alice", "email": "alice@example.org", "password": "a walk in the hills",
        "privacy_policy_accepted": true,
    });
    let signed_in = alice.post("/api/auth/register", form).await.expect(201);
    alice.set_token(signed_in["access_token"].as_str().map(str::to_owned));
    let room = json!({ "name": "Hills" });
    let room = alice.post("/api/rooms", room).await.expect(201);
    let path = format!("/api/rooms/{}/messages", room["id"]);
    let said = json!({ "content": "up and down" });
    alice.post(&path, said).await.expect(201);
    // Out while the server runs, in while it does not.
    let file = old.path().join("alice.zip").display().to_string();
    let (code, text) = run(old.path(), &["admin", "archive", "--user", "alice", &file]);
    assert_eq!(code, Some(0), "{text}");
    let audit = [
        "admin",
        "audit",
        "--action",
        "archive_taken",
        "--user",
        "alice",
    ];
    let (code, text) = run(old.path(), &audit);
    assert_eq!((code, text.lines().count()), (Some(0), 2), "{text}");
    assert!(
        text.contains("\tconsole\t-\tarchive_taken\tuser\t"),
        "{text}"
    );
    let (code, text) = run(old.path(), &["import-archive", &file]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("another server is using"), "{text}");
    assert_eq!(process.terminate(), Some(0));
    let nobody = run(
        old.path(),
        &["admin", "archive", "--user", "bob", "bob.zip"],
    );
    assert_eq!(nobody, (Some(1), "parlor: not found\n".to_owned()));

    let (code, text) = run(new.path(), &["import-archive", "--dry-run", &file]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 messages: 1 would be new"), "{text}");
    for new_ones in [1, 0] {
        let (code, text) = run(new.path(), &["import-archive", &file]);
        assert_eq!(code, Some(0), "{text}");
        let told = format!("1 messages: {new_ones} new, {} here before", 1 - new_ones);
        assert!(text.contains(&told), "{text}");
    }
    let (code, text) = run(new.path(), &["import-archive", "nowhere.zip"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("nowhere.zip: No such file"), "{text}");
}

#[test]
fn the_database_can_be_brought_up_to_date_before_serving() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["migrate", "--status"]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("0001_kernel is to be applied\n"), "{text}");
    let (code, text) = run(folder.path(), &["migrate"]);
    assert_eq!(code, Some(0));
    assert!(text.ends_with("The database is up to date.\n"), "{text}");
}

#[tokio::test]
async fn the_log_has_no_words_and_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, url) = Process::start_with(folder.path(), &["--log-level", "debug"]);
    let visitor = Visitor::new(&url);
    let form = json!({
        "username": "alice", "email": "canary-address@example.org", "password": "canary password",
        "privacy_policy_accepted": true,
    });
    let signed_in = visitor.post("/api/auth/register", form).await.expect(201);
    visitor.set_token(signed_in["access_token"].as_str().map(str::to_owned));
    let wrong = json!({ "username": "alice", "password": "canary guess" });
    visitor
        .post("/api/auth/login", wrong)
        .await
        .problem(401, "bad_credentials");
    let room = json!({ "name": "Quiet", "is_private": true, "access_key": "canary key" });
    let room = visitor.post("/api/rooms", room).await.expect(201)["id"].clone();
    let socket = visitor.socket().await;
    let said = json!({ "room_id": room, "content": "canary words" });
    assert_eq!(socket.emit("send_message", said).await["ok"], true);
    let search = visitor.get("/api/users/search?q=canary-search").await;
    search.expect(200);
    let refresh = json!({ "refresh_token": signed_in["refresh_token"] });
    visitor
        .post("/api/auth/refresh", refresh.clone())
        .await
        .expect(200);
    drop(socket);
    assert_eq!(process.terminate(), Some(0));

    let mut logs = String::new();
    for file in std::fs::read_dir(folder.path().join("data/logs")).unwrap() {
        logs += &std::fs::read_to_string(file.unwrap().path()).unwrap();
    }
    assert!(logs.contains("answered"), "requests are logged: {logs}");
    let tokens = [&signed_in["access_token"], &refresh["refresh_token"]];
    let tokens = tokens.map(|token| token.as_str().unwrap());
    for secret in ["canary"].into_iter().chain(tokens) {
        let line = logs.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn whoever_brings_a_copy_back_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["restored"]);
    assert_eq!((code, text.lines().count()), (Some(0), 1), "{text}");
    let (_server, _) = Process::start(folder.path());
    let (code, text) = run(folder.path(), &["restored"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("another server is using"), "{text}");
}

#[test]
fn wrong_settings_are_named_and_nothing_starts() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (
            &["--listen", "nowhere"][..],
            "--listen: \"nowhere\" is no address",
        ),
        (&["--demo", "--listen", "0.0.0.0:7100"], "loopback"),
        (&["--allowed-origins", "*"], "--allowed-origins: "),
        (&["--log-level", "parlor=loud"], "--log-level: "),
        (&["--config", "none.toml"], "none.toml: "),
        (&["--no-such-flag"], "--no-such-flag"),
    ] {
        let (code, text) = run(folder.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
    std::fs::write(folder.path().join("parlor.toml"), "lisen = '127.0.0.1:1'\n").unwrap();
    let (code, text) = run(folder.path(), &["config"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("parlor.toml: unknown key \"lisen\""),
        "{text}"
    );
    assert!(!folder.path().join("data").exists());
}

#[test]
fn the_settings_in_force_are_shown_with_where_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("parlor.toml"), "drain_time = 3\n").unwrap();
    let (code, text) = run(folder.path(), &["config", "--listen", "127.0.0.1:7200"]);
    assert_eq!(code, Some(0));
    for line in [
        "listen = \"127.0.0.1:7200\"  # flag",
        "drain_time = \"3\"  # parlor.toml",
        "data_dir = \"./data\"  # default",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = "postgres://nobody@127.0.0.1:1/none";
    let (code, text) = run(folder.path(), &["serve", "--database-url", nobody]);
    assert_eq!(code, Some(1));
    assert!(text.contains("parlor: database: "), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

#[tokio::test]
async fn a_database_that_may_lose_what_it_acknowledged_is_refused() {
    let server = Server::start().await;
    let url = server.database_url();
    let db = Db::connect(url, true).await.unwrap();
    // The servers of the tests do not wait for their disks; SQLite is always told to.
    let named = match db.backend() {
        Backend::Sqlite => None,
        Backend::Postgres => Some("fsync is \"off\""),
        Backend::MySql => Some("innodb_flush_log_at_trx_commit is \"0\""),
    };
    let refused = Db::connect(url, false).await.err();
    let refused = refused.map(|error| error.to_string());
    match (named, refused) {
        (None, None) => {}
        (Some(named), Some(text)) => assert!(text.starts_with(named), "{text}"),
        other => panic!("{other:?}"),
    }
    if db.backend() == Backend::Postgres {
        let hasty = format!("{url}?options=-c%20synchronous_commit%3Doff");
        let refused = Db::connect(&hasty, false).await.err();
        let text = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(text.starts_with("synchronous_commit is \"off\""), "{text}");
    }
}

/// A copy in `docs/` of what the program prints.
fn check_copy(command: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &[command]);
    assert_eq!(code, Some(0), "{text}");
    let copy = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/{command}.json"));
    assert!(
        std::fs::read_to_string(copy).unwrap_or_default() == text,
        "docs/{command}.json is out of date: cargo run --no-default-features -- {command} > docs/{command}.json"
    );
}

#[test]
fn the_openapi_document_in_docs_is_the_one_that_is_served() {
    check_copy("openapi");
}

#[test]
fn the_asyncapi_document_in_docs_is_the_one_that_is_served() {
    check_copy("asyncapi");
}

#[tokio::test]
async fn the_interface_describes_itself_and_names_each_operation_once() {
    let server = Server::start().await;
    let visitor = server.visitor();
    let events = visitor.get("/api/asyncapi.json").await.expect(200);
    assert_eq!(events["asyncapi"], "3.0.0");
    let described: Vec<String> = server.app().events().names().map(str::to_owned).collect();
    for name in described {
        let operation = &events["operations"][format!("receive_{name}")];
        assert!(operation.is_object(), "{name}");
    }

    let document = visitor.get("/api/openapi.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(name.contains('_'), "{method} {path} has no tag or no name");
            let summary = operation["summary"].as_str();
            assert!(summary.is_some(), "{method} {path} says nothing of itself");
            // Whatever is not listed is not documented, and would be found.
            let responses = operation["responses"].as_object().unwrap();
            assert!(!responses.contains_key("default"), "{method} {path}");
            assert!(
                responses
                    .keys()
                    .any(|status| status.starts_with(['2', '3'])),
                "{method} {path}"
            );
            names.push(name.to_owned());
        }
    }
    names.sort();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
    for path in ["/api/auth/login", "/api/auth/check"] {
        let item = &document["paths"][path];
        let operation = item.as_object().unwrap().values().next().unwrap();
        assert_eq!(
            operation["security"][0],
            parlor_testkit::json!({}),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_reader_loads_nothing_from_elsewhere() {
    let server = Server::start().await;
    let page = server.visitor().get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("://"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let script = server
        .visitor()
        .get("/api/docs/swagger-initializer.js")
        .await;
    assert!(script.text.contains("/api/openapi.json"), "{}", script.text);
    assert!(!script.text.contains("://"), "{}", script.text);
    server
        .visitor()
        .get("/api/docs/nothing.js")
        .await
        .problem(404, "not_found");
}

/// The program itself, in a folder of its own and without the settings of whoever runs the tests.
fn parlor(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    ended(parlor(folder, arguments).output().unwrap())
}

/// The same for a command that reads what is typed.
pub(crate) fn run_with_input(
    folder: &Path,
    arguments: &[&str],
    typed: &str,
) -> (Option<i32>, String) {
    let mut command = parlor(folder, arguments);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{typed}").unwrap();
    drop(stdin);
    ended(child.wait_with_output().unwrap())
}

fn ended(output: Output) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8(text).unwrap())
}

/// A server that was started from the command line.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(folder: &Path) -> (Self, String) {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, flags: &[&str]) -> (Self, String) {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], flags].concat();
        // A pipe that nobody reads would stop it once it is full.
        let mut child = parlor(folder, &arguments)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("Parlor is ready at ");
        let url = url.ok_or(&line).unwrap().to_owned();
        (Self(child), url)
    }

    /// Asks it to end, and answers its exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let number = self.0.id().to_string();
        Command::new("kill").arg(number).status().unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
