//! What connections send: `join`, `leave`, `message`, `watchdog`.

use super::{Komunikator, decode, encode};
use crate::audit::refusals;
use crate::dialects::fields::Fields;
use crate::dialects::floor::{payload, settle};
use crate::dialects::input::check_own_name;
use crate::kernel::actor::Actor;
use crate::realtime::Session;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Event, Socket, Verdict};
use std::sync::Arc;

impl Komunikator {
    /// Runs an event; a refusal is the event `error`.
    pub(crate) async fn run(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        let result = self.take(socket, &event).await;
        if let Err(problem) = &result {
            let kernel = &self.actions.kernel;
            refusals::note(kernel, &socket.session().actor(), problem).await;
        }
        settle(socket, event.ack, result, encode::error)
    }

    async fn take(&self, socket: &Socket<Arc<Session>>, event: &Event) -> Result<(), Problem> {
        let turn = socket.session().turn().await;
        let (actor, payload) = (socket.session().actor(), payload(event));
        let own = |actor: &Actor, name: &str| check_own_name(actor, "user_name", Some(name));
        match event.name.as_str() {
            "join" => {
                let (name, room) = Fields::read(payload, decode::door)?;
                own(&actor, &name)?;
                let joined = encode::user_joined(&actor.username, room);
                self.floor.enter(socket, &actor, room, joined).await
            }
            "leave" => {
                let (name, room) = Fields::read(payload, decode::door)?;
                own(&actor, &name)?;
                let left = encode::user_left(&actor.username, room);
                self.floor.leave(socket, &actor, room, left).await
            }
            "message" => {
                let (name, room, message) = Fields::read(payload, decode::said)?;
                own(&actor, &name)?;
                self.floor.say(turn, &actor, room, message).await
            }
            // Whoever is connected counts as here.
            "watchdog" => own(&actor, &Fields::read(payload, decode::watchdog)?),
            _ => Err(Code::UnknownEvent.into()),
        }
    }
}
