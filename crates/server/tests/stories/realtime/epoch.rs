//! A database that is brought back from a copy tells of another past: nobody continues after numbers of the one that is
//! gone.

use super::{between, view_up_to};
use parlor::kernel::log::epoch;
use parlor_testkit::{Person, Server, Socket, Value, json};

/// The name of the past that a connection is told first of all.
async fn epoch_at(socket: &Socket) -> Value {
    let epoch = socket.next("welcome").await["epoch"].clone();
    assert!(epoch.as_str().is_some_and(|name| !name.is_empty()));
    epoch
}

async fn resume(person: &Person, seen: Value, epoch: &Value) -> Socket {
    let auth = json!({ "token": person.token(), "resume": seen, "epoch": epoch });
    person.try_socket(auth).await.expect("let in")
}

#[tokio::test]
async fn every_connection_is_told_of_which_past_the_logs_tell() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let epoch = epoch_at(&alice.socket().await).await;
    assert_eq!(epoch_at(&alice.socket().await).await, epoch);
    let server = server.restart().await;
    let bob = server.person("bob").await;
    assert_eq!(epoch_at(&bob.socket().await).await, epoch);
}

#[tokio::test]
async fn who_saw_another_past_reads_everything_again() {
    let server = Server::start().await;
    let alice = server.person("alice").await;
    let room = alice.create_room("Annals").await;
    let seen = alice.say(room, "seen").await;
    let missed = alice.say(room, "missed").await;
    let known = epoch_at(&alice.socket().await).await;
    let position = json!({ room.to_string(): seen["seq"], "me": 0 });

    let same = resume(&alice, position.clone(), &known).await;
    assert_eq!(
        view_up_to(&same, room, &missed).await,
        between(&seen, &missed)
    );

    let database = &server.app().kernel.db;
    epoch::renew(database, "another".to_owned()).await.unwrap();
    let server = server.restart().await;
    let token = alice.token();
    let alice = server.visitor();
    alice.set_token(token);
    let auth = json!({ "token": alice.token(), "resume": position, "epoch": known });
    let other = alice.try_socket(auth).await.expect("let in");
    assert_eq!(epoch_at(&other).await, "another");
    let told = other.next("resync").await;
    assert_eq!(told, json!({ "rooms": [], "reason": "reset" }));
    let replayed = other.settled_events().await;
    assert!(replayed.is_empty(), "{replayed:?}");
}
