//! What connections send: `join`, `leave`, `message`, `watchdog`.

use super::errors::explain;
use super::{Komunikator, PLANE, decode, encode};
use crate::dialects::floor::{self, Entered};
use crate::dialects::input::check_own_name;
use crate::kernel::actor::Actor;
use crate::realtime::Session;
use parlor_protocol::messages::Draft;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Encoded, Event, Group, Socket, Verdict};
use serde_json::Value;
use std::sync::Arc;

impl Komunikator {
    /// Runs an event; a refusal is the event `error`.
    pub(crate) async fn run(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        let result = self.take(socket, &event).await;
        // The older system acknowledges whatever comes, with nothing.
        if let Some(ack) = event.ack {
            let _ = ack.send(&Value::Null);
        }
        let Err(problem) = result else {
            return Verdict::Keep;
        };
        if let Some(packet) = encode::error(&explain(&problem)) {
            socket.emit(&packet);
        }
        if socket.session().bear(problem.code) {
            Verdict::Keep
        } else {
            Verdict::Close
        }
    }

    async fn take(&self, socket: &Socket<Arc<Session>>, event: &Event) -> Result<(), Problem> {
        let turn = socket.session().turn().await;
        let payload = event.args.first().map_or("{}", |arg| arg.get()).as_bytes();
        let actor = socket.session().actor();
        match event.name.as_str() {
            "join" => self.join(socket, &actor, decode::door(payload)?).await,
            "leave" => self.leave(socket, &actor, decode::door(payload)?).await,
            "message" => {
                let (door, content) = decode::said(payload)?;
                check_own_name(&actor, "user_name", Some(&door.user_name))?;
                let draft = Draft {
                    content,
                    ..Draft::default()
                };
                let sent = self.actions.messages.send(&actor, door.room, draft);
                // It has its place: the next event need not wait until it is stored.
                drop(turn);
                sent.await?;
                Ok(())
            }
            // Whoever is connected counts as here.
            "watchdog" => {
                let name = decode::watchdog(payload)?;
                check_own_name(&actor, "user_name", Some(&name))
            }
            _ => Err(Code::UnknownEvent.into()),
        }
    }

    async fn join(
        &self,
        socket: &Socket<Arc<Session>>,
        actor: &Actor,
        door: decode::Door,
    ) -> Result<(), Problem> {
        check_own_name(actor, "user_name", Some(&door.user_name))?;
        let group = PLANE.room(door.room);
        let entered = floor::enter(&self.actions, actor, door.room, socket, group).await?;
        if entered == Entered::Again {
            self.tell(group, encode::user_joined(&actor.username, door.room));
        }
        Ok(())
    }

    async fn leave(
        &self,
        socket: &Socket<Arc<Session>>,
        actor: &Actor,
        door: decode::Door,
    ) -> Result<(), Problem> {
        check_own_name(actor, "user_name", Some(&door.user_name))?;
        let group = PLANE.room(door.room);
        floor::leave(&self.actions, actor, door.room, socket, group).await?;
        self.tell(group, encode::user_left(&actor.username, door.room));
        Ok(())
    }

    fn tell(&self, group: Group, packet: Option<Encoded>) {
        if let Some(packet) = packet {
            self.hub.broadcast(group, &packet);
        }
    }
}
