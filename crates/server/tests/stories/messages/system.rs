//! What the server itself says in a room.

use super::{history, id, room_of_two};
use parlor_testkit::json;

#[tokio::test]
async fn what_the_server_says_is_heard_and_kept_and_nobodys_to_change() {
    let (server, alice, bob, room) = room_of_two().await;
    let socket = bob.socket().await;
    socket.emit("join_room", json!({ "room_id": room })).await;
    let app = server.app();
    let (messages, about) = (app.messages.clone(), alice.id());
    let call = app.kernel.log.commit(move |tx| {
        Box::pin(async move {
            let content = "A call has begun.".to_owned();
            messages.post_system(tx, room, about, content).await
        })
    });
    call.await.unwrap();

    let heard = socket.next("new_message").await["message"].clone();
    assert_eq!(heard["message_type"], "system");
    assert_eq!(heard["content"], "A call has begun.");
    assert_eq!(history(&bob, room).await, std::slice::from_ref(&heard));
    // Not even by the person it speaks of.
    let path = format!("/api/messages/{}", id(&heard));
    let changed = alice.put(&path, json!({ "content": "None has." })).await;
    changed.problem(403, "forbidden");
    bob.delete(&path).await.problem(403, "forbidden");
}
