//! The namespace `/chat`: a connection hears the rooms that it joined there.

use super::encode::{joined_room, left_room, text};
use super::errors::explain;
use super::{Must, PLANE, decode};
use crate::dialects::floor::{self, Entered};
use crate::dialects::input::check_own_name;
use crate::kernel::actor::Actor;
use crate::messages::MessagesError;
use crate::realtime::{Session, session_group};
use crate::rooms::rules;
use parlor_protocol::messages::{Draft, Posted};
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{
    DisconnectReason, Event, Handler, Handshake, NewSocket, Refusal, Socket, Verdict,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

#[derive(Default, Deserialize)]
struct Auth {
    token: Option<String>,
}

impl Must {
    async fn let_in(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> Result<Arc<Session>, Problem> {
        let auth: Option<Auth> = auth.and_then(|auth| serde_json::from_str(auth.get()).ok());
        let address = request.query("jwt");
        let token = auth.and_then(|auth| auth.token);
        let token = token.as_deref().or(address.as_deref());
        let reception = &self.actions.reception;
        let actor = reception.identify(request, token).await?;
        socket.join(PLANE.user(actor.user_id));
        socket.join(session_group(actor.session_id));
        // Asked again now that the end of the session would be heard here.
        reception.seat(reception.identify(request, token).await?)
    }

    /// A room by its id, else by its name, among those that the actor may see.
    async fn find(&self, actor: &Actor, room: &str) -> Result<RoomId, Problem> {
        let rooms = &self.actions.rooms;
        if let Ok(id) = room.parse::<RoomId>()
            && let Ok(access) = rooms.access(id, actor).await
            && rules::may_see(&access).is_ok()
        {
            return Ok(id);
        }
        let found = rooms.find_named(actor, room).await?;
        found.ok_or_else(|| Code::NotFound.into())
    }

    async fn run(&self, socket: &Socket<Arc<Session>>, event: &Event) -> Result<(), Problem> {
        let turn = socket.session().turn().await;
        let payload = event.args.first().map_or("{}", |arg| arg.get()).as_bytes();
        let actor = socket.session().actor();
        match event.name.as_str() {
            "join_room" => self.join_room(socket, &actor, decode::door(payload)?).await,
            "leave_room" => {
                self.leave_room(socket, &actor, decode::door(payload)?)
                    .await
            }
            "chat_message" => {
                let sent = self.chat_message(&actor, decode::said(payload)?).await?;
                // It has its place: the next event need not wait until it is stored.
                drop(turn);
                sent.await?;
                Ok(())
            }
            _ => Err(Code::UnknownEvent.into()),
        }
    }

    async fn join_room(
        &self,
        socket: &Socket<Arc<Session>>,
        actor: &Actor,
        door: decode::Door,
    ) -> Result<(), Problem> {
        check_own_name(actor, "username", door.username.as_deref())?;
        let room = self.find(actor, &door.room).await?;
        let group = PLANE.room(room);
        let entered = floor::enter(&self.actions, actor, room, socket, group).await?;
        if entered == Entered::Again
            && let Some(packet) = joined_room(&actor.username)
        {
            self.hub.broadcast(group, &packet);
        }
        Ok(())
    }

    async fn leave_room(
        &self,
        socket: &Socket<Arc<Session>>,
        actor: &Actor,
        door: decode::Door,
    ) -> Result<(), Problem> {
        check_own_name(actor, "username", door.username.as_deref())?;
        let room = self.find(actor, &door.room).await?;
        let group = PLANE.room(room);
        floor::leave(&self.actions, actor, room, socket, group).await?;
        if let Some(packet) = left_room(&actor.username) {
            self.hub.broadcast(group, &packet);
        }
        Ok(())
    }

    async fn chat_message(
        &self,
        actor: &Actor,
        said: decode::Said,
    ) -> Result<impl Future<Output = Result<Posted, MessagesError>>, Problem> {
        check_own_name(actor, "username", said.username.as_deref())?;
        let room = self.find(actor, &said.room).await?;
        let draft = Draft {
            content: said.message,
            ..Draft::default()
        };
        Ok(self.actions.messages.send(actor, room, draft))
    }
}

/// The namespace's handler.
pub(in crate::dialects) struct Chat(pub(in crate::dialects) Arc<Must>);

impl Handler for Chat {
    type Session = Arc<Session>;

    async fn connect(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> Result<Arc<Session>, Refusal> {
        let session = self.0.let_in(socket, request, auth).await;
        session.map_err(|problem| Refusal::new(problem.code.as_str()))
    }

    async fn event(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        let result = self.0.run(socket, &event).await;
        // The older system acknowledges whatever comes, with nothing.
        if let Some(ack) = event.ack {
            let _ = ack.send(&Value::Null);
        }
        let Err(problem) = result else {
            return Verdict::Keep;
        };
        if let Some(packet) = text("error", &explain(&problem)) {
            socket.emit(&packet);
        }
        if socket.session().bear(problem.code) {
            Verdict::Keep
        } else {
            Verdict::Close
        }
    }

    async fn disconnected(&self, socket: &Socket<Arc<Session>>, _: DisconnectReason) {
        self.0.actions.reception.part(socket.session());
    }
}
