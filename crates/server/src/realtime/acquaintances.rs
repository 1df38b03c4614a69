//! Telling those who share a room with somebody, each connection once.

use super::groups;
use crate::kernel::jobs::Jobs;
use crate::rooms::Rooms;
use parlor_protocol::{RoomId, UserId};
use parlor_transport::{Encoded, Group, Hub, SocketId};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::mpsc;

/// In a room with more connections than this, comings and goings are not told but asked for: telling everybody of
/// everybody would grow with the square of their number.
const CROWD: usize = 500;

/// The way to those who share a room with somebody.
pub(super) struct Acquaintances(mpsc::UnboundedSender<(UserId, Encoded)>);

impl Acquaintances {
    /// Starts the task that tells them. It reads people's rooms, for which delivery to rooms does not wait.
    pub(super) fn start(hub: Hub, rooms: Arc<Rooms>, jobs: &Jobs) -> Self {
        let (send, mut queue) = mpsc::unbounded_channel();
        let stop = jobs.stopping();
        jobs.spawn(async move {
            while let Some(Some((user, packet))) = stop.run_until_cancelled(queue.recv()).await {
                match rooms.rooms_of(user).await {
                    Ok(rooms) => tell(&hub, user, &rooms, &packet),
                    Err(error) => tracing::warn!(%error, "whom to tell could not be read"),
                }
            }
        });
        Self(send)
    }

    /// Tells them, soon.
    pub(super) fn tell(&self, user: UserId, packet: Encoded) {
        // Without the task the server is about to stop.
        let _ = self.0.send((user, packet));
    }
}

/// The largest room is told by a broadcast, which costs least; from the others those who are not in it as well.
fn tell(hub: &Hub, user: UserId, rooms: &[RoomId], packet: &Encoded) {
    let own = hub.members(groups::user(user));
    let mut rooms: Vec<Group> = rooms.iter().map(|room| groups::room(*room)).collect();
    rooms.sort_by_cached_key(|room| Reverse(hub.group_len(*room)));
    let mut rooms = rooms
        .into_iter()
        .filter(|room| (1..=CROWD).contains(&hub.group_len(*room)));
    let Some(largest) = rooms.next() else { return };
    match own.first() {
        Some(own) => hub.broadcast_except(largest, *own, packet),
        None => hub.broadcast(largest, packet),
    }
    let mut told: HashSet<SocketId> = own.into_iter().collect();
    told.extend(hub.members(largest));
    for socket in rooms.flat_map(|room| hub.members(room)) {
        if told.insert(socket) {
            hub.emit(socket, packet);
        }
    }
}
