//! Socket.IO 5 packets (<https://github.com/socketio/socket.io-protocol>).

use std::io::Write;

use serde_json::value::RawValue;

use super::Fault;

/// The largest acknowledgement number: beyond it, JavaScript cannot count.
const MAX_ACK_ID: u64 = 1 << 53;

/// The largest number of arguments of an event.
const MAX_ARGUMENTS: usize = 32;

/// Event names that clients would mistake for the protocol's own.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// A packet that a client may send, within a namespace.
#[derive(Debug)]
pub(crate) enum Packet {
    Connect(Option<Box<RawValue>>),
    Disconnect,
    Event {
        name: String,
        args: Vec<Box<RawValue>>,
        ack: Option<u64>,
    },
    /// An answer to an event of ours. We ask for none.
    Ack,
}

/// Reads a packet: its namespace and what it says.
pub(crate) fn decode(text: &str) -> Result<(&str, Packet), Fault> {
    let kind = text.bytes().next().ok_or(Fault::Packet)?;
    let rest = text.get(1..).ok_or(Fault::Packet)?;
    let (attachments, rest) = match kind {
        b'5' | b'6' => number(rest)
            .and_then(|(count, rest)| Some((count, rest.strip_prefix('-')?)))
            .ok_or(Fault::Packet)?,
        _ => (0, rest),
    };
    if attachments > 0 {
        return Err(Fault::Attachment);
    }
    let (namespace, rest) = if rest.starts_with('/') {
        rest.split_once(',').unwrap_or((rest, ""))
    } else {
        ("/", rest)
    };
    let packet = match kind {
        b'0' => Packet::Connect(auth(rest)?),
        b'1' if rest.is_empty() => Packet::Disconnect,
        b'2' | b'5' => event(rest, kind == b'5')?,
        b'3' | b'6' => acknowledgement(rest)?,
        _ => return Err(Fault::Packet),
    };
    Ok((namespace, packet))
}

/// A number at the start of `text`, and what follows it. `None`: no number, or too large for any use.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

fn auth(text: &str) -> Result<Option<Box<RawValue>>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let auth: Box<RawValue> = serde_json::from_str(text).map_err(|_| Fault::Packet)?;
    if auth.get().starts_with('{') {
        Ok(Some(auth))
    } else {
        Err(Fault::Packet)
    }
}

/// An acknowledgement number, if there is one, and what follows it.
fn ack_id(text: &str) -> Result<(Option<u64>, &str), Fault> {
    match text.bytes().next() {
        Some(b'0'..=b'9') => match number(text) {
            Some((id, rest)) if id <= MAX_ACK_ID => Ok((Some(id), rest)),
            _ => Err(Fault::AckId),
        },
        Some(b'-') => Err(Fault::AckId),
        _ => Ok((None, text)),
    }
}

fn event(text: &str, binary: bool) -> Result<Packet, Fault> {
    let (ack, json) = ack_id(text)?;
    let values: Vec<&RawValue> = serde_json::from_str(json).map_err(|_| Fault::Packet)?;
    let (name, args) = values.split_first().ok_or(Fault::Packet)?;
    let name: String = serde_json::from_str(name.get()).map_err(|_| Fault::Packet)?;
    if RESERVED.contains(&name.as_str()) {
        return Err(Fault::ReservedName);
    }
    if args.len() > MAX_ARGUMENTS {
        return Err(Fault::TooBig);
    }
    // No attachment comes with it, so that a placeholder for one cannot be right.
    if binary && json.contains("_placeholder") {
        return Err(Fault::Attachment);
    }
    Ok(Packet::Event {
        name,
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        ack,
    })
}

fn acknowledgement(text: &str) -> Result<Packet, Fault> {
    let (id, json) = ack_id(text)?;
    let valid = serde_json::from_str::<Vec<&RawValue>>(json).is_ok();
    if id.is_some() && valid {
        Ok(Packet::Ack)
    } else {
        Err(Fault::Packet)
    }
}

/// The kinds of packet a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect = 0,
    Disconnect = 1,
    Event = 2,
    Ack = 3,
    ConnectError = 4,
}

/// Begins an Engine.IO message with a Socket.IO packet; what the packet carries is to be appended.
pub(crate) fn begin(out: &mut Vec<u8>, kind: Kind, namespace: &str, ack: Option<u64>) {
    out.extend([b'4', b'0' + kind as u8]);
    if namespace != "/" {
        out.extend_from_slice(namespace.as_bytes());
        out.push(b',');
    }
    if let Some(id) = ack {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{id}");
    }
}

/// The namespace of an Engine.IO message that [`begin`] began.
pub(crate) fn namespace(message: &[u8]) -> &[u8] {
    match message.get(2..) {
        Some(rest @ [b'/', ..]) => rest.split(|byte| *byte == b',').next().unwrap_or(rest),
        _ => b"/",
    }
}

#[cfg(test)]
mod tests;
