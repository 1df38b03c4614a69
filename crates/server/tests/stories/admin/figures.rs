//! Figures of use.

use parlor::kernel::clock::Clock;
use parlor_protocol::Timestamp;
use parlor_testkit::{PATIENCE, Person, Server, Value, json};
use std::time::Duration;

/// 2026-11-21T00:00:00Z.
const MIDNIGHT: i64 = 1_795_219_200_000;

async fn figures(admin: &Person, range: &str) -> Value {
    let path = format!("/api/admin/figures?range={range}");
    admin.get(&path).await.expect(200)
}

/// The messages of each step in which there were some.
fn said(figures: &Value) -> Vec<(&str, i64)> {
    let points = figures["points"].as_array().unwrap().iter();
    let points = points.map(|p| (p["at"].as_str().unwrap(), p["messages"].as_i64().unwrap()));
    points.filter(|(_, messages)| *messages > 0).collect()
}

#[tokio::test]
async fn messages_are_counted_once_by_the_hour_and_the_day() {
    let clock = Clock::manual(Timestamp(MIDNIGHT + 22 * 3_600_000));
    let server = Server::setup().with_clock(clock).start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let (hall, attic) = (
        alice.create_room("Hall").await,
        alice.create_room("Attic").await,
    );
    let count = async || server.app().admin.roll_up().await.unwrap();
    for n in 0..3 {
        alice.say(hall, &format!("canary {n}")).await;
    }
    let gone = alice.say(attic, "canary").await["id"].clone();
    alice
        .delete(&format!("/api/messages/{gone}"))
        .await
        .expect(200);
    count().await;
    count().await;
    server.clock().advance(Duration::from_hours(3));
    let (alice, admin) = (alice.another_device().await, admin.another_device().await);
    alice.say(hall, "canary, the day after").await;
    server.clock().advance(Duration::from_mins(2));
    for person in [&alice, &admin] {
        person.get("/api/auth/me").await.expect(200);
    }
    server.app().accounts.write_used().await.unwrap();
    tokio::join!(count(), count());

    // A message is delivered a little after it is answered.
    let all_are_delivered = async {
        loop {
            count().await;
            let day = figures(&admin, "day").await;
            if day["delivery"]["count"] == 5 {
                return day;
            }
        }
    };
    let day = tokio::time::timeout(PATIENCE, all_are_delivered).await;
    let day = day.expect("all are delivered");
    assert_eq!(day["points"].as_array().unwrap().len(), 24);
    let hours = [
        ("2026-11-21T22:00:00.000Z", 4),
        ("2026-11-22T01:00:00.000Z", 1),
    ];
    assert_eq!(said(&day), hours);
    assert_eq!(
        figures(&admin, "week").await["points"]
            .as_array()
            .unwrap()
            .len(),
        168
    );
    let days = [
        ("2026-11-21T00:00:00.000Z", 4),
        ("2026-11-22T00:00:00.000Z", 1),
    ];
    for (range, steps) in [("month", 30), ("year", 365)] {
        let figures = figures(&admin, range).await;
        assert_eq!(figures["points"].as_array().unwrap().len(), steps);
        assert_eq!(
            (said(&figures).as_slice(), &figures["step_seconds"]),
            (&days[..], &json!(86_400))
        );
    }
    let seen: Vec<_> = day["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["active_people"])
        .collect();
    assert_eq!(seen, [2, 2], "people who were seen");
    assert_eq!(
        (&day["now"]["accounts"], &day["now"]["rooms"]),
        (&json!(2), &json!(5))
    );
    assert_eq!(day["delivery"]["p99_ms"], 1);
    assert!(!day.to_string().contains("canary"));

    let rooms = admin
        .get("/api/admin/rooms?sort=messages&limit=2")
        .await
        .expect(200);
    let rooms: Vec<_> = rooms["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (&r["name"], &r["message_count"]))
        .collect();
    assert_eq!(
        rooms,
        [(&json!("Hall"), &json!(4)), (&json!("Attic"), &json!(1))]
    );
    let latest = admin
        .get("/api/admin/rooms?sort=activity&limit=1")
        .await
        .expect(200);
    assert_eq!(
        latest["items"][0]["last_message_at"],
        "2026-11-22T01:00:00.000Z"
    );
}

#[tokio::test]
async fn what_was_said_was_said_also_where_the_room_is_gone() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Hall").await;
    alice.say(room, "going, going").await;
    server.app().admin.roll_up().await.unwrap();
    let path = format!("/api/rooms/{room}");
    alice.delete(&path).await.expect(204);
    server.app().admin.roll_up().await.unwrap();
    let week = figures(&admin, "week").await;
    let total: i64 = said(&week).iter().map(|(_, messages)| messages).sum();
    assert_eq!((total, &week["now"]["rooms"]), (1, &json!(3)));
}

#[tokio::test]
async fn a_restart_counts_on_where_it_was() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Hall").await;
    alice.say(room, "one").await;
    server.app().admin.roll_up().await.unwrap();
    alice.say(room, "two").await;
    let server = server.restart().await;
    server.app().admin.roll_up().await.unwrap();
    let admin = server.administrator("root").await;
    let week = figures(&admin, "week").await;
    let total: i64 = said(&week).iter().map(|(_, messages)| messages).sum();
    assert_eq!(total, 2);
}

#[tokio::test]
async fn it_is_told_who_is_here_and_what_it_takes() {
    let server = Server::start().await;
    let admin = server.administrator("root").await;
    let alice = server.person("alice").await;
    let (_one, _two) = (alice.socket().await, alice.socket().await);
    server.app().admin.roll_up().await.unwrap();
    let day = figures(&admin, "day").await;
    let last = day["points"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["people_online"], &last["connections"]),
        (&json!(1), &json!(2))
    );
    let now = &day["now"];
    assert_eq!(
        (&now["people_online"], &now["connections"]),
        (&json!(1), &json!(2))
    );
    for queue in ["waiting_commits", "waiting_deliveries", "waiting_outbox"] {
        assert!(now[queue].is_u64(), "{queue}: {now}");
    }
    let storage = &day["storage"];
    let bytes = storage["bytes"].as_i64().unwrap();
    assert!(bytes > 0, "{storage}");
    let families = storage["families"].as_array().unwrap();
    let of = |name: &str| {
        families
            .iter()
            .any(|f| f["name"] == name && f["bytes"].as_i64() > Some(0))
    };
    assert!(
        of("accounts") && of("logs") && of("messages") && of("rooms"),
        "{storage}"
    );
    assert_eq!(day["days"][0]["bytes"].as_i64().map(|b| b > 0), Some(true));
    for bad in ["range=decade", "range=", "from=now"] {
        let path = format!("/api/admin/figures?{bad}");
        admin.get(&path).await.problem(400, "invalid_param");
    }
}
