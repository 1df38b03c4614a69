//! One Socket.IO connection (Engine.IO 4, protocol 5), over WebSocket.

use crate::PATIENCE;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

type Stream = WebSocketStream<TcpStream>;

#[derive(Default)]
struct Inbox {
    /// Events that nobody has asked for yet, in the order of arrival.
    events: VecDeque<(String, Value)>,
    /// The answer to CONNECT: `Ok(sid)` or the payload of `connect_error`.
    connected: Option<Result<Value, Value>>,
    acks: HashMap<u64, oneshot::Sender<Value>>,
    next_ack: u64,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    changed: Notify,
}

impl Shared {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `look` finds what it looks for.
    async fn until<T>(&self, what: &str, mut look: impl FnMut(&mut Inbox) -> Option<T>) -> T {
        let search = async {
            loop {
                let changed = self.changed.notified();
                if let Some(found) = look(&mut self.inbox()) {
                    return found;
                }
                changed.await;
            }
        };
        let Ok(found) = tokio::time::timeout(PATIENCE, search).await else {
            panic!(
                "waited in vain for {what}; there are {:?}",
                self.inbox().events
            )
        };
        found
    }
}

/// A connection to one namespace.
pub struct Socket {
    shared: Arc<Shared>,
    out: mpsc::UnboundedSender<Message>,
    reads: watch::Sender<bool>,
    namespace: String,
}

impl Socket {
    /// Connects to a namespace with this `auth`; an error is the payload of `connect_error`.
    pub async fn connect(base: &str, namespace: &str, auth: Value) -> Result<Self, Value> {
        let address = base.trim_start_matches("http://").to_owned();
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let request = url.into_client_request().expect("an address");
        let stream = dial(&address).await;
        let opened = tokio_tungstenite::client_async(request, stream).await;
        let (stream, _) = opened.map_err(|error| json!({ "message": error.to_string() }))?;
        let (sink, source) = stream.split();
        let (out, outgoing) = mpsc::unbounded_channel();
        let (reads, reading) = watch::channel(true);
        let socket = Self {
            shared: Arc::default(),
            out,
            reads,
            namespace: namespace.to_owned(),
        };
        spawn(write(sink, outgoing));
        let (shared, answers) = (socket.shared.clone(), socket.out.clone());
        spawn(read(source, reading, shared, answers));
        let prefix = if namespace == "/" {
            String::new()
        } else {
            format!("{namespace},")
        };
        socket.send_raw(&format!("40{prefix}{auth}"));
        let answer = socket.shared.until("the answer to CONNECT", |inbox| {
            inbox
                .connected
                .clone()
                .or_else(|| inbox.closed.then(|| Err(json!({ "message": "closed" }))))
        });
        answer.await.map(|_| socket)
    }

    /// Sends a text frame as it is.
    pub fn send_raw(&self, text: &str) {
        let _ = self.out.send(Message::text(text));
    }

    /// Sends an event and answers what the server acknowledges.
    pub async fn emit(&self, event: &str, payload: Value) -> Value {
        self.emit_later(event, payload).await
    }

    /// Sends an event now; the future answers what the server acknowledges.
    pub fn emit_later(&self, event: &str, payload: Value) -> impl Future<Output = Value> + use<> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut inbox = self.shared.inbox();
            inbox.next_ack += 1;
            let id = inbox.next_ack;
            inbox.acks.insert(id, answer);
            id
        };
        self.send_raw(&format!(
            "42{}{id}{}",
            self.prefix(),
            json!([event, payload])
        ));
        let what = event.to_owned();
        async move {
            let answered = tokio::time::timeout(PATIENCE, answered).await;
            let in_time = answered.unwrap_or_else(|_| panic!("{what} was not acknowledged"));
            in_time
                .unwrap_or_else(|_| panic!("the connection closed before {what} was acknowledged"))
        }
    }

    /// Sends an event without asking for an acknowledgement.
    pub fn emit_only(&self, event: &str, payload: Value) {
        self.send_raw(&format!("42{}{}", self.prefix(), json!([event, payload])));
    }

    /// The next event of this name; earlier ones of other names stay for later.
    pub async fn next(&self, event: &str) -> Value {
        self.next_where(event, |_| true).await
    }

    /// The next event of this name whose payload fits.
    pub async fn next_where(&self, event: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.shared
            .until(event, |inbox| {
                let at = inbox
                    .events
                    .iter()
                    .position(|(name, payload)| name == event && fits(payload))?;
                inbox.events.remove(at).map(|(_, payload)| payload)
            })
            .await
    }

    /// All events that have arrived and were not taken, with their names, in order.
    #[must_use]
    pub fn take_events(&self) -> Vec<(String, Value)> {
        self.shared.inbox().events.drain(..).collect()
    }

    /// All events that had been sent to this connection by now: it asks the server something and waits for the
    /// answer, which comes after them and is not among them; nor is the welcome that every connection gets.
    pub async fn settled_events(&self) -> Vec<(String, Value)> {
        self.emit("ping", json!({})).await;
        let mut events = self.take_events();
        events.retain(|(name, _)| name != "pong" && name != "welcome");
        events
    }

    /// Hands over event after event, in order, until enough is known: what holds for every client is that what it knew
    /// and what it has heard since are what it would be told now.
    pub async fn hear<K: std::fmt::Debug>(
        &self,
        known: &mut K,
        apply: impl Fn(&mut K, &str, &Value),
        is_enough: impl Fn(&K) -> bool,
    ) {
        let arrives = async {
            while !is_enough(known) {
                for (name, event) in self.settled_events().await {
                    apply(known, &name, &event);
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, arrives).await.is_ok();
        assert!(in_time, "waited in vain for more than {known:?}");
    }

    /// Reads nothing more, as a client does that is too busy or too far away, until it [reads on](Socket::read_on).
    pub fn stop_reading(&self) {
        self.reads.send_replace(false);
    }

    /// Reads again.
    pub fn read_on(&self) {
        self.reads.send_replace(true);
    }

    /// Waits until the server has closed the connection.
    pub async fn closed(&self) {
        self.shared
            .until("the end of the connection", |inbox| {
                inbox.closed.then_some(())
            })
            .await;
    }

    /// True once the connection has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.inbox().closed
    }

    /// Closes the connection.
    pub fn close(&self) {
        let _ = self.out.send(Message::Close(None));
    }

    fn prefix(&self) -> String {
        if self.namespace == "/" {
            String::new()
        } else {
            format!("{},", self.namespace)
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.close();
    }
}

/// Connects with a small receive buffer, so that a client which stops reading is noticed soon.
pub(crate) async fn dial(address: &str) -> TcpStream {
    let address = address.parse().expect("an address and a port");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .set_recv_buffer_size(32 * 1024)
        .expect("a small buffer");
    let stream = socket.connect(address).await;
    stream.expect("the server accepts connections")
}

#[expect(clippy::disallowed_methods, reason = "tests have no jobs to belong to")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

async fn write(
    mut sink: SplitSink<Stream, Message>,
    mut outgoing: mpsc::UnboundedReceiver<Message>,
) {
    while let Some(message) = outgoing.recv().await {
        if sink.send(message).await.is_err() {
            return;
        }
    }
}

async fn read(
    mut source: SplitStream<Stream>,
    mut reading: watch::Receiver<bool>,
    shared: Arc<Shared>,
    out: mpsc::UnboundedSender<Message>,
) {
    while let Some(Ok(message)) = source.next().await {
        // Nobody can stop it any more who has dropped the socket.
        let _ = reading.wait_for(|reads| *reads).await;
        if let Message::Text(text) = message {
            on_packet(&shared, &out, &text);
            shared.changed.notify_waiters();
        }
    }
    let mut inbox = shared.inbox();
    inbox.closed = true;
    inbox.acks.clear();
    drop(inbox);
    shared.changed.notify_waiters();
}

fn on_packet(shared: &Shared, out: &mpsc::UnboundedSender<Message>, text: &str) {
    let mut inbox = shared.inbox();
    match text.as_bytes() {
        [b'2', ..] => drop(out.send(Message::text("3"))),
        [b'4', kind, ..] => {
            let (id, body) = split(text.get(2..).unwrap_or_default());
            let payload: Value = serde_json::from_str(body).unwrap_or(Value::Null);
            match (kind, id) {
                (b'0', _) => inbox.connected = Some(Ok(payload)),
                (b'4', _) => inbox.connected = Some(Err(payload)),
                (b'1', _) => inbox.closed = true,
                (b'3', Some(id)) => {
                    if let Some(answer) = inbox.acks.remove(&id) {
                        let _ = answer.send(payload[0].clone());
                    }
                }
                (b'2', _) => {
                    let name = payload[0].as_str().unwrap_or_default().to_owned();
                    inbox.events.push_back((name, payload[1].clone()));
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// The acknowledgement id and the JSON of a packet's rest, past its namespace.
fn split(rest: &str) -> (Option<u64>, &str) {
    let rest = match rest.split_once(',') {
        Some((namespace, after)) if namespace.starts_with('/') => after,
        _ => rest,
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, body) = rest.split_at(digits);
    (id.parse().ok(), body)
}
