//! What clients are told: events and refusals.

use super::{Must, NAMESPACE};
use crate::dialects::floor::{Floor, Stage, Step};
use crate::dialects::refused::Tongue;
use crate::dialects::{self, sentence};
use crate::kernel::actor::Actor;
use parlor_protocol::messages::Message;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{Encoded, Event};
use serde_json::{Value, json};

impl Stage for Must {
    fn floor(&self) -> &Floor {
        &self.floor
    }

    async fn read(&self, actor: &Actor, event: &Event) -> Result<Step, Problem> {
        self.step(actor, event).await
    }

    fn said(message: &Message) -> Vec<Encoded> {
        text("receive_message", &message.content)
            .into_iter()
            .collect()
    }

    fn comes(username: &str, _: RoomId) -> Option<Encoded> {
        let message = format!("{username} has joined the room.");
        text("room_announcement", &message)
    }

    fn goes(username: &str, _: RoomId) -> Option<Encoded> {
        let message = format!("{username} has left the room.");
        text("room_announcement", &message)
    }

    fn error(problem: &Problem) -> Option<Encoded> {
        text("error", &explain(problem))
    }
}

fn text(name: &str, message: &str) -> Option<Encoded> {
    dialects::event(NAMESPACE, name, &json!({ "message": message }))
}

impl Tongue for Must {
    /// `{"msg"}` where the token is at fault, as its extension for tokens had it.
    fn refuse(problem: &Problem) -> (u16, Value) {
        match problem.code {
            Code::BadCredentials | Code::AccountInactive => {
                (401, json!({ "msg": "Bad username or password" }))
            }
            Code::Unauthorized | Code::FactorRequired => {
                (problem.status, json!({ "msg": explain(problem) }))
            }
            _ => (problem.status, json!({ "message": explain(problem) })),
        }
    }
}

fn explain(problem: &Problem) -> String {
    match problem.code {
        Code::NameTaken => "Username already exists".to_owned(),
        Code::Unauthorized if problem.detail.is_none() => "Missing Authorization Header".to_owned(),
        _ => sentence(problem, &[("content", "message")]),
    }
}
