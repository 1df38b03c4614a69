//! Telling those who share a room with somebody or are their friends, each connection once.

use super::groups::Plane;
use crate::friends::{Friends, Watchers};
use crate::kernel::db::StorageError;
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

/// Whom of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// All.
    All,
    /// Those whom the person lets see whether they are here.
    Watchers,
}

/// The event for a room, where it names the room.
type EventOf = Box<dyn Fn(RoomId) -> Option<Encoded> + Send>;

/// What is told.
enum News {
    /// The same to everybody.
    One(Reach, Encoded),
    /// To the watchers who hear a room, one for each room.
    ByRoom(EventOf),
}

/// The way to those who share a room with somebody or are their friends.
pub(crate) struct Acquaintances(mpsc::UnboundedSender<(UserId, News)>);

struct Task {
    hub: Hub,
    plane: Plane,
    rooms: Arc<Rooms>,
    friends: Arc<Friends>,
}

impl Acquaintances {
    /// Starts the task that tells them. It reads people's rooms and friends, for which delivery to rooms does not wait.
    pub(crate) fn start(
        (hub, plane): (Hub, Plane),
        rooms: Arc<Rooms>,
        friends: Arc<Friends>,
        jobs: &Jobs,
    ) -> Self {
        let (send, mut queue) = mpsc::unbounded_channel();
        let task = Task {
            hub,
            plane,
            rooms,
            friends,
        };
        let stop = jobs.stopping();
        jobs.spawn(async move {
            while let Some(Some((user, news))) = stop.run_until_cancelled(queue.recv()).await {
                if let Err(error) = task.tell(user, news).await {
                    tracing::warn!(%error, "whom to tell could not be read");
                }
            }
        });
        Self(send)
    }

    /// Tells them, soon.
    pub(crate) fn tell(&self, user: UserId, reach: Reach, packet: Encoded) {
        // Without the task the server is about to stop.
        let _ = self.0.send((user, News::One(reach, packet)));
    }

    /// Tells those who hear a room of the person's and may see whether they are here, soon: room by room.
    pub(crate) fn tell_by_room(
        &self,
        user: UserId,
        event_of: impl Fn(RoomId) -> Option<Encoded> + Send + 'static,
    ) {
        let _ = self.0.send((user, News::ByRoom(Box::new(event_of))));
    }
}

impl Task {
    async fn tell(&self, user: UserId, news: News) -> Result<(), StorageError> {
        let watchers = match news {
            News::One(Reach::All, _) => self.friends.acquaintances(user).await?,
            News::One(Reach::Watchers, _) | News::ByRoom(_) => self.friends.watchers(user).await?,
        };
        match news {
            News::One(_, packet) => {
                let rooms = if watchers.in_rooms {
                    self.rooms.rooms_of(user).await?
                } else {
                    Vec::new()
                };
                tell((&self.hub, self.plane), user, &rooms, &watchers, &packet);
            }
            News::ByRoom(event_of) => {
                for room in self.rooms.rooms_of(user).await? {
                    self.tell_room(room, &watchers, &event_of);
                }
            }
        }
        Ok(())
    }

    /// Everybody who hears a room, but for those from whom the person hides.
    fn tell_room(&self, room: RoomId, watchers: &Watchers, event_of: &EventOf) {
        let group = self.plane.room(room);
        if self.hub.group_len(group) == 0 {
            return;
        }
        let Some(packet) = event_of(room) else {
            return;
        };
        if watchers.in_rooms && watchers.except.is_empty() {
            return self.hub.broadcast(group, &packet);
        }
        let of = |people: &[UserId]| -> HashSet<SocketId> {
            let sockets = people.iter().map(|user| self.plane.user(*user));
            sockets.flat_map(|group| self.hub.members(group)).collect()
        };
        let (friends, except) = (of(&watchers.friends), of(&watchers.except));
        for socket in self.hub.members(group) {
            let may_know = watchers.in_rooms || friends.contains(&socket);
            if may_know && !except.contains(&socket) {
                self.hub.emit(socket, &packet);
            }
        }
    }
}

/// The largest room is told by a broadcast, which costs least, unless somebody is left out; from the others those who
/// are not in it as well.
fn tell(
    (hub, plane): (&Hub, Plane),
    user: UserId,
    rooms: &[RoomId],
    watchers: &Watchers,
    packet: &Encoded,
) {
    let of = |user: &UserId| hub.members(plane.user(*user));
    let own = of(&user);
    let mut told: HashSet<SocketId> = watchers.except.iter().flat_map(of).collect();
    let mut rooms: Vec<Group> = rooms.iter().map(|room| plane.room(*room)).collect();
    rooms.sort_by_cached_key(|room| Reverse(hub.group_len(*room)));
    rooms.retain(|room| (1..=CROWD).contains(&hub.group_len(*room)));
    if let (Some(largest), true) = (rooms.first(), told.is_empty()) {
        match own.first() {
            Some(own) => hub.broadcast_except(*largest, *own, packet),
            None => hub.broadcast(*largest, packet),
        }
        told.extend(hub.members(*largest));
    }
    told.extend(own);
    let inside = rooms.iter().flat_map(|room| hub.members(*room));
    for socket in inside.chain(watchers.friends.iter().flat_map(of)) {
        if told.insert(socket) {
            hub.emit(socket, packet);
        }
    }
}
