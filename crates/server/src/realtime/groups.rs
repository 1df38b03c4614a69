//! What the transport's groups stand for in the namespace `/`.

use parlor_protocol::{RoomId, SessionId, UserId};
use parlor_transport::Group;

/// Connections subscribed to a room.
pub(super) fn room(id: RoomId) -> Group {
    group(1, id)
}

/// Connections of a person.
pub(super) fn user(id: UserId) -> Group {
    group(2, id)
}

/// Connections through one session.
pub(super) fn session(id: SessionId) -> Group {
    group(3, id)
}

fn group(kind: u8, id: i64) -> Group {
    Group {
        kind,
        id: id.unsigned_abs(),
    }
}
