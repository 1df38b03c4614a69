//! A packet, encoded once for everyone who gets it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Serialize;

use crate::Group;
use crate::proto::frame::{self, Opcode};
use crate::proto::socket::{self, Kind};

/// An event in the forms in which it goes over the wire. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// A WebSocket text frame; what follows its header is the Engine.IO packet that polling sends.
    frame: Bytes,
    header: u8,
    tag: Option<(Group, u64)>,
    /// The compressed frame, shared by all clones and made by the first that needs it.
    compressed: Option<Arc<OnceLock<Bytes>>>,
}

impl Encoded {
    /// The event `name` with one argument, for the clients of a namespace (`/`, `/chat`).
    pub fn event(
        namespace: &str,
        name: &str,
        argument: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        Self::packet(Kind::Event, namespace, None, |out| {
            out.push(b'[');
            serde_json::to_writer(&mut *out, name)?;
            out.push(b',');
            serde_json::to_writer(&mut *out, argument)?;
            out.push(b']');
            Ok(())
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

    /// A Socket.IO packet that carries what `write` appends.
    pub(crate) fn packet<E>(
        kind: Kind,
        namespace: &str,
        ack: Option<u64>,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut buffer = Vec::with_capacity(256);
        buffer.resize(frame::MAX_HEADER, 0);
        socket::begin(&mut buffer, kind, namespace, ack);
        write(&mut buffer)?;
        Ok(Self::seal(buffer))
    }

    /// An Engine.IO packet.
    pub(crate) fn text(packet: &str) -> Self {
        let mut buffer = vec![0; frame::MAX_HEADER];
        buffer.extend_from_slice(packet.as_bytes());
        Self::seal(buffer)
    }

    fn seal(mut buffer: Vec<u8>) -> Self {
        let start = frame::seal(Opcode::Text, &mut buffer);
        Self {
            frame: Bytes::from(buffer).slice(start..),
            header: u8::try_from(frame::MAX_HEADER - start).unwrap_or_default(),
            tag: None,
            compressed: None,
        }
    }

    /// An event that many get: its clones share what is made of it later.
    pub(crate) fn shared(self) -> Self {
        Self {
            compressed: Some(Arc::default()),
            ..self
        }
    }

    /// The packet as a WebSocket frame for a client that takes compressed ones: compressed if it has
    /// at least `least` bytes and becomes smaller.
    pub(crate) fn compressed(&self, least: usize) -> Bytes {
        let payload = self
            .frame
            .get(usize::from(self.header)..)
            .unwrap_or_default();
        if payload.len() < least {
            return self.frame.clone();
        }
        let compress = || frame::compressed(payload).unwrap_or_else(|| self.frame.clone());
        match &self.compressed {
            Some(shared) => shared.get_or_init(compress).clone(),
            None => compress(),
        }
    }

    /// The packet as a WebSocket frame, and the length of the frame's header.
    pub(crate) fn into_frame(self) -> (Bytes, u8) {
        (self.frame, self.header)
    }

    /// The packet as a WebSocket frame.
    pub(crate) fn frame(&self) -> &Bytes {
        &self.frame
    }

    /// The namespace whose clients understand the packet.
    pub(crate) fn namespace(&self) -> &[u8] {
        socket::namespace(
            self.frame
                .get(usize::from(self.header)..)
                .unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(encoded: Encoded) -> (Vec<u8>, String) {
        let (frame, header) = encoded.into_frame();
        let (head, text) = frame.split_at(header.into());
        (head.to_vec(), String::from_utf8(text.to_vec()).unwrap())
    }

    #[test]
    fn an_event_has_one_form_for_websocket_and_polling() {
        let event =
            Encoded::event("/", "new_message", &serde_json::json!({"text": "你好"})).unwrap();
        assert_eq!(event.namespace(), b"/");
        let (head, text) = parts(event);
        assert_eq!(text, r#"42["new_message",{"text":"你好"}]"#);
        assert_eq!(head, [0x81, u8::try_from(text.len()).unwrap()]);

        let event = Encoded::event("/chat", "a\"b", &()).unwrap();
        assert_eq!(event.namespace(), b"/chat");
        assert_eq!(parts(event).1, r#"42/chat,["a\"b",null]"#);
    }

    #[test]
    fn longer_events_have_longer_headers() {
        for (len, header) in [(100, 2), (1_000, 4), (70_000, 10)] {
            let event = Encoded::event("/", "e", &"x".repeat(len)).unwrap();
            assert_eq!(parts(event).0.len(), header);
        }
    }

    #[test]
    fn what_cannot_be_serialized_is_an_error() {
        let map = std::collections::HashMap::from([(vec![1], 1)]);
        assert!(Encoded::event("/", "e", &map).is_err());
    }
}
