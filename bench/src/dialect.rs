//! What the servers want to be told, and how they tell it.

use crate::client::Entry;
use crate::people::People;
use crate::scenario::Scenario;
use serde::Deserialize;
use serde_json::json;

/// A server's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dialect {
    /// Parlor's: people sign in, are in rooms, and send with an id of their own.
    Parlor,
    /// The peers': whoever joins a room by name is in it.
    Plain,
}

/// What a server's packets begin with.
pub(crate) struct Prefixes {
    /// A message comes.
    pub(crate) message: &'static [u8],
    /// Something was refused.
    pub(crate) refusal: &'static [u8],
}

impl Dialect {
    pub(crate) fn prefixes(self) -> Prefixes {
        Prefixes {
            message: match self {
                Self::Parlor => b"42[\"new_message\",",
                Self::Plain => b"42[\"message\",",
            },
            refusal: b"42[\"error\",",
        }
    }

    /// How client `number` comes in.
    pub(crate) fn entry(self, scenario: &Scenario, people: &People, number: usize) -> Entry {
        let account = number % scenario.accounts();
        match self {
            Self::Parlor => Entry {
                connect: format!("40{}", json!({ "token": people.tokens[account] })),
                joins: Vec::new(),
            },
            Self::Plain => Entry {
                connect: "40".to_owned(),
                joins: scenario
                    .rooms_of(account)
                    .map(|room| json!(["join", { "room": room_name(room) }]).to_string())
                    .collect(),
            },
        }
    }

    /// The packet by which something is said in a room; to be acknowledged where it has a number.
    pub(crate) fn say(self, room: i64, text: &str, stamp: &str, number: Option<usize>) -> String {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        match self {
            Self::Parlor => format!(
                r#"42{number}["send_message",{{"room_id":{room},"content":"{text}","client_id":"{stamp}"}}]"#
            ),
            Self::Plain => {
                let room = room_name(usize::try_from(room).unwrap_or_default());
                format!(r#"42{number}["message",{{"room":"{room}","text":"{text}"}}]"#)
            }
        }
    }
}

fn room_name(room: usize) -> String {
    format!("room-{room}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn what_is_said_is_json() {
        for dialect in [Dialect::Parlor, Dialect::Plain] {
            let packet = dialect.say(7, "hello", "stamp", Some(12));
            let event: Value = serde_json::from_str(&packet["4212".len()..]).unwrap();
            assert!(
                event[1]
                    .as_object()
                    .unwrap()
                    .values()
                    .any(|value| value == "hello")
            );
            assert!(dialect.say(7, "hello", "stamp", None).starts_with("42["));
        }
    }
}
