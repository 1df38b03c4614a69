//! A small chat to try the transport with: `cargo run -p parlor-transport --example chat -- --port 3000`.
//!
//! Clients send `join` `{room}`, `message` `{room, text}`, which every member of the room gets, and
//! `echo`, which is acknowledged with its own argument.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::serve::ListenerExt;
use parlor_transport::{
    Config, Encoded, Event, Group, Handler, Handshake, NewSocket, Refusal, Socket, Transport,
    Verdict,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::net::TcpListener;

struct Chat;

#[derive(Deserialize)]
struct Join {
    room: String,
}

#[derive(Deserialize, Serialize)]
struct Message {
    room: String,
    text: String,
}

fn group(room: &str) -> Group {
    let mut hasher = DefaultHasher::new();
    room.hash(&mut hasher);
    Group {
        kind: 0,
        id: hasher.finish(),
    }
}

impl Handler for Chat {
    type Session = ();

    async fn connect(
        &self,
        _: &NewSocket,
        _: &Handshake,
        _: Option<Box<RawValue>>,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    async fn event(&self, socket: &Socket<()>, event: Event) -> Verdict {
        match answer(socket, event) {
            Ok(()) => Verdict::Keep,
            Err(_) => Verdict::Close,
        }
    }

    fn overflow(&self) -> Option<Encoded> {
        Encoded::event("/", "resume", &()).ok()
    }
}

fn answer(socket: &Socket<()>, event: Event) -> Result<(), serde_json::Error> {
    match event.name.as_str() {
        "join" => socket.join(group(&event.arg::<Join>(0)?.room)),
        "message" => {
            let message: Message = event.arg(0)?;
            let event = Encoded::event("/", "message", &message)?;
            socket.hub().broadcast(group(&message.room), &event);
        }
        _ => {}
    }
    match event.ack {
        Some(ack) if event.name == "echo" => ack.send(&event.args.first()),
        Some(ack) => ack.send(&()),
        None => Ok(()),
    }
}

/// `--name value` from the command line.
fn option<T: std::str::FromStr>(name: &str, default: T) -> T {
    let mut arguments = std::env::args()
        .skip_while(|argument| argument != name)
        .skip(1);
    arguments
        .next()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

#[tokio::main(worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let config = Config {
        gather: Duration::from_millis(option("--gather", 10)),
        max_connections_per_address: None,
        ..Config::default()
    };
    let transport = Transport::builder(config).namespace("/", Chat).build();
    let router = transport
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, option("--port", 3000))).await?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router).await
}
