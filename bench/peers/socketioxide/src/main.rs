//! A bare chat server on socketioxide and axum: join a room, say something to it. No sign-in, no rights.
//!
//! `parlor-bench-socketioxide PORT [DATABASE]`: with a database, each message is committed (`synchronous=FULL`) before
//! anybody hears of it.

use axum::Router;
use axum::serve::ListenerExt;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use tokio::net::TcpSocket;

#[derive(Deserialize)]
struct Wish {
    room: String,
}

#[derive(Deserialize, Serialize)]
struct Message {
    room: String,
    text: String,
}

#[derive(Clone)]
struct Store(Arc<Mutex<Connection>>);

impl Store {
    fn open(path: &str) -> rusqlite::Result<Self> {
        let db = Connection::open(path)?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, text TEXT NOT NULL)",
        )?;
        Ok(Self(Arc::new(Mutex::new(db))))
    }

    fn insert(&self, message: &Message) -> rusqlite::Result<()> {
        let db = self.0.lock().expect("no insert panics");
        db.prepare_cached("INSERT INTO messages (room, text) VALUES (?, ?)")?
            .execute((&message.room, &message.text))?;
        Ok(())
    }
}

fn listen_for_events(socket: &SocketRef, store: Option<Store>) {
    socket.on(
        "join",
        async |socket: SocketRef, Data(wish): Data<Wish>, ack: AckSender| {
            socket.join(wish.room);
            ack.send(&()).ok();
        },
    );
    let say = async move |socket: SocketRef, message: Message, ack: AckSender| {
        if let Some(store) = store {
            // The commit waits for the disk.
            tokio::task::block_in_place(|| store.insert(&message)).expect("the database is there");
        }
        // A member whose queue is full misses the message; that is counted where it is received.
        socket
            .within(message.room.clone())
            .emit("message", &message)
            .await
            .ok();
        ack.send(&()).ok();
    };
    socket.on(
        "message",
        async move |socket: SocketRef, Data(message): Data<Message>, ack: AckSender| {
            say(socket, message, ack).await;
        },
    );
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("which port?")?.parse()?;
    let store = arguments
        .next()
        .map(|path| Store::open(&path))
        .transpose()?;

    let (layer, io) = SocketIo::new_layer();
    // As a middleware this runs before the client is told that it is connected. A connect handler runs beside that
    // answer, and the first event of a quick client can come too early for it.
    let prepare = async move |socket: SocketRef| {
        listen_for_events(&socket, store);
        Ok::<_, Infallible>(())
    };
    io.ns("/", (async || {}).with(prepare));

    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    // Without TCP_NODELAY small frames would wait for the client's delayed acknowledgement.
    let listener = socket.listen(4096)?.tap_io(|stream| {
        stream.set_nodelay(true).ok();
    });
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}
