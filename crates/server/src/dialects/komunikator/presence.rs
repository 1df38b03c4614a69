//! Comings and goings: an event for each room of the person, to those who hear that room and may know.

use super::{PLANE, encode};
use crate::dialects::Actions;
use crate::friends::{Friends, Watchers};
use crate::kernel::db::StorageError;
use crate::rooms::Rooms;
use parlor_protocol::UserId;
use parlor_protocol::events::UserStatusUpdate;
use parlor_transport::{Encoded, Group, Hub, SocketId};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Somebody who came or went.
struct Change {
    user: UserId,
    name: String,
    is_online: bool,
}

/// The way to those who are told. People's rooms are read first, for which delivery does not wait.
pub(super) struct Announcer(mpsc::UnboundedSender<Change>);

struct Task {
    hub: Hub,
    rooms: Arc<Rooms>,
    friends: Arc<Friends>,
}

impl Announcer {
    /// Starts the task that tells them.
    pub(super) fn start(hub: Hub, actions: &Actions) -> Self {
        let (send, mut queue) = mpsc::unbounded_channel::<Change>();
        let task = Task {
            hub,
            rooms: actions.rooms.clone(),
            friends: actions.friends.clone(),
        };
        let stop = actions.kernel.jobs.stopping();
        actions.kernel.jobs.spawn(async move {
            while let Some(Some(change)) = stop.run_until_cancelled(queue.recv()).await {
                if let Err(error) = task.announce(&change).await {
                    tracing::warn!(%error, "whom to tell could not be read");
                }
            }
        });
        Self(send)
    }

    /// Tells them, soon.
    pub(super) fn tell(&self, update: &UserStatusUpdate) {
        // Without the task the server is about to stop.
        let _ = self.0.send(Change {
            user: update.user.id,
            name: update.user.username.clone(),
            is_online: update.is_online,
        });
    }
}

impl Task {
    async fn announce(&self, change: &Change) -> Result<(), StorageError> {
        let watchers = self.friends.watchers(change.user).await?;
        for room in self.rooms.rooms_of(change.user).await? {
            let group = PLANE.room(room);
            if self.hub.group_len(group) == 0 {
                continue;
            }
            if let Some(packet) = encode::status(&change.name, room, change.is_online) {
                self.tell(group, &watchers, &packet);
            }
        }
        Ok(())
    }

    /// Everybody who hears a room, but for those from whom the person hides.
    fn tell(&self, group: Group, watchers: &Watchers, packet: &Encoded) {
        let sockets = |people: &[UserId]| -> Vec<SocketId> {
            let sockets = people
                .iter()
                .map(|user| self.hub.members(PLANE.user(*user)));
            sockets.flatten().collect()
        };
        if watchers.in_rooms && watchers.except.is_empty() {
            return self.hub.broadcast(group, packet);
        }
        let (friends, except) = (sockets(&watchers.friends), sockets(&watchers.except));
        let may_know = |socket: &SocketId| {
            (watchers.in_rooms || friends.contains(socket)) && !except.contains(socket)
        };
        for socket in self.hub.members(group).into_iter().filter(may_know) {
            self.hub.emit(socket, packet);
        }
    }
}
