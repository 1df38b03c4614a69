//! Delivery: turns what was committed into broadcasts, in order, each encoded once.

use super::NAMESPACE;
use super::acquaintances::{Acquaintances, Reach};
use super::doorway::Doorway;
use super::groups::{self, Plane};
use super::guard::Guard;
use super::outlet::{Outlets, sign_out};
use crate::admin::Admin;
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::clock::Clock;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::{RoomId, UserId};
use parlor_transport::{Encoded, Hub};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The most commits that are delivered together: bounds how long the first of them waits for the others.
const TOGETHER: usize = 16;

/// Who hears what.
pub(super) struct Delivery {
    pub(super) hub: Hub,
    pub(super) doorway: Arc<Doorway>,
    pub(super) acquaintances: Acquaintances,
    pub(super) guard: Guard,
    pub(super) outlets: Outlets,
    pub(super) clock: Clock,
    pub(super) admin: Arc<Admin>,
}

impl Delivery {
    /// Delivers until the server stops.
    pub(super) async fn run(self, mut queue: mpsc::Receiver<Vec<Signal>>, stop: CancellationToken) {
        let mut commits = Vec::with_capacity(TOGETHER);
        while let Some(1..) = stop
            .run_until_cancelled(queue.recv_many(&mut commits, TOGETHER))
            .await
        {
            self.deliver_all(commits.iter().flatten());
            for signal in commits.drain(..).flatten() {
                self.time(&signal);
            }
        }
    }

    /// Delivers what has been committed meanwhile: whoever is in several of its rooms gets it in one write.
    fn deliver_all<'a>(&self, signals: impl Iterator<Item = &'a Signal>) {
        let _cork = self.hub.cork();
        for signal in signals {
            self.deliver(signal);
            for outlet in self.outlets.iter() {
                outlet.deliver(signal);
            }
        }
    }

    /// Notes how soon a message got here: from its place in the log to the queues of its room's connections.
    fn time(&self, signal: &Signal) {
        if let Signal::Event(_, event) = signal
            && let ServerEvent::NewMessage(said) = event.as_ref()
        {
            let took = self.clock.now().0 - said.message.timestamp.0;
            self.admin.delivered(took);
        }
    }

    fn deliver(&self, signal: &Signal) {
        match signal {
            Signal::Event(audience, event) => self.tell(*audience, event),
            Signal::SessionEnded(_) | Signal::SessionsEnded { .. } => {
                sign_out(&self.hub, signal, groups::user);
            }
            Signal::AccountChanged(user) => self.guard.look_at(*user),
            Signal::PrivacyChanged { .. } | Signal::RoomStale(_) => {}
            Signal::RoomDeleted(room) => {
                let room = groups::room(*room);
                self.hub.leave_members(room, room);
            }
        }
    }

    fn tell(&self, audience: Audience, event: &ServerEvent) {
        match audience {
            Audience::Room(room) => self.tell_room(room, event),
            Audience::User(user) => self.tell_user(user, event),
            Audience::Acquaintances(user) => self.tell_acquaintances(user, Reach::All, event),
            Audience::Watchers(user) => self.tell_acquaintances(user, Reach::Watchers, event),
            Audience::Everybody => self.tell_everybody(event),
            Audience::Nobody => {}
        }
    }

    /// Who joins hears of it as a member, and who leaves hears that as the last of the room.
    fn tell_room(&self, room: RoomId, event: &ServerEvent) {
        let Some(packet) = &encode(event) else { return };
        if let ServerEvent::UserJoined(joined) = event {
            self.doorway.on_joined(&self.hub, joined.user.id, room);
        }
        match event {
            ServerEvent::TypingUpdate(update) => self.tell_others(room, update.user.id, packet),
            _ => self.hub.broadcast(groups::room(room), packet),
        }
        if let ServerEvent::UserLeft(left) = event {
            self.doorway.on_left(&self.hub, left.user.id, room);
        }
    }

    /// Most people are not here, which matters where all members of a big room are told, each by an event of their own.
    fn tell_user(&self, user: UserId, event: &ServerEvent) {
        let own = groups::user(user);
        if self.hub.group_len(own) > 0
            && let Some(packet) = encode_own(user, event)
        {
            self.hub.broadcast(own, &packet);
        }
        match event {
            ServerEvent::RoomJoined(joined) => {
                self.doorway.on_joined(&self.hub, user, joined.room_id);
            }
            ServerEvent::RoomRemoved(removed) => {
                self.doorway.on_left(&self.hub, user, removed.room_id);
            }
            _ => {}
        }
    }

    fn tell_everybody(&self, event: &ServerEvent) {
        let all = Plane::NATIVE.everybody();
        if let Some(packet) = encode(event) {
            let packet = match event.server_seq() {
                Some(seq) => packet.tagged(all, seq.unsigned_abs()),
                None => packet,
            };
            self.hub.broadcast(all, &packet);
        }
    }

    /// Everybody in a room but one person, who usually has one connection there.
    fn tell_others(&self, room: RoomId, user: UserId, packet: &Encoded) {
        let own = self.hub.members(groups::user(user));
        match own.as_slice() {
            [] => self.hub.broadcast(groups::room(room), packet),
            [one] => self.hub.broadcast_except(groups::room(room), *one, packet),
            _ => {
                let mut others = self.hub.members(groups::room(room));
                others.retain(|socket| !own.contains(socket));
                for socket in others {
                    self.hub.emit(socket, packet);
                }
            }
        }
    }

    fn tell_acquaintances(&self, user: UserId, reach: Reach, event: &ServerEvent) {
        if let Some(packet) = encode(event) {
            self.acquaintances.tell(user, reach, packet);
        }
    }
}

/// An event for the wire, marked with its place if it is an entry of a room's log.
pub(super) fn encode(event: &ServerEvent) -> Option<Encoded> {
    let packet = Encoded::event(NAMESPACE, event.name(), event)
        .inspect_err(|error| tracing::error!(%error, event = event.name(), "could not be encoded"))
        .ok()?;
    Some(match event.place() {
        Some((room, seq)) => packet.tagged(groups::room(room), seq.unsigned_abs()),
        None => packet,
    })
}

/// An event for one person's devices, marked with its place if it is an entry of their own log.
fn encode_own(user: UserId, event: &ServerEvent) -> Option<Encoded> {
    let packet = encode(event)?;
    Some(match event.user_seq() {
        Some(seq) => packet.tagged(groups::user(user), seq.unsigned_abs()),
        None => packet,
    })
}
