//! WebSocket frames as a client writes and reads them.

pub(crate) const TEXT: u8 = 0x1;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xa;
/// A part of a message, which servers of short messages do not send.
pub(crate) const PART: u8 = 0x0;

const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/// Instead of a length: it follows in two bytes.
const MEDIUM: u8 = 0x7e;
/// Instead of a length: it follows in eight bytes.
const LONG: u8 = 0x7f;
/// What hides nothing on loopback, but has to be there, and has to be undone by the server.
const MASK: [u8; 4] = [0x5c, 0xa3, 0x1e, 0x77];

/// Appends a client's frame.
pub(crate) fn write(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(FINAL | opcode);
    write_length(out, MASKED, payload.len());
    out.extend_from_slice(&MASK);
    let mask = MASK.iter().cycle();
    out.extend(payload.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
}

/// Appends a server's text frame.
pub(crate) fn write_unmasked(out: &mut Vec<u8>, payload: &[u8]) {
    out.push(FINAL | TEXT);
    write_length(out, 0, payload.len());
    out.extend_from_slice(payload);
}

fn write_length(out: &mut Vec<u8>, flag: u8, length: usize) {
    if let Ok(short @ ..MEDIUM) = u8::try_from(length) {
        out.push(flag | short);
    } else if let Ok(medium) = u16::try_from(length) {
        out.push(flag | MEDIUM);
        out.extend_from_slice(&medium.to_be_bytes());
    } else {
        out.push(flag | LONG);
        out.extend_from_slice(&(length as u64).to_be_bytes());
    }
}

/// A server's frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// [`PART`] also for the first part of a message in several.
    pub(crate) opcode: u8,
    pub(crate) payload: &'a [u8],
}

/// The frame at the start of what was read, and what follows it; none where it is not all there yet.
pub(crate) fn read(bytes: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match head[1] & 0x7f {
        MEDIUM => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        LONG => {
            let (length, rest) = rest.split_first_chunk()?;
            let length = usize::try_from(u64::from_be_bytes(*length));
            (length.unwrap_or(usize::MAX), rest)
        }
        short => (usize::from(short), rest),
    };
    let (payload, rest) = rest.split_at_checked(length)?;
    let opcode = if head[0] & FINAL == 0 {
        PART
    } else {
        head[0] & 0x0f
    };
    Some((Frame { opcode, payload }, rest))
}

/// The payload of a client's text frame at the start of what was read, unmasked, and what follows it.
pub(crate) fn read_masked(bytes: &[u8]) -> Option<(u8, Vec<u8>, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match head[1] & 0x7f {
        MEDIUM => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        LONG => return None,
        short => (usize::from(short), rest),
    };
    let (mask, rest) = rest.split_first_chunk::<4>()?;
    let (payload, rest) = rest.split_at_checked(length)?;
    let mask = mask.iter().cycle();
    let payload = payload.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
    Some((head[0] & 0x0f, payload.collect(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_sizes_come_back() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let mut bytes = Vec::new();
            write_unmasked(&mut bytes, &payload);
            for cut in [0, 1, bytes.len() - 1] {
                assert_eq!(read(&bytes[..cut]), None, "{length} cut at {cut}");
            }
            bytes.push(0x89);
            let (frame, rest) = read(&bytes).unwrap();
            assert_eq!((frame.opcode, frame.payload), (TEXT, &payload[..]));
            assert_eq!(rest, [0x89]);
        }
    }

    #[test]
    fn what_a_client_writes_is_masked() {
        let mut bytes = Vec::new();
        write(&mut bytes, TEXT, b"42[\"message\"]");
        assert!(memchr::memmem::find(&bytes, b"message").is_none());
        let (opcode, payload, rest) = read_masked(&bytes).unwrap();
        assert_eq!(
            (opcode, &payload[..], rest),
            (TEXT, &b"42[\"message\"]"[..], &[][..])
        );
        assert_eq!(read_masked(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn parts_are_told_from_whole_messages() {
        let (frame, _) = read(&[0x01, 1, b'x']).unwrap();
        assert_eq!(frame.opcode, PART);
    }
}
