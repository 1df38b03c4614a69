//! The generator against a real server.

use crate::dialect::Dialect;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::servers::Target;
use crate::trial;
use parlor_testkit::Server;
use std::path::Path;

/// Measures a server that runs in this process.
async fn measure(rest: &'static str) -> Outcome {
    let server = Server::start().await;
    let address = server.base().trim_start_matches("http://").parse().unwrap();
    let target = Target {
        address,
        dialect: Dialect::Parlor,
        pid: std::process::id(),
    };
    let text = format!(
        "title = 'Test'\nabout = 'x'\nservers = ['parlor']\nwarm_up = 0.1\nduration = 0.5\n{rest}"
    );
    let outcome = tokio::task::spawn_blocking(move || {
        let scenario = Scenario::parse(Path::new("test.toml"), &text).unwrap();
        trial::run(&scenario, target).unwrap()
    });
    let outcome = outcome.await.unwrap();
    server.stop().await;
    outcome
}

fn assert_sound(outcome: &Outcome) {
    let wrong = (outcome.lost, outcome.duplicated, outcome.reordered);
    assert_eq!(wrong, (0, 0, 0), "{outcome:?}");
    assert_eq!(
        (outcome.refused, outcome.disconnected),
        (0, 0),
        "{outcome:?}"
    );
    assert_eq!(outcome.trouble, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_counted_to_the_last() {
    let load = "connections = 12\nrooms = 3\n[load]\nsenders = 2\nwindow = 2\n";
    let outcome = measure(load).await;
    assert_sound(&outcome);
    assert!(outcome.done > 0 && outcome.p99_ms > 0.0, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledgements_are_counted_to_the_last() {
    let load =
        "connections = 4\nrooms = 2\n[load]\nsenders = 2\nrate = 100\nuntil = 'acknowledged'\n";
    let outcome = measure(load).await;
    assert_sound(&outcome);
    assert!(outcome.done > 0, "{outcome:?}");
    assert_eq!(outcome.unacknowledged, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_idle_connections_share_an_account_and_are_in_all_its_rooms() {
    let idle = "connections = 9\naccounts = 3\nrooms = 4\nrooms_each = 2\n";
    let outcome = measure(idle).await;
    assert_sound(&outcome);
    assert_eq!(outcome.connections, 9);
}
