//! Rooms heard by plain `WebSockets`, a text frame for each message: who hears which, and the carrying of frames.

use crate::kernel::bus::{Audience, Signal};
use axum::extract::ws::{CloseFrame, Message as Part, Utf8Bytes, WebSocket, close_code};
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::Message;
use parlor_protocol::{RoomId, SessionId, UserId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The largest frame of a client, in bytes.
pub(super) const LARGEST: usize = 64 * 1024;
/// Whoever lets more frames wait than this is cut off.
const BACKLOG: usize = 256;
/// How often a client is asked whether it is there, and how often in a row it may be silent.
const ASK: Duration = Duration::from_secs(25);
const SILENCE: u32 = 2;
/// How long a client may take over a frame.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client is to be sent. It ends when the connection is to be closed.
pub(super) type Queue = mpsc::Receiver<Utf8Bytes>;

/// A connection.
#[derive(Debug)]
struct Listener {
    room: RoomId,
    user: UserId,
    session: SessionId,
    out: mpsc::Sender<Utf8Bytes>,
}

/// All of them, by room and number.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    rooms: Mutex<HashMap<RoomId, HashMap<u64, Listener>>>,
    count: AtomicUsize,
}

impl Listeners {
    /// Adds the connection `number`.
    pub(super) fn add(
        &self,
        number: u64,
        (room, user, session): (RoomId, UserId, SessionId),
    ) -> Queue {
        let (out, queue) = mpsc::channel(BACKLOG);
        let listener = Listener {
            room,
            user,
            session,
            out,
        };
        let mut rooms = self.rooms();
        rooms.entry(room).or_default().insert(number, listener);
        self.count.fetch_add(1, Ordering::AcqRel);
        queue
    }

    /// A connection is gone.
    pub(super) fn remove(&self, number: u64, room: RoomId) {
        self.retain(&mut self.rooms(), room, |other, _| other != number);
    }

    /// Tells of what is delivered, and closes who may no longer hear. `encode` makes a message a frame, under its own id
    /// or its sender's for it.
    pub(super) fn deliver(
        &self,
        signal: &Signal,
        encode: impl Fn(&Message, Option<&str>) -> Utf8Bytes,
    ) {
        if self.count.load(Ordering::Acquire) == 0 {
            return;
        }
        match signal {
            Signal::Event(Audience::Room(room), event) => match &**event {
                ServerEvent::NewMessage(said) => self.tell(&said.message, encode),
                ServerEvent::UserLeft(left) => {
                    self.dismiss(|it| it.room == *room && it.user == left.user.id);
                }
                _ => {}
            },
            Signal::RoomDeleted(room) => self.dismiss(|it| it.room == *room),
            Signal::SessionEnded(session) => self.dismiss(|it| it.session == *session),
            Signal::SessionsEnded { user_id, except } => {
                self.dismiss(|it| it.user == *user_id && Some(it.session) != *except);
            }
            _ => {}
        }
    }

    /// Closes those that fit.
    fn dismiss(&self, fits: impl Fn(&Listener) -> bool) {
        let mut rooms = self.rooms();
        let all: Vec<RoomId> = rooms.keys().copied().collect();
        for room in all {
            self.retain(&mut rooms, room, |_, listener| !fits(listener));
        }
    }

    /// Tells those who hear its room of a message: encoded once for all, and once more under its sender's own id for
    /// it where they are among them, so that they know their own again.
    fn tell(&self, message: &Message, encode: impl Fn(&Message, Option<&str>) -> Utf8Bytes) {
        let mut rooms = self.rooms();
        let Some(listeners) = rooms.get(&message.room_id) else {
            return;
        };
        let frame = encode(message, None);
        let is_here = listeners.values().any(|it| it.user == message.user_id);
        let own_id = message.client_id.as_deref().filter(|_| is_here);
        let own = own_id.map_or_else(|| frame.clone(), |id| encode(message, Some(id)));
        self.retain(&mut rooms, message.room_id, |_, listener| {
            let is_own = listener.user == message.user_id;
            let frame = if is_own { &own } else { &frame };
            listener.out.try_send(frame.clone()).is_ok()
        });
    }

    fn retain(
        &self,
        rooms: &mut HashMap<RoomId, HashMap<u64, Listener>>,
        room: RoomId,
        keep: impl Fn(u64, &Listener) -> bool,
    ) {
        let Some(listeners) = rooms.get_mut(&room) else {
            return;
        };
        let before = listeners.len();
        listeners.retain(|number, listener| keep(*number, listener));
        self.count
            .fetch_sub(before - listeners.len(), Ordering::AcqRel);
        if listeners.is_empty() {
            rooms.remove(&room);
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, HashMap<u64, Listener>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a client's frame is answered.
pub(super) enum Reply {
    /// Nothing.
    Silence,
    /// A refusal.
    Refusal(Utf8Bytes),
    /// A refusal, which is one too many.
    LastRefusal(Utf8Bytes),
}

/// Carries frames both ways until one side ends it. `take` deals with what a client sent: `None` for what is no text.
pub(super) async fn carry<F: Future<Output = Reply>>(
    socket: &mut WebSocket,
    mut queue: Queue,
    stop: CancellationToken,
    take: impl Fn(Option<Utf8Bytes>) -> F,
) {
    let mut ask = tokio::time::interval(ASK);
    let mut silent = 0;
    loop {
        tokio::select! {
            frame = queue.recv() => {
                let Some(frame) = frame else {
                    return close(socket, close_code::POLICY, "the room is closed to you").await;
                };
                if !send(socket, frame).await {
                    return;
                }
            }
            part = socket.recv() => {
                silent = 0;
                let frame = match part {
                    Some(Ok(Part::Text(text))) => Some(text),
                    Some(Ok(Part::Binary(_))) => None,
                    Some(Ok(Part::Ping(_) | Part::Pong(_))) => continue,
                    Some(Ok(Part::Close(_)) | Err(_)) | None => return,
                };
                let goes_on = match take(frame).await {
                    Reply::Silence => true,
                    Reply::Refusal(frame) => send(socket, frame).await,
                    Reply::LastRefusal(frame) => {
                        send(socket, frame).await;
                        false
                    }
                };
                if !goes_on {
                    return;
                }
            }
            _ = ask.tick() => {
                silent += 1;
                if silent > SILENCE || !put(socket, Part::Ping(Vec::new().into())).await {
                    return;
                }
            }
            () = stop.cancelled() => {
                return close(socket, close_code::RESTART, "the server is going down").await;
            }
        }
    }
}

/// Says why not, and closes.
pub(super) async fn turn_away(mut socket: WebSocket, refusal: Utf8Bytes) {
    send(&mut socket, refusal).await;
    close(&mut socket, close_code::POLICY, "refused").await;
}

async fn send(socket: &mut WebSocket, frame: Utf8Bytes) -> bool {
    put(socket, Part::Text(frame)).await
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let reason = reason.into();
    put(socket, Part::Close(Some(CloseFrame { code, reason }))).await;
}

/// Sends, as long as the client takes it in time.
async fn put(socket: &mut WebSocket, part: Part) -> bool {
    matches!(timeout(PATIENCE, socket.send(part)).await, Ok(Ok(())))
}
