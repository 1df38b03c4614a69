//! A small chat.

use std::sync::Arc;

use parlor_transport::{
    DisconnectReason, Encoded, Event, Group, Handler, Handshake, NewSocket, Refusal, Socket,
    Verdict,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

/// Handlers wait here until the test lets them pass.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

impl Gate {
    /// Lets so many pass.
    pub(crate) fn open(&self, count: usize) {
        self.0.add_permits(count);
    }

    async fn pass(&self) {
        self.0.acquire().await.unwrap().forget();
    }
}

pub(crate) fn room(id: u64) -> Group {
    Group { kind: 1, id }
}

/// The event by which a room hears a text.
pub(crate) fn said(text: impl serde::Serialize) -> Encoded {
    Encoded::event("/", "said", &text).unwrap()
}

/// The handler: `auth.name` is who one is; rooms are joined, left and spoken to by number.
pub(crate) struct App {
    path: &'static str,
    gate: Gate,
    calls: mpsc::UnboundedSender<String>,
}

impl App {
    pub(crate) fn new(
        path: &'static str,
        gate: Gate,
        calls: mpsc::UnboundedSender<String>,
    ) -> Self {
        Self { path, gate, calls }
    }

    fn called(&self, what: impl Into<String>) {
        // The test may be over.
        let _ = self.calls.send(what.into());
    }
}

impl Handler for App {
    type Session = String;

    async fn connect(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> Result<String, Refusal> {
        let auth: Value = auth.map_or(Value::Null, |auth| {
            serde_json::from_str(auth.get()).unwrap()
        });
        let name = auth["name"].as_str().map(str::to_owned);
        let Some(name) = name.or_else(|| request.query("name").map(Into::into)) else {
            self.called("refuse");
            return Err(Refusal::new("unauthorized")
                .with_data(&json!({"code": 401}))
                .unwrap());
        };
        self.called(format!("connect {name}"));
        for id in auth["rooms"].as_array().into_iter().flatten() {
            socket.join(room(id.as_u64().unwrap()));
        }
        if auth["hold"] == true {
            socket.hold();
        }
        if auth["wait"] == true {
            self.gate.pass().await;
        }
        Ok(name)
    }

    async fn connected(&self, socket: &Socket<String>) {
        if socket.session() == "greeted" {
            socket.emit(&said("welcome"));
        }
    }

    async fn event(&self, socket: &Socket<String>, event: Event) -> Verdict {
        self.called(format!("{} {}", event.name, socket.session()));
        let hub = socket.hub();
        let argument: Value = event.arg(0).unwrap_or_default();
        let answer = match event.name.as_str() {
            "join" => {
                socket.join(room(argument.as_u64().unwrap()));
                json!("joined")
            }
            "leave" => {
                socket.leave(room(argument.as_u64().unwrap()));
                json!("left")
            }
            "say" => {
                let said = Encoded::event(self.path, "said", &argument["text"]).unwrap();
                hub.broadcast(room(argument["room"].as_u64().unwrap()), &said);
                json!("said")
            }
            "tell_others" => {
                hub.broadcast_except(
                    room(argument["room"].as_u64().unwrap()),
                    socket.id(),
                    &said(&argument["text"]),
                );
                json!("said")
            }
            "release" => {
                let from = argument.as_u64().unwrap();
                socket.release(|event| event.tag().is_none_or(|(_, seq)| seq >= from));
                json!("released")
            }
            "echo" => json!(event.args),
            "wait" => {
                self.gate.pass().await;
                json!("waited")
            }
            "wait_and_say" => {
                self.gate.pass().await;
                hub.broadcast(room(1), &said(&argument));
                json!("said")
            }
            "panic" => panic!("as asked"),
            "goodbye" => return Verdict::Close,
            _ => json!("unknown_event"),
        };
        if let Some(ack) = event.ack {
            ack.send(&answer).unwrap();
        }
        Verdict::Keep
    }

    async fn disconnected(&self, socket: &Socket<String>, reason: DisconnectReason) {
        assert!(!socket.is_open());
        self.called(format!("disconnected {}: {reason}", socket.session()));
    }

    fn overflow(&self) -> Option<Encoded> {
        (self.path == "/").then(|| Encoded::event("/", "resume", &json!({})).unwrap())
    }
}
