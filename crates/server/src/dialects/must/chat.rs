//! The namespace `/chat`: a connection hears the rooms that it joined there.

use super::{Must, decode};
use crate::dialects::fields::Fields;
use crate::dialects::floor::{self, Step, payload};
use crate::dialects::input::check_own_name;
use crate::kernel::actor::Actor;
use crate::kernel::dialect::Dialect;
use crate::realtime::{Proof, Session, session_group};
use crate::rooms::rules;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{
    DisconnectReason, Event, Handler, Handshake, NewSocket, Refusal, Socket, Verdict,
};
use serde::Deserialize;
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
        let token = auth.and_then(|auth| auth.token);
        let address = request.query("jwt").filter(|_| token.is_none());
        let proof = Proof::of_socket(request, token.as_deref());
        let proof = proof.in_address(address.map(Into::into), Dialect::Must);
        let reception = &self.actions.reception;
        let actor = reception.identify(&proof).await?;
        socket.join(self.floor.plane.user(actor.user_id));
        socket.join(session_group(actor.session_id));
        // Asked again now that the end of the session would be heard here.
        reception.seat(reception.identify(&proof).await?)
    }

    /// The room that an event is about, which is in nobody's name but the actor's: by its id, else by its name, among
    /// those that the actor may see.
    async fn find(&self, actor: &Actor, door: &decode::Door) -> Result<RoomId, Problem> {
        check_own_name(actor, "username", door.username.as_deref())?;
        let rooms = &self.actions.rooms;
        if let Ok(id) = door.room.parse::<RoomId>()
            && let Ok(access) = rooms.access(id, actor).await
            && rules::may_see(&access).is_ok()
        {
            return Ok(id);
        }
        let found = rooms.find_named(actor, &door.room).await?;
        found.ok_or_else(|| Code::NotFound.into())
    }

    /// What an event asks for.
    pub(super) async fn step(&self, actor: &Actor, event: &Event) -> Result<Step, Problem> {
        let payload = payload(event);
        match event.name.as_str() {
            "join_room" => {
                let door = Fields::read(payload, decode::door)?;
                Ok(Step::Enter(self.find(actor, &door).await?))
            }
            "leave_room" => {
                let door = Fields::read(payload, decode::door)?;
                Ok(Step::Leave(self.find(actor, &door).await?))
            }
            "chat_message" => {
                let (door, message) = Fields::read(payload, decode::said)?;
                Ok(Step::Say(self.find(actor, &door).await?, message))
            }
            _ => Err(Code::UnknownEvent.into()),
        }
    }
}

/// The namespace's handler. Whoever is too slow is closed, to come back and join again.
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
        floor::run(&*self.0, socket, event).await
    }

    async fn disconnected(&self, socket: &Socket<Arc<Session>>, _: DisconnectReason) {
        self.0.actions.reception.part(socket.session());
    }
}
