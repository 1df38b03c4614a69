//! The AsyncAPI 3.0 document: what goes over the socket, in the same schemas as the OpenAPI document.

use parlor_protocol::events::{
    ChangedMessage, ConnectAuth, DeleteMessageEvent, EditMessageEvent, JoinRoomEvent, JoinedRoom,
    LeaveRoomEvent, OnlineUsersUpdate, Pong, ReadEvent, SendMessage, ServerEvent,
};
use parlor_protocol::messages::{Posted, ReadState};
use parlor_protocol::presence::{GetOnlineUsers, InRoom};
use parlor_protocol::problem::SocketError;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// Schemas by name.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// The name of what the CONNECT packet carries.
const CONNECT: &str = "connect";

/// An event that clients send.
struct ClientEvent {
    name: &'static str,
    meaning: &'static str,
    payload: Value,
    answer: Value,
}

/// Describes the native namespace.
pub(super) fn describe() -> Value {
    let mut schemas = Schemas::new();
    let sent = client_events(&mut schemas);
    ServerEvent::schemas(&mut schemas);
    let error = reference::<SocketError>(&mut schemas);
    let mut messages = Map::new();
    for (name, payload, meaning) in ServerEvent::ALL {
        let payload = json!({ "$ref": format!("#/components/schemas/{payload}") });
        messages.insert((*name).to_owned(), message(name, meaning.trim(), &payload));
    }
    let refused = "Something the client sent without an acknowledgement callback was refused.";
    messages.insert("error".to_owned(), message("error", refused, &error));
    let received: Vec<String> = messages.keys().cloned().collect();
    let auth = reference::<ConnectAuth>(&mut schemas);
    let connect = "Not an event: what the CONNECT packet carries, the client's first. Who it is, and what it has already.";
    messages.insert(CONNECT.to_owned(), message(CONNECT, connect, &auth));
    for event in &sent {
        messages.insert(
            event.name.to_owned(),
            message(event.name, event.meaning, &event.payload),
        );
        let answer = answer(event, &error);
        messages.insert(format!("{}.answer", event.name), answer);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parlor",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Socket.IO (Engine.IO 4, protocol 5) at `/socket.io/`, namespace `/`. An event's payload is its \
                one argument. Every event of a client may carry an acknowledgement callback, which is answered \
                `{\"ok\": true, …}` or `{\"ok\": false, \"error\": {…}}`. A connection without a valid token or session is \
                refused with the `connect_error` `unauthorized`.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "native": {
                "address": "/",
                "description": "The namespace `/`.",
                "messages": channel_messages(messages.keys()),
            },
        },
        "operations": operations(&sent, &received),
        "components": { "messages": messages, "schemas": components(schemas) },
    })
}

fn client_events(schemas: &mut Schemas) -> Vec<ClientEvent> {
    let mut events = Vec::new();
    let mut add = |name, meaning, payload, answer| {
        events.push(ClientEvent {
            name,
            meaning,
            payload,
            answer,
        });
    };
    let s = schemas;
    add(
        "join_room",
        "Joins a room, and answers what was missed after `after_seq`.",
        reference::<JoinRoomEvent>(s),
        reference::<JoinedRoom>(s),
    );
    add(
        "leave_room",
        "Leaves a room.",
        reference::<LeaveRoomEvent>(s),
        nothing(),
    );
    add(
        "send_message",
        "Says something in a room. With the `client_id` of a message that is there already, answers with that.",
        reference::<SendMessage>(s),
        reference::<Posted>(s),
    );
    add(
        "edit_message",
        "Changes what one said.",
        reference::<EditMessageEvent>(s),
        reference::<ChangedMessage>(s),
    );
    add(
        "delete_message",
        "Deletes a message.",
        reference::<DeleteMessageEvent>(s),
        reference::<ChangedMessage>(s),
    );
    add(
        "read",
        "Has read a room up to a place.",
        reference::<ReadEvent>(s),
        reference::<ReadState>(s),
    );
    add(
        "typing_start",
        "Has started to type; holds for a few seconds.",
        reference::<InRoom>(s),
        nothing(),
    );
    add(
        "typing_stop",
        "Has stopped typing.",
        reference::<InRoom>(s),
        nothing(),
    );
    add(
        "get_online_users",
        "Asks who is here.",
        reference::<GetOnlineUsers>(s),
        reference::<OnlineUsersUpdate>(s),
    );
    add(
        "ping",
        "Is still here; anything may be the payload.",
        json!({}),
        reference::<Pong>(s),
    );
    events
}

/// The reference to a type's schema, which goes among `schemas` with all it refers to.
fn reference<T: ToSchema>(schemas: &mut Schemas) -> Value {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
}

fn nothing() -> Value {
    json!({ "type": "object" })
}

fn message(name: &str, meaning: &str, payload: &Value) -> Value {
    json!({ "name": name, "summary": meaning, "payload": payload })
}

/// The acknowledgement of an event.
fn answer(event: &ClientEvent, error: &Value) -> Value {
    let ok = |is_ok: bool| json!({ "type": "object", "required": ["ok"], "properties": { "ok": { "const": is_ok } } });
    let mut refused = ok(false);
    refused["required"] = json!(["ok", "error"]);
    refused["properties"]["error"] = error.clone();
    let payload = json!({ "oneOf": [{ "allOf": [ok(true), event.answer] }, refused] });
    message(
        &format!("{}.answer", event.name),
        "The acknowledgement.",
        &payload,
    )
}

fn channel_messages<'a>(names: impl Iterator<Item = &'a String>) -> Map<String, Value> {
    names
        .map(|name| {
            (
                name.clone(),
                json!({ "$ref": format!("#/components/messages/{name}") }),
            )
        })
        .collect()
}

/// What the server does: it sends its events, and takes those of clients.
fn operations(taken: &[ClientEvent], sent: &[String]) -> Map<String, Value> {
    let channel = json!({ "$ref": "#/channels/native" });
    let of = |name: &str| json!({ "$ref": format!("#/channels/native/messages/{name}") });
    let mut operations = Map::new();
    let connect = json!({ "action": "receive", "channel": channel, "messages": [of(CONNECT)] });
    operations.insert("open_connection".to_owned(), connect);
    for name in sent {
        let operation = json!({ "action": "send", "channel": channel, "messages": [of(name)] });
        operations.insert(format!("send_{name}"), operation);
    }
    for ClientEvent { name, .. } in taken {
        let reply = json!({ "channel": channel, "messages": [of(&format!("{name}.answer"))] });
        let operation = json!({ "action": "receive", "channel": channel, "messages": [of(name)], "reply": reply });
        operations.insert(format!("receive_{name}"), operation);
    }
    operations
}

fn components(schemas: Schemas) -> Map<String, Value> {
    let value = |schema| serde_json::to_value(schema).unwrap_or_default();
    let mut components: Vec<_> = schemas
        .into_iter()
        .map(|(name, schema)| (name, value(schema)))
        .collect();
    components.sort_by(|(one, _), (other, _)| one.cmp(other));
    components.into_iter().collect()
}
