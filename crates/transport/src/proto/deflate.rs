//! Compressed messages: permessage-deflate (RFC 7692).
//!
//! No message is compressed with the help of the one before, in either direction. So a broadcast is compressed once for
//! everybody, and a connection owns no dictionary.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::Fault;

/// The end of a flushed block, which stays off the wire (RFC 7692, 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

thread_local! {
    static SQUEEZER: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
    static EXPANDER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// The answer to the `Sec-WebSocket-Extensions` of a handshake; `None`: nothing there that we can do.
pub(crate) fn negotiate<'a>(headers: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut offers = headers.flat_map(|header| header.split(','));
    offers.find_map(answer)
}

/// The answer to one offer (RFC 7692, 7.1).
fn answer(offer: &str) -> Option<String> {
    let mut parts = offer.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("permessage-deflate") {
        return None;
    }
    let mut answer =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover".to_owned();
    let mut seen = Vec::new();
    for part in parts {
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| {
            (name.trim(), Some(value.trim().trim_matches('"')))
        });
        let valid = match (name, value) {
            (
                "server_no_context_takeover"
                | "client_no_context_takeover"
                | "client_max_window_bits",
                None,
            ) => true,
            ("client_max_window_bits", Some(bits)) => {
                matches!(bits, "8" | "9" | "10" | "11" | "12" | "13" | "14" | "15")
            }
            // A smaller window than the usual one is beyond the library.
            ("server_max_window_bits", Some("15")) => {
                answer.push_str("; server_max_window_bits=15");
                true
            }
            _ => false,
        };
        if !valid || seen.contains(&name) {
            return None;
        }
        seen.push(name);
    }
    Some(answer)
}

/// Appends the compressed form of a message. Whether that worked.
pub(crate) fn compress(message: &[u8], out: &mut Vec<u8>) -> bool {
    SQUEEZER.with_borrow_mut(|squeezer| {
        squeezer.reset();
        out.reserve(message.len() / 2 + 64);
        loop {
            let done = usize::try_from(squeezer.total_in()).unwrap_or(usize::MAX);
            let rest = message.get(done..).unwrap_or_default();
            let room = out.capacity() - out.len();
            let Ok(Status::Ok | Status::BufError) =
                squeezer.compress_vec(rest, out, FlushCompress::Sync)
            else {
                return false;
            };
            // With room left, everything is out.
            if out.len() < out.capacity() && room > 0 {
                break;
            }
            out.reserve(message.len() / 4 + 64);
        }
        if !out.ends_with(&TAIL) {
            return false;
        }
        out.truncate(out.len() - TAIL.len());
        true
    })
}

/// A message in full. Refused where that has more than `limit` bytes, before they are made.
pub(crate) fn expand(compressed: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    EXPANDER.with_borrow_mut(|expander| {
        expander.reset(false);
        let mut message = Vec::with_capacity((compressed.len() * 4 + 64).min(limit + 1));
        let total = compressed.len() + TAIL.len();
        loop {
            let done = usize::try_from(expander.total_in()).unwrap_or(usize::MAX);
            let rest = compressed
                .get(done..)
                .filter(|rest| !rest.is_empty())
                .or_else(|| TAIL.get(done.saturating_sub(compressed.len())..))
                .unwrap_or_default();
            let before = message.len();
            let status = expander
                .decompress_vec(rest, &mut message, FlushDecompress::Sync)
                .map_err(|_| Fault::Frame)?;
            if message.len() > limit {
                return Err(Fault::TooBig);
            }
            let read = usize::try_from(expander.total_in()).unwrap_or(usize::MAX);
            match status {
                // The sender's last block says that it is the last; what may follow is the flush (RFC 7692, 7.2.3.4).
                Status::StreamEnd => {
                    let left = compressed.get(read..).unwrap_or_default();
                    return if matches!(left, [] | [0]) {
                        Ok(message)
                    } else {
                        Err(Fault::Frame)
                    };
                }
                _ if read == total && message.len() < message.capacity() => return Ok(message),
                _ if message.len() == message.capacity() => {
                    message.reserve(message.len().clamp(64, limit + 1 - message.len()));
                }
                // Nothing more comes of it.
                _ if read == done && message.len() == before => return Err(Fault::Frame),
                _ => {}
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 64 * 1024;

    fn compressed(message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        assert!(compress(message, &mut out));
        out
    }

    #[test]
    fn offers_that_we_can_keep_are_taken_and_others_are_not() {
        let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        for (offer, answer) in [
            ("permessage-deflate", Some(plain)),
            ("permessage-deflate; client_max_window_bits", Some(plain)),
            (
                "x-webkit-deflate-frame, Permessage-Deflate; client_max_window_bits=\"10\"",
                Some(plain),
            ),
            (
                "permessage-deflate; server_max_window_bits=10, permessage-deflate",
                Some(plain),
            ),
            ("permessage-deflate; server_max_window_bits=10", None),
            ("permessage-deflate; client_max_window_bits=7", None),
            (
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                None,
            ),
            ("permessage-deflate; server_no_context_takeover=1", None),
            ("permessage-deflate; unheard_of", None),
            ("permessage-bzip2", None),
            ("", None),
        ] {
            assert_eq!(negotiate([offer].into_iter()).as_deref(), answer, "{offer}");
        }
        let wide = negotiate(["permessage-deflate; server_max_window_bits=15"].into_iter());
        assert_eq!(wide, Some(format!("{plain}; server_max_window_bits=15")));
    }

    #[test]
    fn the_examples_of_the_specification_are_understood() {
        // RFC 7692, 7.2.3: once, twice in blocks, uncompressed, and with a last block.
        for bytes in [
            &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..],
            &[
                0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
            ],
            &[
                0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00,
            ],
            &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
        ] {
            assert_eq!(expand(bytes, LIMIT), Ok(b"Hello".to_vec()), "{bytes:x?}");
        }
        assert_eq!(expand(&[0], LIMIT), Ok(vec![]));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_large() {
        let bomb = compressed(&vec![0; 50_000_000]);
        assert!(bomb.len() < LIMIT);
        assert_eq!(expand(&bomb, LIMIT), Err(Fault::TooBig));
        assert_eq!(
            expand(&compressed(&vec![7; LIMIT]), LIMIT).map(|m| m.len()),
            Ok(LIMIT)
        );
        assert_eq!(
            expand(&compressed(&vec![7; LIMIT + 1]), LIMIT),
            Err(Fault::TooBig)
        );
    }

    proptest! {
        #[test]
        fn what_was_compressed_is_the_same_again(message in prop::collection::vec(any::<u8>(), 0..20_000)) {
            prop_assert_eq!(expand(&compressed(&message), LIMIT), Ok(message));
        }

        #[test]
        fn any_bytes_are_expanded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            if let Ok(message) = expand(&bytes, 1_000) {
                prop_assert!(message.len() <= 1_000);
            }
        }
    }
}
