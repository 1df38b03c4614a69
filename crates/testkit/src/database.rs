//! A database for one test.

use parlor::app::MIGRATIONS;
use parlor::kernel::db::{Backend, Db, Sql, Transaction, args, migrate};
use parlor::transfer::tables::tables;
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Makes an empty database of the kind that the environment names and answers its address; SQLite's is in the folder.
pub async fn fresh(dir: &Path) -> String {
    let Some(server) = server() else {
        return sqlite(dir);
    };
    let name = format!(
        "parlor_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    create(&connect(&server).await, &name).await;
    beside(&server, &name)
}

/// The same for a server to start on. Where making all tables takes longer than most tests, it may be one that another
/// test is done with: they are there already, and empty.
pub(crate) async fn prepared(dir: &Path) -> String {
    let Some(server) = server() else {
        return sqlite(dir);
    };
    let admin = connect(&server).await;
    let held = admin.begin().await.expect("a connection of its own");
    let name = claim(&held).await;
    // It is this test's until its process ends, and its connections with it.
    Box::leak(Box::new(held));
    let url = beside(&server, &name);
    if count(&admin, databases(admin.backend()), &name).await == 0 {
        create(&admin, &name).await;
        return url;
    }
    while count(&admin, connections(admin.backend()), &name).await > 0 {
        // The end of the process before is still being noticed.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    if !empty(&connect(&url).await).await {
        let force = match admin.backend() {
            Backend::Postgres => " WITH (FORCE)",
            _ => "",
        };
        run(&admin, &format!("DROP DATABASE {name}{force}")).await;
        create(&admin, &name).await;
    }
    url
}

fn sqlite(dir: &Path) -> String {
    format!("sqlite:{}", dir.join("parlor.db").display())
}

/// The address of the database server that the environment names; none where it is SQLite.
fn server() -> Option<String> {
    let kind = environment("PARLOR_TEST_DATABASE").unwrap_or_else(|| "sqlite".to_owned());
    let server = match kind.as_str() {
        "sqlite" => return None,
        "postgres" => environment("PARLOR_TEST_POSTGRES_URL"),
        "mysql" => environment("PARLOR_TEST_MYSQL_URL"),
        other => panic!("PARLOR_TEST_DATABASE is {other:?}; it can be sqlite, postgres or mysql"),
    };
    Some(server.expect("the address of the test database server is in the environment"))
}

/// The address of another database of a server.
fn beside(server: &str, name: &str) -> String {
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address names a database");
    format!("{base}/{name}")
}

async fn connect(url: &str) -> Db {
    let db = Db::connect(url, true).await;
    db.expect("the test database server answers")
}

async fn run(db: &Db, statement: &str) {
    let done = db.write().execute_raw(statement).await;
    done.expect("the test database server obeys");
}

async fn create(admin: &Db, name: &str) {
    run(admin, &format!("CREATE DATABASE {name}")).await;
}

/// Takes the first database that no other test holds, and holds it for as long as the transaction is open.
async fn claim(held: &Transaction) -> String {
    for number in 0.. {
        let name = format!("parlor_pool_{number}");
        let lock = match held.backend() {
            Backend::Postgres => format!(
                "SELECT CAST(CASE WHEN pg_try_advisory_xact_lock({number}) THEN 1 ELSE 0 END AS BIGINT)"
            ),
            _ => format!("SELECT CAST(GET_LOCK('{name}', 0) AS SIGNED)"),
        };
        let taken: Option<i64> = held.scalar(&lock, []).await.expect("an answer");
        if taken == Some(1) {
            return name;
        }
    }
    unreachable!("there are enough numbers")
}

/// How many databases have a name.
fn databases(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "SELECT COUNT(*) FROM pg_database WHERE datname = ?",
        _ => "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?",
    }
}

/// How many connections there are to a database.
fn connections(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = ?",
        _ => "SELECT COUNT(*) FROM information_schema.processlist WHERE db = ?",
    }
}

async fn count(db: &Db, query: &str, name: &str) -> i64 {
    let count = db.read().scalar(query, args![name]).await;
    count.expect("an answer").unwrap_or_default()
}

/// Empties all tables, unless they are not, or no longer, those that a server makes.
async fn empty(db: &Db) -> bool {
    let tables = tables(MIGRATIONS).expect("migrations that can be read");
    let applied = migrate::applied(db.read()).await.expect("an answer");
    let applied: HashSet<&str> = applied.iter().map(String::as_str).collect();
    let schema = match db.backend() {
        Backend::Postgres => "current_schema()",
        _ => "DATABASE()",
    };
    let number = async |query: String| {
        let number: Option<i64> = db.read().scalar(&query, []).await.expect("an answer");
        usize::try_from(number.unwrap_or_default()).unwrap_or_default()
    };
    let found = number(format!(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = {schema}"
    ))
    .await;
    let triggers = number(format!(
        "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = {schema}"
    ))
    .await;
    // Beside them stands the table of the migrations.
    let whole = applied == MIGRATIONS.iter().map(|step| step.name).collect()
        && found == tables.len() + 1
        && triggers == 0;
    if whole {
        let deletes = tables
            .iter()
            .map(|table| format!("DELETE FROM {};", table.name));
        run(db, &deletes.collect::<String>()).await;
    }
    whole
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
