//! Running what clients send: finds the action, answers the acknowledgement.

use super::connect::Place;
use super::groups::Plane;
use super::session::Session;
use super::{NAMESPACE, Native};
use crate::audit::refusals;
use crate::dialects::platform;
use crate::kernel::actor::Actor;
use parlor_protocol::events::Pong;
use parlor_protocol::problem::SocketError;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Ack, Encoded, Event, Socket, SocketRef, Verdict};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;

/// Events whose answer also comes as an event, to the connection that asked.
const ECHOES: [(&str, &str); 2] = [
    ("ping", "pong"),
    ("get_online_users", "online_users_update"),
];

/// What an event is answered.
pub(super) type Answer = Result<Box<RawValue>, Problem>;

impl Native {
    /// Runs an event. Up to its first wait this runs in the order in which a connection's events arrived.
    pub(super) async fn run(&self, socket: &Socket<Arc<Session>>, event: Event) -> Verdict {
        let Event { name, args, ack } = event;
        let session = socket.session();
        let actor = session.actor();
        if let Some(komunikator) = self.komunikator_for(&actor) {
            return komunikator.run(socket, Event { name, args, ack }).await;
        }
        if name == "join_room" {
            return match payload(&args) {
                Ok(payload) => self.join_room(socket, payload, ack).await,
                Err(problem) => answer(socket, ack, Err(problem)),
            };
        }
        let result = match name.as_str() {
            "ping" => self.ping(),
            name => match payload(&args) {
                Err(problem) => Err(problem),
                Ok(payload) => match self.table.run(name, session.caller(), payload) {
                    Some(action) => {
                        let hearing = self.hear_platform(socket, name, &actor);
                        // Together, so that the action takes its place in the order of arrival.
                        tokio::join!(hearing, action).1
                    }
                    None => Err(Code::UnknownEvent.into()),
                },
            },
        };
        if let Err(problem) = &result {
            refusals::note(&self.kernel, &actor, problem).await;
        }
        let echo = ECHOES.iter().find(|(asked, _)| *asked == name);
        if let (Ok(answer), Some((_, echo))) = (&result, echo) {
            emit(socket, echo, answer);
        }
        answer(socket, ack, result)
    }

    /// Who sends an event of `platform` hears them from then on.
    async fn hear_platform(&self, socket: &Socket<Arc<Session>>, name: &str, actor: &Actor) {
        if !platform::EVENTS.contains(&name) || !socket.session().begin_platform() {
            return;
        }
        if let Err(error) = self
            .follow(Plane::PLATFORM, actor, Place::Old(socket))
            .await
        {
            tracing::warn!(?error, "a platform client could not be subscribed");
        }
    }

    fn ping(&self) -> Answer {
        let pong = Pong {
            server_time: self.kernel.clock.now(),
        };
        to_raw_value(&pong).map_err(|_| Code::Internal.into())
    }
}

/// An event's one argument, an object; without any, an empty one.
fn payload(args: &[Box<RawValue>]) -> Result<&str, Problem> {
    let payload = match args {
        [] => "{}",
        [payload] => payload.get(),
        _ => "",
    };
    if payload.trim_start().starts_with('{') {
        return Ok(payload);
    }
    Err(Problem::new(Code::InvalidField).detail("An event has one argument, an object."))
}

/// Answers an event: by its acknowledgement, or where there is none and it failed, by the event `error`.
pub(super) fn answer(socket: &Socket<Arc<Session>>, ack: Option<Ack>, answer: Answer) -> Verdict {
    match answer {
        Ok(answer) => {
            if let Some(ack) = ack {
                send(ack, &accepted(&answer));
            }
            Verdict::Keep
        }
        Err(problem) => {
            let code = problem.code;
            let error = SocketError::from(problem);
            match ack {
                Some(ack) => send(ack, &Refused { ok: false, error }),
                None => emit(socket, "error", &error),
            }
            if socket.session().bear(code) {
                Verdict::Keep
            } else {
                Verdict::Close
            }
        }
    }
}

#[derive(Serialize)]
struct Refused {
    ok: bool,
    error: SocketError,
}

/// The answer with `"ok": true` in front of its fields.
fn accepted(answer: &RawValue) -> Option<Box<RawValue>> {
    let fields = answer.get().strip_prefix('{').unwrap_or("}");
    let comma = if fields == "}" { "" } else { "," };
    RawValue::from_string(format!("{{\"ok\":true{comma}{fields}")).ok()
}

fn send(ack: Ack, answer: &impl Serialize) {
    if let Err(error) = ack.send(answer) {
        tracing::error!(%error, "an answer could not be encoded");
    }
}

pub(crate) fn emit(socket: &SocketRef, name: &str, payload: &impl Serialize) {
    match Encoded::event(NAMESPACE, name, payload) {
        Ok(event) => socket.emit(&event),
        Err(error) => tracing::error!(%error, name, "an event could not be encoded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn an_answer_says_ok_beside_its_fields() {
        for (answer, sent) in [
            (r#"{"seq":3}"#, r#"{"ok":true,"seq":3}"#),
            ("{}", r#"{"ok":true}"#),
            ("null", r#"{"ok":true}"#),
        ] {
            assert_eq!(accepted(&raw(answer)).unwrap().get(), sent);
        }
    }

    #[test]
    fn a_payload_is_one_object() {
        assert_eq!(payload(&[]).unwrap(), "{}");
        assert_eq!(payload(&[raw(r#"{"a":1}"#)]).unwrap(), r#"{"a":1}"#);
        for odd in [
            vec![raw("[]")],
            vec![raw("null")],
            vec![raw("\"{}\"")],
            vec![raw("{}"), raw("{}")],
        ] {
            assert_eq!(payload(&odd).unwrap_err().code, Code::InvalidField);
        }
    }
}
