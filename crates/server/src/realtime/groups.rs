//! What the transport's groups stand for in the namespace `/`.

use parlor_protocol::{RoomId, SessionId, UserId};
use parlor_transport::Group;

/// The groups of those who are told in one and the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane(u8);

impl Plane {
    /// By the native events.
    pub(crate) const NATIVE: Self = Self(0);
    /// By the events of `platform`, besides the native ones.
    pub(crate) const PLATFORM: Self = Self(8);
    /// By the events of `komunikator` alone.
    pub(crate) const KOMUNIKATOR: Self = Self(16);
    /// Those that follow people's memberships by themselves.
    pub(super) const FOLLOWING: [Self; 2] = [Self::NATIVE, Self::PLATFORM];

    /// Connections subscribed to a room.
    pub(crate) fn room(self, id: RoomId) -> Group {
        group(self.0 + 1, id)
    }

    /// Connections of a person.
    pub(crate) fn user(self, id: UserId) -> Group {
        group(self.0 + 2, id)
    }

    /// All connections.
    pub(crate) fn everybody(self) -> Group {
        group(self.0 + 4, 0)
    }
}

/// Connections subscribed to a room.
pub(super) fn room(id: RoomId) -> Group {
    Plane::NATIVE.room(id)
}

/// Connections of a person.
pub(super) fn user(id: UserId) -> Group {
    Plane::NATIVE.user(id)
}

/// Connections through one session, however they are told.
pub(crate) fn session(id: SessionId) -> Group {
    group(3, id)
}

fn group(kind: u8, id: i64) -> Group {
    Group {
        kind,
        id: id.unsigned_abs(),
    }
}
