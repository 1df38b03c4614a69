//! How it is said what an older system has in which table.

use super::ImportError;
use super::record::Record;
use crate::accounts::take_over::PastPerson;
use crate::rooms::take_over::PastRoom;
use parlor_protocol::Timestamp;
use parlor_protocol::messages::MessageType;

/// An older system.
#[derive(Debug)]
pub struct System {
    /// Its short name.
    pub(super) name: &'static str,
    /// What is brought over, in this order: people, then rooms, then what happened there.
    pub(super) steps: &'static [Step],
    /// Tables whose rows stay behind, and why.
    pub(super) left: &'static [(&'static str, &'static str)],
}

/// A table, and what its rows are.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) table: Table,
    pub(super) brings: Brings,
}

/// What is read of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns that together name a row; rows are read in their order.
    pub(super) key: &'static [&'static str],
    /// The columns that have to be there, beside the key.
    pub(super) needs: &'static [&'static str],
    /// The columns that may be there.
    pub(super) takes: &'static [&'static str],
}

/// What the rows of a table are.
#[derive(Debug)]
pub(super) enum Brings {
    People(fn(&Record<'_>) -> Result<PastPerson, ImportError>),
    /// What people have beside their accounts.
    Profiles(fn(&Record<'_>) -> Result<(OldId, PastPerson), ImportError>),
    /// Rooms or communities, and who owns them.
    Rooms(fn(&Record<'_>) -> Result<OwnedRoom, ImportError>),
    /// Who is in the rooms of a table.
    Members(
        &'static str,
        fn(&Record<'_>) -> Result<Membership, ImportError>,
    ),
    Friends(fn(&Record<'_>) -> Result<Friendship, ImportError>),
    Messages(&'static str, fn(&Record<'_>) -> Result<Saying, ImportError>),
}

/// A room, and who owns it.
pub(super) type OwnedRoom = (PastRoom, Option<OldId>);

/// An id as the older system has it.
pub(super) type OldId = String;

/// Somebody's place in a room.
#[derive(Debug)]
pub(super) struct Membership {
    pub(super) room: Option<OldId>,
    pub(super) user: Option<OldId>,
    pub(super) is_admin: bool,
    pub(super) is_muted: bool,
    pub(super) joined_at: Option<Timestamp>,
}

/// Two people who are friends, or of whom the one has asked the other.
#[derive(Debug)]
pub(super) struct Friendship {
    pub(super) from: Option<OldId>,
    pub(super) to: Option<OldId>,
    pub(super) since: Option<Timestamp>,
    pub(super) is: Standing,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Friends,
    Asked,
    /// It was declined, or is told by another table.
    Settled,
}

/// Something that was said.
#[derive(Debug)]
pub(super) struct Saying {
    pub(super) to: Place,
    pub(super) author: Option<OldId>,
    pub(super) content: String,
    pub(super) kind: MessageType,
    pub(super) at: Option<Timestamp>,
    pub(super) edited_at: Option<Timestamp>,
    pub(super) is_deleted: bool,
}

/// Where.
#[derive(Debug)]
pub(super) enum Place {
    Room(Option<OldId>),
    /// To one person alone.
    Person(OldId),
}

/// How a message was marked.
pub(super) fn kind_of(text: Option<&str>) -> MessageType {
    match text {
        Some("markdown") => MessageType::Markdown,
        Some("system") => MessageType::System,
        // Pictures and files stay what they were there: an address in a text.
        _ => MessageType::Text,
    }
}
