//! Everyone sees one order.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Server, WebSocket, beside, room, said};

/// What a client hears, `count` texts.
async fn listen(mut client: WebSocket, count: usize) -> Vec<String> {
    let mut heard = Vec::with_capacity(count);
    for _ in 0..count {
        heard.push(client.said().await.as_str().unwrap().to_owned());
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_members_hear_concurrent_speakers_in_one_order() {
    const SPEAKERS: usize = 8;
    const TEXTS: usize = 200;
    let server = Server::start().await;
    let mut listeners = Vec::new();
    for n in 0..30 {
        let mut client = server.client(&format!("listener {n}")).await;
        client.ask("join", 1).await;
        listeners.push(beside(listen(client, SPEAKERS * TEXTS)));
    }
    let gate = Arc::new(tokio::sync::Barrier::new(SPEAKERS));
    for speaker in 0..SPEAKERS {
        let (hub, gate) = (server.hub.clone(), gate.clone());
        beside(async move {
            gate.wait().await;
            for text in 0..TEXTS {
                hub.broadcast(room(1), &said(format!("{speaker} {text}")));
                if text % 10 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    let mut orders = Vec::new();
    for listener in listeners {
        orders.push(listener.await.unwrap());
    }
    assert!(orders.iter().all(|order| *order == orders[0]));
    // Each speaker's own order is kept in it.
    for speaker in 0..SPEAKERS {
        let prefix = format!("{speaker} ");
        let own: Vec<_> = orders[0]
            .iter()
            .filter(|text| text.starts_with(&prefix))
            .collect();
        assert_eq!(
            own,
            (0..TEXTS)
                .map(|text| format!("{speaker} {text}"))
                .collect::<Vec<_>>()
                .iter()
                .collect::<Vec<_>>()
        );
    }
    assert_eq!(server.transport.stats().overflows, 0);
}

/// One task speaks to busy and quiet rooms, to a socket, and lets it join and leave: all in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_socket_sees_what_one_task_does_in_the_order_of_its_calls() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    alice.ask("join", 2).await;
    let id = server.hub.members(room(1))[0];
    // Others keep room 1 busy; alice hears them in between.
    let noise = beside({
        let hub = server.hub.clone();
        async move {
            for _ in 0..2_000 {
                hub.broadcast(room(1), &said("noise"));
                tokio::task::yield_now().await;
            }
        }
    });
    let steps = beside({
        let hub = server.hub.clone();
        async move {
            for n in 0..400u64 {
                // Now and then together with what follows.
                let cork = n.is_multiple_of(3).then(|| hub.cork());
                hub.broadcast(room(1), &said(json!([n, "busy"])));
                hub.broadcast(room(2), &said(json!([n, "quiet"])));
                hub.broadcast(room(3), &said(json!([n, "not yet a member"])));
                hub.join(id, room(3));
                hub.broadcast(room(3), &said(json!([n, "member"])));
                hub.emit(id, &said(json!([n, "direct"])));
                hub.broadcast_except(room(1), id, &said(json!([n, "not for alice"])));
                hub.leave(id, room(3));
                hub.broadcast(room(3), &said(json!([n, "no longer"])));
                drop(cork);
                tokio::task::yield_now().await;
            }
        }
    });
    for n in 0..400u64 {
        for step in ["busy", "quiet", "member", "direct"] {
            let heard = loop {
                let heard = alice.said().await;
                if heard != "noise" {
                    break heard;
                }
            };
            assert_eq!(heard, json!([n, step]));
        }
    }
    steps.await.unwrap();
    noise.await.unwrap();
    assert_eq!(server.transport.stats().overflows, 0);
}

#[tokio::test]
async fn a_quiet_room_is_written_to_at_once() {
    let server = Server::start().await;
    let mut alice = server.client("alice").await;
    alice.ask("join", 1).await;
    let before = server.transport.stats().writes;
    server.hub.broadcast(room(1), &said("now"));
    // No task has run since: the caller wrote it itself.
    assert_eq!(server.transport.stats().writes, before + 1);
    assert_eq!(alice.said().await, "now");
}

#[tokio::test]
async fn what_several_rooms_hear_together_is_one_write_for_a_member_of_all() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.client("alice").await, server.client("bob").await);
    for id in 1..=5 {
        alice.ask("join", id).await;
    }
    bob.ask("join", 5).await;
    let before = server.transport.stats().writes;
    {
        let _cork = server.hub.cork();
        for id in [3, 1, 5, 2, 4, 1] {
            server.hub.broadcast(room(id), &said(id));
        }
        assert_eq!(server.transport.stats().writes, before);
    }
    assert_eq!(server.transport.stats().writes, before + 2);
    for id in [3, 1, 5, 2, 4, 1] {
        assert_eq!(alice.said().await, id);
    }
    assert_eq!(bob.said().await, 5);
    // Without a cork it is as before.
    server.hub.broadcast(room(7), &said("nobody"));
    server
        .hub
        .emit(server.hub.members(room(4))[0], &said("direct"));
    assert_eq!(alice.said().await, "direct");
}

#[tokio::test]
async fn a_busy_room_is_written_to_in_blocks() {
    let server = Server::start().await;
    let mut clients = Vec::new();
    for n in 0..10 {
        let mut client = server.client(&format!("{n}")).await;
        client.ask("join", 1).await;
        clients.push(client);
    }
    let before = server.transport.stats();
    for n in 0..100 {
        server.hub.broadcast(room(1), &said(n));
    }
    for client in &mut clients {
        for n in 0..100 {
            assert_eq!(client.said().await, n);
        }
    }
    let after = server.transport.stats();
    assert_eq!(after.packets - before.packets, 1_000);
    // Ten at once, and ten for all the rest, unless the machine is slow.
    let writes = after.writes - before.writes;
    assert!((20..300).contains(&writes), "{writes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_room_is_spread_over_workers_and_still_hears_one_order() {
    let config = parlor_transport::Config {
        max_connections_per_address: None,
        ..Default::default()
    };
    let server = Server::with(config).await;
    let mut listeners = Vec::new();
    for n in 0..600 {
        let mut client = server.client(&format!("{n}")).await;
        client.ask("join", 1).await;
        listeners.push(beside(listen(client, 60)));
    }
    assert_eq!(server.hub.group_len(room(1)), 600);
    for speaker in 0..3 {
        let hub = server.hub.clone();
        beside(async move {
            for text in 0..20 {
                hub.broadcast(room(1), &said(format!("{speaker} {text}")));
                tokio::task::yield_now().await;
            }
        });
    }
    let mut orders = Vec::new();
    for listener in listeners {
        orders.push(listener.await.unwrap());
    }
    assert!(orders.iter().all(|order| *order == orders[0]));
}

#[tokio::test]
async fn one_who_is_excepted_hears_the_rest() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.client("alice").await, server.client("bob").await);
    alice.ask("join", 1).await;
    bob.ask("join", 1).await;
    for n in 0..3 {
        assert_eq!(
            alice
                .ask("tell_others", json!({"room": 1, "text": n}))
                .await,
            "said"
        );
    }
    server.hub.broadcast(room(1), &said("all"));
    assert_eq!(alice.said().await, "all");
    for n in 0..3 {
        assert_eq!(bob.said().await, n);
    }
    assert_eq!(bob.said().await, "all");
}

#[tokio::test]
async fn all_sockets_of_a_user_are_moved_together() {
    let server = Server::start().await;
    let (mut phone, mut laptop) = (server.client("alice").await, server.client("alice").await);
    phone.ask("join", 100).await;
    laptop.ask("join", 100).await;
    server.hub.join_members(room(100), room(1));
    server.hub.broadcast(room(1), &said("both"));
    server.hub.leave_members(room(100), room(1));
    server.hub.broadcast(room(1), &said("neither"));
    server.hub.broadcast(room(100), &said("end"));
    for client in [&mut phone, &mut laptop] {
        assert_eq!(client.said().await, "both");
        assert_eq!(client.said().await, "end");
    }
    assert_eq!(server.hub.group_len(room(1)), 0);
}
