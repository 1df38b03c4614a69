//! What the packets of one connection mean, one after the other.

use serde_json::value::RawValue;

use super::Fault;
use super::engine;
use super::socket::{self, Packet};

/// The position of a namespace in the list of all.
pub(crate) type Namespace = u8;

/// The largest number of namespaces.
pub(crate) const MAX_NAMESPACES: usize = 64;

/// The state of a connection as far as it decides what a packet means.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// One bit for each namespace the client is connected to.
    connected: u64,
}

/// What is to be done about a packet.
#[derive(Debug)]
pub(crate) enum Action {
    Nothing,
    /// Ask the application whether the client may connect; then say [`Session::connected`] or not.
    /// Until then, no other packet may be looked at.
    Connect(Namespace, Option<Box<RawValue>>),
    /// Tell the client that it cannot connect to a namespace.
    Refuse(String, &'static str),
    Event(Namespace, ClientEvent),
    /// The client left a namespace.
    Leave(Namespace),
    /// The client leaves altogether.
    Close,
}

/// An event as it came.
#[derive(Debug)]
pub(crate) struct ClientEvent {
    pub(crate) name: String,
    pub(crate) args: Vec<Box<RawValue>>,
    pub(crate) ack: Option<u64>,
}

impl Session {
    /// Looks at the next Engine.IO text packet. `namespaces` are the paths of all namespaces.
    pub(crate) fn receive<'a>(
        &mut self,
        text: &str,
        mut namespaces: impl Iterator<Item = &'a str>,
    ) -> Result<Action, Fault> {
        let message = match engine::Packet::decode(text)? {
            engine::Packet::Message(message) => message,
            engine::Packet::Close => return Ok(Action::Close),
            engine::Packet::Pong | engine::Packet::Noop => return Ok(Action::Nothing),
            engine::Packet::Probe | engine::Packet::Upgrade => return Err(Fault::Packet),
        };
        let (path, packet) = socket::decode(message)?;
        let known = namespaces.position(|namespace| namespace == path);
        let known = known.and_then(|position| Namespace::try_from(position).ok());
        match (packet, known) {
            (Packet::Connect(_), None) => Ok(Action::Refuse(path.to_owned(), "Invalid namespace")),
            (Packet::Connect(_), Some(namespace)) if self.is_connected(namespace) => {
                Ok(Action::Refuse(path.to_owned(), "Already connected"))
            }
            (Packet::Connect(auth), Some(namespace)) => Ok(Action::Connect(namespace, auth)),
            (Packet::Event { name, args, ack }, Some(namespace))
                if self.is_connected(namespace) =>
            {
                Ok(Action::Event(namespace, ClientEvent { name, args, ack }))
            }
            (Packet::Disconnect, Some(namespace)) if self.is_connected(namespace) => {
                self.left(namespace);
                Ok(Action::Leave(namespace))
            }
            (Packet::Ack, Some(namespace)) if self.is_connected(namespace) => Ok(Action::Nothing),
            // It may have crossed our own.
            (Packet::Disconnect, _) => Ok(Action::Nothing),
            (Packet::Event { .. } | Packet::Ack, _) => Err(Fault::NotConnected),
        }
    }

    /// The client is connected to a namespace.
    pub(crate) fn connected(&mut self, namespace: Namespace) {
        self.connected |= bit(namespace);
    }

    /// The client is no longer connected to a namespace.
    pub(crate) fn left(&mut self, namespace: Namespace) {
        self.connected &= !bit(namespace);
    }

    fn is_connected(&self, namespace: Namespace) -> bool {
        self.connected & bit(namespace) != 0
    }
}

fn bit(namespace: Namespace) -> u64 {
    1u64.checked_shl(namespace.into()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATHS: [&str; 2] = ["/", "/chat"];

    fn receive(session: &mut Session, text: &str) -> String {
        match session.receive(text, PATHS.into_iter()) {
            Ok(Action::Connect(namespace, _)) => {
                session.connected(namespace);
                format!("connect {namespace}")
            }
            Ok(Action::Event(namespace, event)) => format!("event {namespace} {}", event.name),
            Ok(other) => format!("{other:?}"),
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn a_client_connects_speaks_and_leaves() {
        let mut session = Session::default();
        assert_eq!(receive(&mut session, "40"), "connect 0");
        assert_eq!(receive(&mut session, "42[\"a\"]"), "event 0 a");
        assert_eq!(receive(&mut session, "40/chat,{}"), "connect 1");
        assert_eq!(receive(&mut session, "42/chat,[\"b\"]"), "event 1 b");
        assert_eq!(receive(&mut session, "430[]"), "Nothing");
        assert_eq!(receive(&mut session, "41"), "Leave(0)");
        assert_eq!(receive(&mut session, "42/chat,[\"b\"]"), "event 1 b");
        assert_eq!(receive(&mut session, "1"), "Close");
    }

    #[test]
    fn an_event_before_connecting_is_a_fault() {
        assert_eq!(
            receive(&mut Session::default(), "42[\"a\"]"),
            "NotConnected"
        );
        assert_eq!(receive(&mut Session::default(), "430[]"), "NotConnected");
        let mut session = Session::default();
        receive(&mut session, "40");
        assert_eq!(receive(&mut session, "42/chat,[\"a\"]"), "NotConnected");
        receive(&mut session, "41");
        assert_eq!(receive(&mut session, "42[\"a\"]"), "NotConnected");
    }

    #[test]
    fn connecting_twice_or_to_nowhere_is_refused() {
        let mut session = Session::default();
        assert_eq!(receive(&mut session, "40"), "connect 0");
        assert_eq!(
            receive(&mut session, "40"),
            r#"Refuse("/", "Already connected")"#
        );
        assert_eq!(
            receive(&mut session, "40/no,"),
            r#"Refuse("/no", "Invalid namespace")"#
        );
        assert_eq!(receive(&mut session, "42[\"a\"]"), "event 0 a");
    }

    #[test]
    fn pongs_mean_nothing_more_and_probes_come_elsewhere() {
        let mut session = Session::default();
        assert_eq!(receive(&mut session, "3"), "Nothing");
        assert_eq!(receive(&mut session, "6"), "Nothing");
        assert_eq!(receive(&mut session, "2probe"), "Packet");
        assert_eq!(receive(&mut session, "5"), "Packet");
    }

    proptest! {
        /// Whatever comes, an event is only ever seen for a namespace that is connected.
        #[test]
        fn events_need_a_connection(packets in prop::collection::vec(
            prop::sample::select(vec!["40", "41", "42[\"a\"]", "40/chat,", "41/chat,", "42/chat,[\"a\"]", "3", "430[]"]), 0..40,
        )) {
            let mut session = Session::default();
            let mut connected = [false; 2];
            for text in packets {
                match session.receive(text, PATHS.into_iter()) {
                    Ok(Action::Connect(namespace, _)) => {
                        prop_assert!(!connected[usize::from(namespace)]);
                        session.connected(namespace);
                        connected[usize::from(namespace)] = true;
                    }
                    Ok(Action::Leave(namespace)) => {
                        prop_assert!(connected[usize::from(namespace)]);
                        connected[usize::from(namespace)] = false;
                    }
                    Ok(Action::Event(namespace, _)) => prop_assert!(connected[usize::from(namespace)]),
                    Err(fault) => prop_assert_eq!(fault, Fault::NotConnected),
                    Ok(_) => {}
                }
            }
        }
    }
}
