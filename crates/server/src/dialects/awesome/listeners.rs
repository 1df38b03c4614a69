//! Who hears which room by a WebSocket.

use super::encode;
use axum::extract::ws::Utf8Bytes;
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
pub(super) struct Listener {
    pub(super) room: RoomId,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    out: mpsc::Sender<Utf8Bytes>,
}

/// All of them, by room and number.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    rooms: Mutex<HashMap<RoomId, HashMap<u64, Listener>>>,
    count: AtomicUsize,
}

impl Listeners {
    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Adds the connection `number`. What it is to be sent comes out of the queue, which ends when it is to be closed.
    pub(super) fn add(
        &self,
        number: u64,
        (room, user, session): (RoomId, UserId, SessionId),
    ) -> mpsc::Receiver<Utf8Bytes> {
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

    /// Closes those that fit.
    pub(super) fn dismiss(&self, fits: impl Fn(&Listener) -> bool) {
        let mut rooms = self.rooms();
        let all: Vec<RoomId> = rooms.keys().copied().collect();
        for room in all {
            self.retain(&mut rooms, room, |_, listener| !fits(listener));
        }
    }

    /// Tells those who hear its room of a message: encoded once for all, and once more under its sender's own id for
    /// it where they are among them, so that they know their own again.
    pub(super) fn tell(&self, message: &Message) {
        let mut rooms = self.rooms();
        let Some(listeners) = rooms.get(&message.room_id) else {
            return;
        };
        let Some(frame) = encode::frame(message, None) else {
            return;
        };
        let is_here = listeners.values().any(|it| it.user == message.user_id);
        let own_id = message.client_id.as_deref().filter(|_| is_here);
        let own = own_id.and_then(|id| encode::frame(message, Some(id)));
        let own = own.unwrap_or_else(|| frame.clone());
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
