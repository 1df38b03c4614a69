//! What connections send: `join`, `leave`, `message`, `watchdog`.

use super::{Komunikator, decode};
use crate::dialects::fields::Fields;
use crate::dialects::floor::{Step, payload, run};
use crate::dialects::input::check_own_name;
use crate::kernel::actor::Actor;
use crate::realtime::Session;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Event, Socket, Verdict};
use std::sync::Arc;

impl Komunikator {
    /// Runs an event.
    pub(crate) async fn run(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        run(self, socket, event).await
    }
}

/// What an event asks for, in the actor's own name.
pub(super) fn step(actor: &Actor, event: &Event) -> Result<Step, Problem> {
    let payload = payload(event);
    let (name, step) = match event.name.as_str() {
        "join" => Fields::read(payload, decode::join)?,
        "leave" => Fields::read(payload, decode::leave)?,
        "message" => Fields::read(payload, decode::message)?,
        "watchdog" => Fields::read(payload, decode::watchdog)?,
        _ => return Err(Code::UnknownEvent.into()),
    };
    check_own_name(actor, "user_name", Some(&name)).map(|()| step)
}
