//! What clients send. Fields that are not known are passed over.

use crate::dialects::fields::as_number;
use crate::dialects::input::{check_own_id, check_own_name};
use crate::kernel::actor::Actor;
use parlor_protocol::messages::{Draft, MessageType};
use parlor_protocol::{Code, Problem, RoomId, UserId};
use serde::Deserialize;
use serde_json::Value;

/// `chat`.
#[derive(Deserialize)]
pub(super) struct Chat {
    to: Option<Value>,
    group_id: Option<Value>,
    content: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    client_id: Option<String>,
    from: Option<Value>,
    username: Option<String>,
}

/// Where it is to be said.
pub(super) enum To {
    /// In the chat with a person.
    Person(UserId),
    /// In a room.
    Group(RoomId),
}

impl Chat {
    /// Where, and what.
    pub(super) fn read(self, actor: &Actor) -> Result<(To, Draft), Problem> {
        check_own_name(actor, "username", self.username.as_deref())?;
        check_own_id(actor, "from", self.from.as_ref())?;
        let to = match (&self.to, &self.group_id) {
            (Some(user), None) => To::Person(read_id("to", user)?),
            (None, Some(room)) => To::Group(read_id("group_id", room)?),
            _ => {
                let problem = Problem::new(Code::InvalidField);
                return Err(problem.field("to", "either to or group_id"));
            }
        };
        let message_type = match self.kind.as_deref() {
            None | Some("text" | "emoji") => MessageType::Text,
            Some("markdown") => MessageType::Markdown,
            Some("image" | "file") => return Err(Code::NotImplemented.into()),
            Some(_) => {
                let problem = Problem::new(Code::InvalidField);
                return Err(problem.field("type", "text, emoji, markdown, image or file"));
            }
        };
        let draft = Draft {
            content: self.content,
            message_type,
            client_id: self.client_id,
            ..Draft::default()
        };
        Ok((to, draft))
    }
}

/// `user_status`: a sign of life.
#[derive(Deserialize)]
pub(super) struct SignOfLife {
    status: Option<String>,
    user_id: Option<Value>,
    username: Option<String>,
}

impl SignOfLife {
    /// Whoever is connected is online and nothing else, and speaks for nobody else.
    pub(super) fn check(&self, actor: &Actor) -> Result<(), Problem> {
        check_own_name(actor, "username", self.username.as_deref())?;
        check_own_id(actor, "user_id", self.user_id.as_ref())?;
        match self.status.as_deref() {
            None | Some("online") => Ok(()),
            Some(_) => Err(Problem::new(Code::InvalidField).field("status", "online")),
        }
    }
}

/// What is not looked at.
#[derive(Deserialize)]
pub(super) struct Anything {}

/// A number, or a text that is one.
fn read_id(field: &str, value: &Value) -> Result<i64, Problem> {
    let id = as_number(value);
    id.filter(|id| (1..1 << 53).contains(id)).ok_or_else(|| {
        let problem = Problem::new(Code::InvalidField);
        problem.field(field, "a whole number from 1 to 9007199254740991")
    })
}
