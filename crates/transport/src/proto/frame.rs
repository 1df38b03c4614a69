//! WebSocket frames (RFC 6455).

use std::borrow::Cow;

use bytes::Bytes;

use super::{Fault, deflate};

/// The close codes of RFC 6455, 7.4.1, that we use.
pub(crate) const NORMAL: u16 = 1000;
pub(crate) const GOING_AWAY: u16 = 1001;
pub(crate) const PROTOCOL_ERROR: u16 = 1002;
pub(crate) const UNSUPPORTED: u16 = 1003;
pub(crate) const INVALID_PAYLOAD: u16 = 1007;
pub(crate) const POLICY: u16 = 1008;
pub(crate) const MESSAGE_TOO_BIG: u16 = 1009;

/// What kind of frame it is: the low half of its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    fn new(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    /// A fragment; the message is not whole yet.
    Part,
    Text(Cow<'a, str>),
    Binary,
    Ping(&'a [u8]),
    Pong,
    /// The end, with the client's close code if it gave one.
    Close(Option<u16>),
}

/// Reads a client's frames and puts fragmented messages together.
#[derive(Debug)]
pub(crate) struct Decoder {
    limit: usize,
    /// Messages may come compressed.
    expands: bool,
    fragments: Option<Fragments>,
}

#[derive(Debug)]
struct Fragments {
    text: bool,
    compressed: bool,
    data: Vec<u8>,
}

/// The header of a client's frame.
struct Header {
    last: bool,
    compressed: bool,
    opcode: Opcode,
    /// Length of the header itself, mask included.
    len: usize,
    payload: usize,
}

impl Decoder {
    /// A decoder for messages of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            expands: false,
            fragments: None,
        }
    }

    /// The same for a client that has agreed to compression, or not.
    pub(crate) fn expanding(self, expands: bool) -> Self {
        Self { expands, ..self }
    }

    /// Whether a message has begun in fragments and not ended.
    pub(crate) fn is_amid_message(&self) -> bool {
        self.fragments.is_some()
    }

    /// Reads the frame at the start of `data`, unmasking it in place: its length and what it says.
    /// `None`: the frame is incomplete, and `data` untouched.
    pub(crate) fn next<'a>(
        &mut self,
        data: &'a mut [u8],
    ) -> Result<Option<(usize, Message<'a>)>, Fault> {
        let Some(header) = self.header(data)? else {
            return Ok(None);
        };
        let end = header.len + header.payload;
        let Some(frame) = data.get_mut(..end) else {
            return Ok(None);
        };
        let (head, payload) = frame.split_at_mut(header.len);
        if let [.., a, b, c, d] = *head {
            unmask(payload, [a, b, c, d]);
        }
        Ok(Some((end, self.message(&header, payload)?)))
    }

    /// Checks a header as far as it is there. Lengths are refused before anything is stored.
    fn header(&self, data: &[u8]) -> Result<Option<Header>, Fault> {
        let [first, second, ..] = *data else {
            return Ok(None);
        };
        let opcode = Opcode::new(first & 0x0f).ok_or(Fault::Frame)?;
        let last = first & 0x80 != 0;
        let short = usize::from(second & 0x7f);
        let unmasked = second & 0x80 == 0;
        let begins = matches!(opcode, Opcode::Text | Opcode::Binary);
        let compressed = self.expands && begins && first & COMPRESSED != 0;
        let reserved = if compressed { 0x30 } else { 0x70 };
        if first & reserved != 0 || unmasked || (opcode.is_control() && (!last || short > 125)) {
            return Err(Fault::Frame);
        }
        if !opcode.is_control() && (opcode == Opcode::Continuation) != self.fragments.is_some() {
            return Err(Fault::Frame);
        }
        let (extended, minimum) = match short {
            126 => (2, 126),
            127 => (8, 1 << 16),
            _ => (0, 0),
        };
        let payload = match data.get(2..2 + extended) {
            None => return Ok(None),
            Some([]) => short as u64,
            Some(bytes) => bytes
                .iter()
                .fold(0, |len, byte| len << 8 | u64::from(*byte)),
        };
        if payload < minimum {
            return Err(Fault::Frame);
        }
        let before = self.fragments.as_ref().map_or(0, |f| f.data.len());
        match usize::try_from(payload) {
            Ok(payload) if opcode.is_control() || payload <= self.limit.saturating_sub(before) => {
                Ok(Some(Header {
                    last,
                    compressed,
                    opcode,
                    len: 2 + extended + 4,
                    payload,
                }))
            }
            _ => Err(Fault::TooBig),
        }
    }

    fn message<'a>(&mut self, header: &Header, payload: &'a [u8]) -> Result<Message<'a>, Fault> {
        match header.opcode {
            Opcode::Ping => Ok(Message::Ping(payload)),
            Opcode::Pong => Ok(Message::Pong),
            Opcode::Close => close(payload),
            Opcode::Text if header.last && header.compressed => {
                text(deflate::expand(payload, self.limit)?)
            }
            Opcode::Text if header.last => {
                let text = str::from_utf8(payload).map_err(|_| Fault::Utf8)?;
                Ok(Message::Text(Cow::Borrowed(text)))
            }
            Opcode::Binary if header.last => Ok(Message::Binary),
            Opcode::Text | Opcode::Binary => {
                self.fragments = Some(Fragments {
                    text: header.opcode == Opcode::Text,
                    compressed: header.compressed,
                    data: payload.to_vec(),
                });
                Ok(Message::Part)
            }
            Opcode::Continuation => self.continuation(header.last, payload),
        }
    }

    fn continuation(&mut self, last: bool, payload: &[u8]) -> Result<Message<'static>, Fault> {
        let fragments = self.fragments.as_mut().ok_or(Fault::Frame)?;
        fragments.data.extend_from_slice(payload);
        if !last {
            return Ok(Message::Part);
        }
        match self.fragments.take() {
            Some(Fragments {
                text: true,
                compressed,
                data,
            }) => text(if compressed {
                deflate::expand(&data, self.limit)?
            } else {
                data
            }),
            _ => Ok(Message::Binary),
        }
    }
}

fn text(data: Vec<u8>) -> Result<Message<'static>, Fault> {
    let text = String::from_utf8(data).map_err(|_| Fault::Utf8)?;
    Ok(Message::Text(Cow::Owned(text)))
}

fn close(payload: &[u8]) -> Result<Message<'static>, Fault> {
    let [high, low, reason @ ..] = payload else {
        return match payload {
            [] => Ok(Message::Close(None)),
            _ => Err(Fault::Frame),
        };
    };
    let code = u16::from_be_bytes([*high, *low]);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Fault::Frame);
    }
    str::from_utf8(reason).map_err(|_| Fault::Utf8)?;
    Ok(Message::Close(Some(code)))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let mut words = payload.chunks_exact_mut(4);
    for word in &mut words {
        for (byte, key) in word.iter_mut().zip(mask) {
            *byte ^= key;
        }
    }
    for (byte, key) in words.into_remainder().iter_mut().zip(mask) {
        *byte ^= key;
    }
}

/// The bit of a message's first byte that says that it is compressed (RFC 7692, 6).
const COMPRESSED: u8 = 0x40;

/// The longest header of a server's frame.
pub(crate) const MAX_HEADER: usize = 10;

/// Makes `buffer`, which begins with [`MAX_HEADER`] bytes of room, one server frame whose payload is
/// the rest. Returns where the frame begins.
#[expect(clippy::cast_possible_truncation, reason = "each arm checks its range")]
pub(crate) fn seal(opcode: Opcode, buffer: &mut [u8]) -> usize {
    let len = buffer.len().saturating_sub(MAX_HEADER);
    let first = 0x80 | opcode as u8;
    let start = match len {
        0..126 => MAX_HEADER - 2,
        126..0x1_0000 => MAX_HEADER - 4,
        _ => 0,
    };
    let length = (len as u64).to_be_bytes();
    if let Some(room) = buffer.get_mut(start..MAX_HEADER) {
        match room {
            [a, b] => (*a, *b) = (first, len as u8),
            [a, b, extended @ ..] => {
                (*a, *b) = (first, if extended.len() == 2 { 126 } else { 127 });
                extended.copy_from_slice(&length[8 - extended.len()..]);
            }
            _ => {}
        }
    }
    start
}

/// A server's frame.
pub(crate) fn encode(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut buffer = vec![0; MAX_HEADER];
    buffer.extend_from_slice(payload);
    let start = seal(opcode, &mut buffer);
    Bytes::from(buffer).slice(start..)
}

/// The compressed form of a text frame with this payload, where it is the smaller one.
pub(crate) fn compressed(payload: &[u8]) -> Option<Bytes> {
    let mut buffer = vec![0; MAX_HEADER];
    if !deflate::compress(payload, &mut buffer) || buffer.len() >= payload.len() + MAX_HEADER {
        return None;
    }
    let start = seal(Opcode::Text, &mut buffer);
    *buffer.get_mut(start)? |= COMPRESSED;
    Some(Bytes::from(buffer).slice(start..))
}

/// The first end of a frame at or after `position`, in a block of whole server frames.
pub(crate) fn boundary(block: &[u8], position: usize) -> usize {
    let mut end = 0;
    while end < position {
        let extended = match block.get(end + 1) {
            None => return block.len(),
            Some(126) => 2,
            Some(127) => 8,
            Some(_) => 0,
        };
        let payload = match (extended, block.get(end + 2..end + 2 + extended)) {
            (0, _) => block.get(end + 1).map_or(0, |len| usize::from(*len)),
            (_, Some(bytes)) => bytes
                .iter()
                .fold(0, |len, byte| len << 8 | usize::from(*byte)),
            (_, None) => return block.len(),
        };
        end += 2 + extended + payload;
    }
    end.min(block.len())
}

#[cfg(test)]
mod tests;
