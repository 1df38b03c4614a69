//! What a fuzzer tries on everything that reads what a client sent. As tests they try the kept inputs and some random
//! ones; `scripts/fuzz` lets a fuzzer look for more.

use bolero::check;

use super::deflate;
use super::frame::{Decoder, Message};
use super::session::{Action, Session};

const LIMIT: usize = 64 * 1024;
const PATHS: [&str; 2] = ["/", "/chat"];

/// All that a stream says, read in pieces of `step` bytes.
fn frames(stream: &[u8], step: usize, expands: bool) -> Vec<String> {
    let mut decoder = Decoder::new(LIMIT).expanding(expands);
    let (mut kept, mut said) = (Vec::new(), Vec::new());
    for piece in stream.chunks(step) {
        kept.extend_from_slice(piece);
        loop {
            match decoder.next(&mut kept) {
                Ok(None) => break,
                Ok(Some((used, message))) => {
                    if let Message::Text(text) = &message {
                        assert!(text.len() <= LIMIT);
                    }
                    said.push(format!("{message:?}"));
                    assert!(used > 0);
                    kept.drain(..used);
                }
                Err(fault) => {
                    said.push(format!("{fault:?}"));
                    return said;
                }
            }
        }
    }
    said
}

#[test]
fn a_stream_of_frames_says_the_same_however_it_is_split() {
    check!().for_each(|input: &[u8]| {
        let [choice, stream @ ..] = input else { return };
        let expands = choice & 1 == 1;
        let step = usize::from(choice >> 1) + 1;
        assert_eq!(
            frames(stream, stream.len().max(1), expands),
            frames(stream, step, expands)
        );
    });
}

#[test]
fn packets_are_understood_or_refused() {
    check!().for_each(|input: &[u8]| {
        let mut session = Session::default();
        for text in String::from_utf8_lossy(input).split('\x1e') {
            match session.receive(text, PATHS.into_iter()) {
                Ok(Action::Connect(namespace, auth)) => {
                    assert!(auth.is_none_or(|auth| auth.get().starts_with('{')));
                    session.connected(namespace);
                }
                Ok(Action::Event(_, event)) => assert!(event.args.len() <= 32),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    });
}

#[test]
fn compressed_messages_are_expanded_within_the_limit_or_refused() {
    check!().for_each(|input: &[u8]| {
        if let Ok(message) = deflate::expand(input, 4096) {
            assert!(message.len() <= 4096);
        }
    });
}

#[test]
fn offers_of_extensions_are_answered_with_what_was_offered() {
    check!().for_each(|input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        let answer = deflate::negotiate(text.lines());
        assert!(answer.is_none_or(|answer| answer.is_ascii() && answer.len() < 200));
    });
}
