//! Engine.IO 4 packets (<https://github.com/socketio/engine.io-protocol>).

use std::time::Duration;

use super::Fault;

/// Separates the packets of a polling body.
pub(crate) const SEPARATOR: u8 = 0x1e;

/// A packet that a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// The client is leaving.
    Close,
    /// Only as `2probe`, on a WebSocket that wants to replace polling.
    Probe,
    Pong,
    /// A Socket.IO packet.
    Message(&'a str),
    /// The WebSocket takes over from polling.
    Upgrade,
    Noop,
}

impl<'a> Packet<'a> {
    /// Reads a text packet.
    pub(crate) fn decode(text: &'a str) -> Result<Self, Fault> {
        Ok(match text.as_bytes() {
            b"1" => Self::Close,
            b"2probe" => Self::Probe,
            [b'3', ..] => Self::Pong,
            [b'4', ..] => Self::Message(text.get(1..).unwrap_or_default()),
            b"5" => Self::Upgrade,
            b"6" => Self::Noop,
            // A binary message, in base64.
            [b'b', ..] => return Err(Fault::Attachment),
            _ => return Err(Fault::Packet),
        })
    }
}

/// The packet that opens a connection.
pub(crate) fn open(
    sid: &str,
    upgrades: &[&str],
    interval: Duration,
    timeout: Duration,
    max: usize,
) -> String {
    let open = serde_json::json!({
        "sid": sid,
        "upgrades": upgrades,
        "pingInterval": u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
        "pingTimeout": u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
        "maxPayload": max,
    });
    format!("0{open}")
}

/// Why a request is refused: Engine.IO's own numbers and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestError {
    UnknownTransport,
    UnknownSession,
    BadMethod,
    BadRequest,
    Forbidden,
    UnsupportedVersion,
}

impl RequestError {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::UnknownTransport => 0,
            Self::UnknownSession => 1,
            Self::BadMethod => 2,
            Self::BadRequest => 3,
            Self::Forbidden => 4,
            Self::UnsupportedVersion => 5,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::UnknownTransport => "Transport unknown",
            Self::UnknownSession => "Session ID unknown",
            Self::BadMethod => "Bad handshake method",
            Self::BadRequest => "Bad request",
            Self::Forbidden => "Forbidden",
            Self::UnsupportedVersion => "Unsupported protocol version",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn packets_a_client_may_send_are_read() {
        let packets = [
            ("1", Packet::Close),
            ("2probe", Packet::Probe),
            ("3", Packet::Pong),
            ("3probe", Packet::Pong),
            ("4", Packet::Message("")),
            ("42[\"a\"]", Packet::Message("2[\"a\"]")),
            ("5", Packet::Upgrade),
            ("6", Packet::Noop),
        ];
        for (text, packet) in packets {
            assert_eq!(Packet::decode(text), Ok(packet), "{text}");
        }
    }

    #[test]
    fn packets_only_a_server_sends_and_nonsense_are_refused() {
        for text in ["", "0{}", "2", "2other", "7", "é", "１", " 4", "11"] {
            assert_eq!(Packet::decode(text), Err(Fault::Packet), "{text}");
        }
        assert_eq!(Packet::decode("bAQID"), Err(Fault::Attachment));
    }

    #[test]
    fn the_opening_packet_says_the_terms() {
        let terms = open(
            "abc",
            &["websocket"],
            Duration::from_secs(25),
            Duration::from_secs(20),
            65_536,
        );
        let json: serde_json::Value =
            serde_json::from_str(terms.strip_prefix('0').unwrap()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "sid": "abc", "upgrades": ["websocket"], "pingInterval": 25_000, "pingTimeout": 20_000,
                "maxPayload": 65_536,
            })
        );
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = Packet::decode(&text);
        }
    }
}
