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

type Told = (UserId, Reach, Encoded);

/// The way to those who share a room with somebody or are their friends.
pub(crate) struct Acquaintances(mpsc::UnboundedSender<Told>);

impl Acquaintances {
    /// Starts the task that tells them. It reads people's rooms and friends, for which delivery to rooms does not wait.
    pub(crate) fn start(
        (hub, plane): (Hub, Plane),
        rooms: Arc<Rooms>,
        friends: Arc<Friends>,
        jobs: &Jobs,
    ) -> Self {
        let (send, mut queue) = mpsc::unbounded_channel::<Told>();
        let stop = jobs.stopping();
        jobs.spawn(async move {
            while let Some(Some((user, reach, packet))) =
                stop.run_until_cancelled(queue.recv()).await
            {
                match load(&rooms, &friends, user, reach).await {
                    Ok((rooms, watchers)) => {
                        tell((&hub, plane), user, &rooms, &watchers, &packet);
                    }
                    Err(error) => tracing::warn!(%error, "whom to tell could not be read"),
                }
            }
        });
        Self(send)
    }

    /// Tells them, soon.
    pub(crate) fn tell(&self, user: UserId, reach: Reach, packet: Encoded) {
        // Without the task the server is about to stop.
        let _ = self.0.send((user, reach, packet));
    }
}

async fn load(
    rooms: &Rooms,
    friends: &Friends,
    user: UserId,
    reach: Reach,
) -> Result<(Vec<RoomId>, Watchers), StorageError> {
    let watchers = match reach {
        Reach::All => friends.acquaintances(user).await?,
        Reach::Watchers => friends.watchers(user).await?,
    };
    let rooms = if watchers.in_rooms {
        rooms.rooms_of(user).await?
    } else {
        Vec::new()
    };
    Ok((rooms, watchers))
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
