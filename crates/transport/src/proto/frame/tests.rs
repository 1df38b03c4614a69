use proptest::prelude::*;

use super::*;

const LIMIT: usize = 64 * 1024;

/// A client's frame.
fn client(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..0x1_0000 => {
            frame.push(0xfe);
            frame.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            frame.push(0xff);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

/// Everything a stream says, and how it ends, when its bytes come in pieces.
fn read(pieces: &[&[u8]]) -> (Vec<String>, Option<Fault>) {
    let mut decoder = Decoder::new(LIMIT);
    let (mut kept, mut said) = (Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        loop {
            match decoder.next(&mut kept) {
                Ok(None) => break,
                Ok(Some((used, message))) => {
                    if message != Message::Part {
                        said.push(format!("{message:?}"));
                    }
                    kept.drain(..used);
                }
                Err(fault) => return (said, Some(fault)),
            }
        }
    }
    (said, None)
}

#[test]
fn a_message_in_fragments_is_put_together_around_control_frames() {
    let mut stream = client(0x01, "你好".as_bytes().split_at(2).0, [1, 2, 3, 4]);
    stream.extend(client(0x89, b"alive?", [0; 4]));
    stream.extend(client(0x80, "你好".as_bytes().split_at(2).1, [9, 8, 7, 6]));
    let (said, fault) = read(&[&stream]);
    assert_eq!(fault, None);
    assert_eq!(
        said,
        [r"Ping([97, 108, 105, 118, 101, 63])", r#"Text("你好")"#]
    );
}

#[test]
fn a_frame_or_message_beyond_the_limit_is_refused_by_its_header_alone() {
    let claim = [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1];
    assert_eq!(read(&[&claim]), (vec![], Some(Fault::TooBig)));
    let endless = [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(read(&[&endless]), (vec![], Some(Fault::TooBig)));

    let mut stream = client(0x01, &vec![b'a'; LIMIT - 1], [0; 4]);
    stream.extend(client(0x80, b"bc", [0; 4]));
    assert_eq!(read(&[&stream]), (vec![], Some(Fault::TooBig)));
    let whole = client(0x81, &vec![b'a'; LIMIT], [0; 4]);
    assert_eq!(read(&[&whole]).1, None);
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    assert_eq!(
        read(&[&client(0x81, b"4\xff", [5; 4])]),
        (vec![], Some(Fault::Utf8))
    );
    let mut halves = client(0x01, b"\xe4\xbd", [0; 4]);
    halves.extend(client(0x80, b"", [0; 4]));
    assert_eq!(read(&[&halves]), (vec![], Some(Fault::Utf8)));
}

#[test]
fn frames_that_no_client_may_send_are_refused() {
    let refused: [&[u8]; 9] = [
        &[0x81, 0x01, b'a'],                // not masked
        &[0xc1, 0x80, 0, 0, 0, 0],          // a reserved bit
        &[0x83, 0x80, 0, 0, 0, 0],          // an unknown opcode
        &[0x09, 0x80, 0, 0, 0, 0],          // a control frame in fragments
        &[0x89, 0xfe, 0, 126],              // a long control frame
        &[0x80, 0x80, 0, 0, 0, 0],          // a continuation of nothing
        &[0x81, 0xfe, 0, 5],                // a length in more bytes than it needs
        &[0x88, 0x81, 0, 0, 0, 0, 3],       // half a close code
        &[0x88, 0x82, 0, 0, 0, 0, 3, 0xed], // a close code for local use: 1005
    ];
    for frame in refused {
        assert_eq!(read(&[frame]), (vec![], Some(Fault::Frame)), "{frame:x?}");
    }
    let mut nested = client(0x01, b"a", [0; 4]);
    nested.extend(client(0x81, b"b", [0; 4]));
    assert_eq!(read(&[&nested]), (vec![], Some(Fault::Frame)));
}

#[test]
fn a_close_frame_says_its_code() {
    assert_eq!(
        read(&[&client(0x88, b"\x03\xe8bye", [7; 4])]).0,
        ["Close(Some(1000))"]
    );
    assert_eq!(read(&[&client(0x88, b"", [7; 4])]).0, ["Close(None)"]);
}

proptest! {
    #[test]
    fn any_split_of_the_stream_says_the_same(
        messages in prop::collection::vec((prop::collection::vec(any::<char>(), 0..300), any::<[u8; 4]>(), 0usize..4), 1..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let mut stream = Vec::new();
        let mut expected = Vec::new();
        for (text, mask, parts) in messages {
            let text: String = text.into_iter().collect();
            let bytes = text.as_bytes();
            let cut = bytes.len().div_ceil(parts + 1).max(1);
            let pieces: Vec<_> = bytes.chunks(cut).collect();
            for (i, piece) in pieces.iter().enumerate() {
                let first = u8::from(i == 0) | if i + 1 == pieces.len() { 0x80 } else { 0 };
                stream.extend(client(first, piece, mask));
            }
            if pieces.is_empty() {
                stream.extend(client(0x81, b"", mask));
            }
            expected.push(format!("{:?}", Message::Text(text.into())));
        }
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        prop_assert_eq!(read(&pieces), (expected, None));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let whole = read(&[&bytes]);
        let single: Vec<_> = bytes.chunks(1).collect();
        let (said, fault) = read(&single);
        prop_assert_eq!(said, whole.0);
        prop_assert_eq!(fault, whole.1);
    }

    #[test]
    fn a_block_can_be_cut_after_any_frame(
        lengths in prop::collection::vec(prop_oneof![0usize..300, 65_530usize..65_540], 1..6),
        position in any::<prop::sample::Index>(),
    ) {
        let (mut block, mut ends) = (Vec::new(), vec![0]);
        for len in lengths {
            block.extend_from_slice(&encode(Opcode::Text, &vec![b'x'; len]));
            ends.push(block.len());
        }
        let position = position.index(block.len() + 1);
        let expected = ends.into_iter().find(|end| *end >= position).unwrap();
        prop_assert_eq!(boundary(&block, position), expected);
    }
}
