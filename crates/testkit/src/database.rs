//! A database for one test.

use parlor::kernel::db::{Db, Sql};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Makes an empty database of the kind that the environment names and answers its address; SQLite's is in the folder.
pub async fn fresh(dir: &Path) -> String {
    let kind = environment("PARLOR_TEST_DATABASE").unwrap_or_else(|| "sqlite".to_owned());
    let server = match kind.as_str() {
        "sqlite" => return format!("sqlite:{}", dir.join("parlor.db").display()),
        "postgres" => environment("PARLOR_TEST_POSTGRES_URL"),
        "mysql" => environment("PARLOR_TEST_MYSQL_URL"),
        other => panic!("PARLOR_TEST_DATABASE is {other:?}; it can be sqlite, postgres or mysql"),
    };
    let server = server.expect("the address of the test database server is in the environment");
    let name = format!(
        "parlor_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let admin = Db::connect(&server, true)
        .await
        .expect("the test database server answers");
    admin
        .write()
        .run(&format!("CREATE DATABASE {name}"), [])
        .await
        .expect("a new database");
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address names a database");
    format!("{base}/{name}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by the environment"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
