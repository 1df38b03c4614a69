//! `komunikator`: rooms with access keys, presence with a watchdog, statistics and kicking, under `/api` and on the
//! namespace `/`.
//!
//! - [`http`], [`rooms`]: the paths; [`events`]: what connections send; [`decode`]: both kinds of bodies
//! - [`encode`]: what goes out, refusals too

mod decode;
mod encode;
mod events;
mod http;
mod rooms;

pub(super) use http::{routes, users_online};
pub(super) use rooms::public_rooms;

use super::Actions;
use super::floor::{Floor, deliver};
use crate::kernel::bus::{Audience, Signal};
use crate::realtime::{Acquaintances, Outlet, Plane};
use parlor_protocol::UserId;
use parlor_protocol::events::{RoomChange, ServerEvent};
use parlor_transport::{Group, Hub, NewSocket};
use std::sync::Arc;

const PLANE: Plane = Plane::KOMUNIKATOR;

/// The dialect.
pub(crate) struct Komunikator {
    actions: Arc<Actions>,
    floor: Floor,
    acquaintances: Acquaintances,
}

impl Komunikator {
    pub(super) fn new(actions: Arc<Actions>, hub: Hub) -> Arc<Self> {
        let acquaintances = actions.acquaintances(hub.clone(), PLANE);
        let floor = Floor::new(actions.clone(), hub, PLANE);
        Arc::new(Self {
            actions,
            floor,
            acquaintances,
        })
    }

    /// A connection of somebody who signed in this way: it hears the rooms that it joins. Its clients know no event that
    /// would make them read again: one that is too slow is closed, and coming back it joins and reads as it does at
    /// first.
    pub(crate) fn subscribe(socket: &NewSocket, user: UserId) {
        socket.join(PLANE.user(user));
        socket.join(PLANE.everybody());
        socket.close_when_slow();
    }

    fn say_rooms_changed(&self, to: Group) {
        if let Some(packet) = encode::rooms_changed() {
            self.floor.hub.broadcast(to, &packet);
        }
    }

    /// Tells whose lists of rooms are not what they were.
    fn tell_of_lists(&self, audience: Audience, event: &ServerEvent) {
        match (audience, event) {
            (Audience::Room(_), ServerEvent::RoomUpdated(updated)) => {
                // That somebody has made a private room is nobody else's concern.
                let card = &updated.room;
                let is_listed = !card.is_private && card.community_id.is_none();
                match updated.change {
                    RoomChange::Created if is_listed => self.say_rooms_changed(PLANE.everybody()),
                    RoomChange::Settings => self.say_rooms_changed(PLANE.everybody()),
                    _ => {}
                }
            }
            (Audience::User(user), ServerEvent::RoomJoined(_) | ServerEvent::RoomRemoved(_)) => {
                self.say_rooms_changed(PLANE.user(user));
            }
            _ => {}
        }
    }
}

impl Outlet for Komunikator {
    fn deliver(&self, signal: &Signal) {
        if self.floor.hub.group_len(PLANE.everybody()) == 0 {
            return;
        }
        if let Signal::Event(audience, event) = signal {
            self.tell_of_lists(*audience, event);
            if let (Audience::Watchers(user), ServerEvent::UserStatusUpdate(update)) =
                (audience, &**event)
            {
                let (name, is_online) = (update.user.username.clone(), update.is_online);
                let event_of = move |room| encode::status(&name, room, is_online);
                self.acquaintances.tell_by_room(*user, event_of);
            }
        }
        deliver(self, signal);
        if matches!(signal, Signal::RoomDeleted(_)) {
            // Of a private room nobody outside learns more than that some list may have changed.
            self.say_rooms_changed(PLANE.everybody());
        }
    }
}
