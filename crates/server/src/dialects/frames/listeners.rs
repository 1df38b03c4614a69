//! Who hears which room, and the telling of them.

use super::Queue;
use crate::kernel::bus::{Audience, Signal};
use axum::extract::ws::Utf8Bytes;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::Message;
use parlor_protocol::{RoomId, SessionId, UserId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Whoever lets more frames wait than this is cut off.
const BACKLOG: usize = 256;

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
