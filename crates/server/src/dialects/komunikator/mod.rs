//! `komunikator`: rooms with access keys, presence with a watchdog, statistics and kicking, under `/api` and on the
//! namespace `/`.
//!
//! - [`http`], [`rooms`]: the paths; [`events`]: what connections send; [`decode`]: both kinds of bodies
//! - [`encode`]: what goes out; [`errors`]: refusals; [`presence`]: comings and goings, room by room

mod decode;
mod encode;
mod errors;
mod events;
mod http;
mod presence;
mod rooms;

pub(super) use http::routes;
pub(super) use http::users_online;
pub(super) use rooms::public_rooms;

use super::Actions;
use crate::kernel::bus::{Audience, Signal};
use crate::realtime::{Outlet, Plane, sign_out};
use parlor_protocol::events::{RoomChange, ServerEvent};
use parlor_protocol::{RoomId, UserId};
use parlor_transport::{Group, Hub, NewSocket};
use presence::Announcer;
use std::sync::Arc;

const PLANE: Plane = Plane::KOMUNIKATOR;

/// The dialect.
pub(crate) struct Komunikator {
    actions: Arc<Actions>,
    hub: Hub,
    announcer: Announcer,
}

impl Komunikator {
    pub(super) fn new(actions: Arc<Actions>, hub: Hub) -> Arc<Self> {
        let announcer = Announcer::start(hub.clone(), &actions);
        Arc::new(Self {
            actions,
            hub,
            announcer,
        })
    }

    /// A connection of somebody who signed in this way: it hears the rooms that it joins.
    pub(crate) fn subscribe(socket: &NewSocket, user: UserId) {
        socket.join(PLANE.user(user));
        socket.join(PLANE.everybody());
    }

    fn say_rooms_changed(&self, to: Group) {
        if let Some(packet) = encode::rooms_changed() {
            self.hub.broadcast(to, &packet);
        }
    }

    fn tell_room(&self, room: RoomId, event: &ServerEvent) {
        if let ServerEvent::RoomUpdated(updated) = event
            && matches!(updated.change, RoomChange::Created | RoomChange::Settings)
        {
            self.say_rooms_changed(PLANE.everybody());
        }
        let group = PLANE.room(room);
        if self.hub.group_len(group) == 0 {
            return;
        }
        for packet in encode::room_event(event) {
            self.hub.broadcast(group, &packet);
        }
        if let ServerEvent::UserLeft(left) = event {
            self.hub.leave_members(PLANE.user(left.user.id), group);
        }
    }

    fn tell_user(&self, user: UserId, event: &ServerEvent) {
        if matches!(
            event,
            ServerEvent::RoomJoined(_) | ServerEvent::RoomRemoved(_)
        ) {
            self.say_rooms_changed(PLANE.user(user));
        }
    }
}

impl Outlet for Komunikator {
    fn deliver(&self, signal: &Signal) {
        if self.hub.group_len(PLANE.everybody()) == 0 {
            return;
        }
        match signal {
            Signal::Event(Audience::Room(room), event) => self.tell_room(*room, event),
            Signal::Event(Audience::User(user), event) => self.tell_user(*user, event),
            Signal::Event(Audience::Watchers(_), event) => {
                if let ServerEvent::UserStatusUpdate(update) = &**event {
                    self.announcer.tell(update);
                }
            }
            Signal::RoomDeleted(room) => {
                let group = PLANE.room(*room);
                self.hub.leave_members(group, group);
                // Of a private room nobody outside learns more than that some list may have changed.
                self.say_rooms_changed(PLANE.everybody());
            }
            other => sign_out(&self.hub, other, |user| PLANE.user(user)),
        }
    }
}
