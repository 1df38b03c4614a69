//! `GET /ws/rooms/{room_id}`: what is said in a room, both ways, in frames of the older system's message protocol.

use super::{Awesome, Here, Ids, Refused, encode};
use crate::dialects::fields::Fields;
use crate::dialects::frames::{Knock, Script};
use crate::dialects::input::check_own_id;
use crate::kernel::actor::Actor;
use axum::response::Response;
use parlor_protocol::messages::{Draft, Message};
use parlor_protocol::{Code, Problem};
use serde_json::{Value, json};

pub(super) async fn open(here: Here, ids: Ids<1>, knock: Knock) -> Result<Response, Refused> {
    Ok(here.frames.clone().open(knock, ids.one()).await?)
}

impl Script for Awesome {
    /// Its `id` is the sender's own for the message.
    fn read(frame: &str, actor: &Actor) -> Result<Draft, Problem> {
        let read = Fields::read(frame.as_bytes(), |fields| {
            let sender = fields.inner("user", "id");
            let has_file = fields.has("image") || fields.has("file");
            let draft = Draft {
                content: fields.text("text"),
                client_id: fields.number_or_text("id").filter(|id| !id.is_empty()),
                ..Draft::default()
            };
            (draft, sender, has_file)
        });
        let (draft, sender, has_file) = read?;
        check_own_id(actor, "user", sender.as_ref())?;
        if has_file {
            return Err(Problem::new(Code::NotImplemented).detail("Files cannot be sent yet."));
        }
        Ok(draft)
    }

    fn write(message: &Message, own_id: Option<&str>) -> Value {
        let id = message.id.to_string();
        json!({
            "id": own_id.unwrap_or(&id),
            "text": message.content,
            "user": {
                "id": message.user_id.to_string(),
                "name": message.user.nickname,
                "avatar": message.user.avatar_url,
            },
            "createdAt": message.timestamp,
        })
    }

    fn refusal(problem: &Problem) -> Value {
        json!({ "detail": encode::explain(problem) })
    }
}
