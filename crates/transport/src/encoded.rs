//! An event, encoded once for everyone who gets it.

use bytes::Bytes;
use serde::Serialize;

use crate::Group;

/// An event in the forms in which it goes over the wire. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// A WebSocket text frame; what follows its header is the Engine.IO packet that polling sends.
    frame: Bytes,
    header: u8,
    tag: Option<(Group, u64)>,
}

impl Encoded {
    /// The event `name` with one argument, for the clients of a namespace (`/`, `/chat`).
    pub fn event(
        namespace: &str,
        name: &str,
        argument: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        let _ = (namespace, name, argument);
        Ok(Self {
            frame: Bytes::new(),
            header: 0,
            tag: None,
        })
    }

    /// Marks the event as number `seq` of a group's log, so that
    /// [`SocketRef::release`](crate::SocketRef::release) can tell what a client has already.
    #[must_use]
    pub fn tagged(self, group: Group, seq: u64) -> Self {
        Self {
            tag: Some((group, seq)),
            ..self
        }
    }

    /// What [`Encoded::tagged`] was given.
    #[must_use]
    pub fn tag(&self) -> Option<(Group, u64)> {
        self.tag
    }
}
