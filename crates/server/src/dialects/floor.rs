//! Rooms that a connection hears because it joined them by an event, as in older systems, instead of by membership
//! alone.

use super::Actions;
use crate::kernel::actor::Actor;
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::limits::Limit;
use crate::realtime::{Plane, Session, sign_out};
use crate::rooms::rules;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::Draft;
use parlor_protocol::rooms::JoinRoom;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{Ack, Encoded, Event, Hub, Socket, SocketRef, Verdict};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::MutexGuard;

/// Who hears which room in the way of a system.
pub(super) struct Floor {
    pub(super) actions: Arc<Actions>,
    pub(super) hub: Hub,
    pub(super) plane: Plane,
}

impl Floor {
    /// Lets a connection hear a room, whose member its person is or becomes. Everybody there is told of a new member
    /// anyway; of one who was, by `joined`.
    pub(super) async fn enter(
        &self,
        socket: &SocketRef,
        actor: &Actor,
        room: RoomId,
        joined: Option<Encoded>,
    ) -> Result<(), Problem> {
        let rooms = &self.actions.rooms;
        let access = rooms.access(room, actor).await?;
        rules::may_join(&access, false)?;
        let group = self.plane.room(room);
        if !access.is_member() {
            // Before joining, so that the connection hears of it like the others.
            socket.join(group);
            let entered = rooms.join(actor, room, JoinRoom::default()).await;
            return match entered {
                Ok(_) => Ok(()),
                Err(error) => {
                    socket.leave(group);
                    Err(error.into())
                }
            };
        }
        self.check_pace(actor)?;
        socket.join(group);
        // Who was sent out meanwhile was not in the group yet when the others left it.
        if !rooms.is_member(room, actor.user_id).await? {
            socket.leave(group);
            return Err(Code::NotFound.into());
        }
        self.tell(room, joined);
        Ok(())
    }

    /// Ends what a connection hears of a room; its person stays a member. The others are told by `left`.
    pub(super) async fn leave(
        &self,
        socket: &SocketRef,
        actor: &Actor,
        room: RoomId,
        left: Option<Encoded>,
    ) -> Result<(), Problem> {
        let access = self.actions.rooms.access(room, actor).await?;
        rules::may_tidy(&access)?;
        self.check_pace(actor)?;
        socket.leave(self.plane.room(room));
        self.tell(room, left);
        Ok(())
    }

    /// Says something. `turn` is given back as soon as it has its place: the next event need not wait until it is
    /// stored.
    pub(super) async fn say(
        &self,
        turn: MutexGuard<'_, ()>,
        actor: &Actor,
        room: RoomId,
        content: String,
    ) -> Result<(), Problem> {
        let draft = Draft {
            content,
            ..Draft::default()
        };
        let sent = self.actions.messages.send(actor, room, draft);
        drop(turn);
        sent.await?;
        Ok(())
    }

    /// Everybody hears of it, so it is limited like joining and leaving.
    fn check_pace(&self, actor: &Actor) -> Result<(), Problem> {
        let limits = &self.actions.kernel.limits;
        limits.check(Limit::Join, actor.user_id)
    }

    /// Tells those who hear a room.
    fn tell(&self, room: RoomId, packet: Option<Encoded>) {
        if let Some(packet) = packet {
            self.hub.broadcast(self.plane.room(room), &packet);
        }
    }

    /// Tells of what is delivered, by the packets that `encode` makes of it, and ends what somebody may no longer hear.
    pub(super) fn deliver(&self, signal: &Signal, encode: impl Fn(&ServerEvent) -> Vec<Encoded>) {
        match signal {
            Signal::Event(Audience::Room(room), event) => {
                let group = self.plane.room(*room);
                if self.hub.group_len(group) == 0 {
                    return;
                }
                for packet in encode(event) {
                    self.hub.broadcast(group, &packet);
                }
                if let ServerEvent::UserLeft(left) = &**event {
                    self.hub.leave_members(self.plane.user(left.user.id), group);
                }
            }
            Signal::RoomDeleted(room) => {
                let group = self.plane.room(*room);
                self.hub.leave_members(group, group);
            }
            other => sign_out(&self.hub, other, |user| self.plane.user(user)),
        }
    }
}

/// What an event brings: its first argument, or an empty object.
pub(super) fn payload(event: &Event) -> &[u8] {
    event.args.first().map_or("{}", |arg| arg.get()).as_bytes()
}

/// Ends an event: the older systems acknowledge whatever comes with nothing, and tell of a refusal by the event `error`.
pub(super) fn settle(
    socket: &Socket<Arc<Session>>,
    ack: Option<Ack>,
    result: Result<(), Problem>,
    error: impl FnOnce(&Problem) -> Option<Encoded>,
) -> Verdict {
    if let Some(ack) = ack {
        let _ = ack.send(&Value::Null);
    }
    let Err(problem) = result else {
        return Verdict::Keep;
    };
    if let Some(packet) = error(&problem) {
        socket.emit(&packet);
    }
    if socket.session().bear(problem.code) {
        Verdict::Keep
    } else {
        Verdict::Close
    }
}
