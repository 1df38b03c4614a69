//! The ways of speaking that older systems had and this server understands.

use std::fmt;
use std::str::FromStr;

/// Whose paths, events and answers a client expects. A session keeps that of the sign-in that opened it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The native interface, which is a superset of this system's.
    #[default]
    Chatroom,
    /// Meeting rooms: namespace `/chat`.
    Must,
    /// Communities and files: a plain WebSocket per room.
    Awesome,
    /// Calls and assistants: four events beside the native ones.
    Platform,
    /// Rooms with access keys and a watchdog.
    Komunikator,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Chatroom,
        Self::Must,
        Self::Awesome,
        Self::Platform,
        Self::Komunikator,
    ];

    /// Its name in settings, tokens and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chatroom => "chatroom",
            Self::Must => "must",
            Self::Awesome => "awesome",
            Self::Platform => "platform",
            Self::Komunikator => "komunikator",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or_else(|| {
            format!("{text:?} is none of chatroom, must, awesome, platform, komunikator")
        })
    }
}
