//! Rooms that a connection hears because it joined them by an event, as in older systems, instead of by membership
//! alone.

use super::Actions;
use crate::audit::refusals;
use crate::kernel::actor::Actor;
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::limits::Limit;
use crate::realtime::{Plane, Session, sign_out};
use crate::rooms::rules;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::{Draft, Message};
use parlor_protocol::rooms::JoinRoom;
use parlor_protocol::{Code, Problem, RoomId, UserId};
use parlor_transport::{Ack, Encoded, Event, Hub, Socket, SocketId, SocketRef, Verdict};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a connection wants of a room.
pub(super) enum Step {
    /// To hear it.
    Enter(RoomId),
    /// To hear it no more.
    Leave(RoomId),
    /// To say something there.
    Say(RoomId, String),
    /// Nothing.
    Stay,
}

/// A system whose connections hear rooms by events: how it asks and how it tells.
pub(super) trait Stage: Send + Sync + 'static {
    /// Who hears which room.
    fn floor(&self) -> &Floor;

    /// What an event asks for, in nobody's name but the actor's.
    fn read(
        &self,
        actor: &Actor,
        event: &Event,
    ) -> impl Future<Output = Result<Step, Problem>> + Send;

    /// Somebody said something.
    fn said(message: &Message) -> Vec<Encoded>;

    /// Somebody comes.
    fn comes(username: &str, room: RoomId) -> Option<Encoded>;

    /// Somebody goes.
    fn goes(username: &str, room: RoomId) -> Option<Encoded>;

    /// Who is in a room is not what it was, where that is told beside who came or went.
    fn members_changed(_room: RoomId) -> Option<Encoded> {
        None
    }

    /// A refused event.
    fn error(problem: &Problem) -> Option<Encoded>;
}

/// Runs an event; a refusal is the event `error`.
pub(super) async fn run<S: Stage>(
    stage: &S,
    socket: &Socket<Arc<Session>>,
    event: Event,
) -> Verdict {
    let result = take(stage, socket, &event).await;
    if let Err(problem) = &result {
        let kernel = &stage.floor().actions.kernel;
        refusals::note(kernel, &socket.session().actor(), problem).await;
    }
    settle::<S>(socket, event.ack, result)
}

async fn take<S: Stage>(
    stage: &S,
    socket: &Socket<Arc<Session>>,
    event: &Event,
) -> Result<(), Problem> {
    let turn = socket.session().turn().await;
    let (floor, actor) = (stage.floor(), socket.session().actor());
    match stage.read(&actor, event).await? {
        Step::Enter(room) => {
            let comes = S::comes(&actor.username, room);
            floor.enter(socket, &actor, room, comes).await
        }
        Step::Leave(room) => {
            let goes = S::goes(&actor.username, room);
            floor.leave(socket, &actor, room, goes).await
        }
        Step::Say(room, content) => floor.say(turn, &actor, room, content).await,
        Step::Stay => Ok(()),
    }
}

/// Tells those who hear a room what is delivered, and ends what somebody may no longer hear.
pub(super) fn deliver<S: Stage>(stage: &S, signal: &Signal) {
    let floor @ Floor { hub, plane, .. } = stage.floor();
    match signal {
        Signal::Event(Audience::Room(room), event) => {
            let group = plane.room(*room);
            if let ServerEvent::UserJoined(joined) = &**event {
                floor.let_in(*room, joined.user.id);
            }
            if hub.group_len(group) == 0 {
                return;
            }
            for packet in told::<S>(*room, event) {
                hub.broadcast(group, &packet);
            }
            if let ServerEvent::UserLeft(left) = &**event {
                hub.leave_members(plane.user(left.user.id), group);
            }
        }
        Signal::RoomDeleted(room) => {
            let group = plane.room(*room);
            hub.leave_members(group, group);
        }
        other => sign_out(hub, other, |user| plane.user(user)),
    }
}

/// What happened in a room, as the events that tell of it.
fn told<S: Stage>(room: RoomId, event: &ServerEvent) -> Vec<Encoded> {
    let told = match event {
        ServerEvent::NewMessage(said) => return S::said(&said.message),
        ServerEvent::UserJoined(joined) => S::comes(&joined.user.username, room),
        ServerEvent::UserLeft(left) => S::goes(&left.user.username, room),
        _ => return Vec::new(),
    };
    let all = [told, S::members_changed(room)];
    all.into_iter().flatten().collect()
}

/// Who hears which room in the way of a system.
pub(super) struct Floor {
    actions: Arc<Actions>,
    pub(super) hub: Hub,
    pub(super) plane: Plane,
    at_the_door: Mutex<Vec<Waiting>>,
}

/// A connection whose person is about to become a member of a room. It hears the room from that moment on, neither earlier
/// nor later.
struct Waiting {
    room: RoomId,
    user: UserId,
    socket: SocketRef,
}

/// Whoever waits does so until this is dropped.
struct Door<'a>(&'a Floor, SocketId);

impl Drop for Door<'_> {
    fn drop(&mut self) {
        self.0.waiting().retain(|it| it.socket.id() != self.1);
    }
}

impl Floor {
    pub(super) fn new(actions: Arc<Actions>, hub: Hub, plane: Plane) -> Self {
        Self {
            actions,
            hub,
            plane,
            at_the_door: Mutex::default(),
        }
    }

    /// Becomes a member, the connection waiting at the door.
    async fn join(&self, socket: &SocketRef, actor: &Actor, room: RoomId) -> Result<(), Problem> {
        self.waiting().push(Waiting {
            room,
            user: actor.user_id,
            socket: socket.clone(),
        });
        let _door = Door(self, socket.id());
        let rooms = &self.actions.rooms;
        rooms.join(actor, room, JoinRoom::default()).await?;
        Ok(())
    }

    /// Somebody is a member now.
    fn let_in(&self, room: RoomId, user: UserId) {
        let waiting = self.waiting();
        let theirs = waiting
            .iter()
            .filter(|it| it.room == room && it.user == user);
        theirs.for_each(|it| it.socket.join(self.plane.room(room)));
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        let waiting = self.at_the_door.lock();
        waiting.unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection hear a room, whose member its person is or becomes. Everybody there is told of a new member
    /// anyway; of one who was, by `joined`.
    async fn enter(
        &self,
        socket: &SocketRef,
        actor: &Actor,
        room: RoomId,
        joined: Option<Encoded>,
    ) -> Result<(), Problem> {
        let rooms = &self.actions.rooms;
        let access = rooms.access(room, actor).await?;
        rules::may_join(&access, false)?;
        if access.is_member() {
            self.check_pace(actor)?;
        } else {
            self.join(socket, actor, room).await?;
        }
        let group = self.plane.room(room);
        socket.join(group);
        // Who was sent out meanwhile was not in the group yet when the others left it.
        if !rooms.is_member(room, actor.user_id).await? {
            socket.leave(group);
            return Err(Code::NotFound.into());
        }
        if access.is_member() {
            self.tell(room, joined);
        }
        Ok(())
    }

    /// Ends what a connection hears of a room; its person stays a member. The others are told by `left`.
    async fn leave(
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
    async fn say(
        &self,
        turn: tokio::sync::MutexGuard<'_, ()>,
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
}

/// What an event brings: its first argument, or an empty object.
pub(super) fn payload(event: &Event) -> &[u8] {
    event.args.first().map_or("{}", |arg| arg.get()).as_bytes()
}

/// Ends an event: the older systems acknowledge whatever comes with nothing, and tell of a refusal by the event `error`.
fn settle<S: Stage>(
    socket: &Socket<Arc<Session>>,
    ack: Option<Ack>,
    result: Result<(), Problem>,
) -> Verdict {
    if let Some(ack) = ack {
        let _ = ack.send(&Value::Null);
    }
    let Err(problem) = result else {
        return Verdict::Keep;
    };
    if let Some(packet) = S::error(&problem) {
        socket.emit(&packet);
    }
    if socket.session().bear(problem.code) {
        Verdict::Keep
    } else {
        Verdict::Close
    }
}
