//! What waits for one connection, in order.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Bytes;

use crate::Encoded;
use crate::proto::engine::SEPARATOR;
use crate::proto::frame;

/// How many pieces one vectored write takes.
const SLICES: usize = 64;

/// The largest number of items besides events that may wait; a client never needs as many.
const MAX_CONTROLS: usize = 64;

/// The largest number of packets in a polling body: Python's Engine.IO client refuses more.
const BODY_PACKETS: usize = 16;

/// One or more packets that belong together.
#[derive(Debug)]
pub(crate) struct Item {
    /// Whole WebSocket frames.
    bytes: Bytes,
    /// Where, in a single frame, the packet begins that polling sends.
    header: u8,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// This many events: dropped when the queue is too long.
    Events(u32),
    /// Sent in place of dropped events.
    Resume,
    Control,
    /// A WebSocket pong, of which only the latest matters.
    Pong,
}

impl Item {
    /// A packet that is dropped when the queue is too long.
    pub(crate) fn event(packet: Encoded) -> Self {
        Self::new(packet, Kind::Events(1))
    }

    /// Events in one piece, for WebSocket alone.
    pub(crate) fn block(bytes: Bytes, events: u32) -> Self {
        Self {
            bytes,
            header: 0,
            kind: Kind::Events(events),
        }
    }

    /// A packet sent in place of dropped events.
    pub(crate) fn resume(packet: Encoded) -> Self {
        Self::new(packet, Kind::Resume)
    }

    /// A packet that is never dropped.
    pub(crate) fn control(packet: Encoded) -> Self {
        Self::new(packet, Kind::Control)
    }

    /// A WebSocket control frame, for WebSocket alone.
    pub(crate) fn frame(opcode: frame::Opcode, payload: &[u8]) -> Self {
        let kind = if opcode == frame::Opcode::Pong {
            Kind::Pong
        } else {
            Kind::Control
        };
        Self {
            bytes: frame::encode(opcode, payload),
            header: 0,
            kind,
        }
    }

    fn new(packet: Encoded, kind: Kind) -> Self {
        let (bytes, header) = packet.into_frame();
        Self {
            bytes,
            header,
            kind,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many packets it is.
    pub(crate) fn packets(&self) -> u32 {
        if let Kind::Events(events) = self.kind {
            events
        } else {
            1
        }
    }
}

/// What waits for one connection. Owns no memory while it is empty.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    items: VecDeque<Item>,
    /// How much of the first item is written.
    written: usize,
    bytes: usize,
    events: usize,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Appends an item.
    pub(crate) fn push(&mut self, item: Item) {
        self.push_cut(item, 0);
    }

    /// Appends to an empty queue an item of which `written` bytes are written, or to any queue a new one.
    pub(crate) fn push_cut(&mut self, item: Item, written: usize) {
        if item.kind == Kind::Pong {
            self.drop_pong();
        }
        self.written += written;
        self.count(&item, true);
        self.bytes -= written;
        self.items.push_back(item);
    }

    /// Whether more waits than may.
    pub(crate) fn is_over(&self, events: usize, bytes: usize) -> bool {
        self.events > events || self.bytes > bytes
    }

    /// Whether the client lets even pongs and the like pile up.
    pub(crate) fn is_stuck(&self) -> bool {
        self.items.len() > MAX_CONTROLS + self.events
    }

    /// Drops all events, except the rest of a frame that is partly written.
    pub(crate) fn drop_events(&mut self) {
        let items = std::mem::take(&mut self.items);
        let mut written = std::mem::take(&mut self.written);
        (self.bytes, self.events) = (0, 0);
        for mut item in items {
            // Only the first can be begun.
            let begun = std::mem::take(&mut written);
            if matches!(item.kind, Kind::Events(_)) {
                let end = frame::boundary(&item.bytes, begun);
                item = Item {
                    bytes: item.bytes.slice(..end),
                    header: 0,
                    kind: Kind::Control,
                };
            }
            if item.bytes.len() > begun {
                self.push_cut(item, begun);
            }
        }
    }

    /// Whether a packet that stands for dropped events waits already.
    pub(crate) fn has_resume(&self) -> bool {
        self.items.iter().any(|item| item.kind == Kind::Resume)
    }

    /// Hands what is to be written next to `write`, and takes off what that says it wrote. Returns
    /// the bytes written and the number of packets completed by them.
    pub(crate) fn write<E>(
        &mut self,
        write: impl FnOnce(&[IoSlice<'_>]) -> Result<usize, E>,
    ) -> Result<(usize, u32), E> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slice, item) in slices.iter_mut().zip(&self.items) {
            let from = if count == 0 { self.written } else { 0 };
            *slice = IoSlice::new(item.bytes.get(from..).unwrap_or_default());
            count += 1;
        }
        let written = write(&slices[..count])?;
        Ok((written, self.advance(written)))
    }

    fn advance(&mut self, written: usize) -> u32 {
        self.written += written;
        self.bytes -= written.min(self.bytes);
        let mut packets = 0;
        while let Some(first) = self.items.front() {
            let Some(rest) = self.written.checked_sub(first.bytes.len()) else {
                break;
            };
            self.written = rest;
            packets += first.packets();
            if let Kind::Events(events) = first.kind {
                self.events -= events as usize;
            }
            self.items.pop_front();
        }
        if self.items.is_empty() {
            self.items = VecDeque::new();
        }
        packets
    }

    /// Takes as much as goes into one polling body; the number of packets in it.
    pub(crate) fn take_body(&mut self) -> (Vec<u8>, u32) {
        let mut body = Vec::new();
        let mut frames = 0;
        for item in self.items.iter().take(BODY_PACKETS) {
            if !body.is_empty() {
                body.push(SEPARATOR);
            }
            let packet = item.bytes.get(usize::from(item.header)..);
            body.extend_from_slice(packet.unwrap_or_default());
            frames += item.bytes.len();
        }
        (body, self.advance(frames))
    }

    fn drop_pong(&mut self) {
        let from = usize::from(self.written > 0);
        if let Some(position) = self
            .items
            .iter()
            .skip(from)
            .position(|item| item.kind == Kind::Pong)
            && let Some(item) = self.items.remove(from + position)
        {
            self.count(&item, false);
        }
    }

    fn count(&mut self, item: &Item, added: bool) {
        let events = if let Kind::Events(events) = item.kind {
            events as usize
        } else {
            0
        };
        if added {
            self.bytes += item.bytes.len();
            self.events += events;
        } else {
            self.bytes -= item.bytes.len();
            self.events -= events;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::proto::frame::Opcode;

    fn packet(text: &str) -> Encoded {
        Encoded::text(text)
    }

    /// Writes at most `max` bytes into `out`.
    fn write(queue: &mut Queue, out: &mut Vec<u8>, max: usize) -> u32 {
        let (_, packets) = queue
            .write(|slices| {
                let all: Vec<u8> = slices
                    .iter()
                    .flat_map(|slice| slice.iter().copied())
                    .collect();
                let len = all.len().min(max);
                out.extend_from_slice(&all[..len]);
                Ok::<_, Infallible>(len)
            })
            .unwrap();
        packets
    }

    #[test]
    fn a_polling_body_holds_all_packets_without_frame_headers() {
        let mut queue = Queue::default();
        queue.push(Item::control(packet("2")));
        queue.push(Item::event(packet(&format!("42[\"{}\"]", "x".repeat(200)))));
        let (body, packets) = queue.take_body();
        assert_eq!(packets, 2);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!("2\x1e42[\"{}\"]", "x".repeat(200))
        );
        assert!(queue.is_empty());

        (0..40).for_each(|n| queue.push(Item::event(packet(&n.to_string()))));
        let counts = [(); 4].map(|()| queue.take_body().1);
        assert_eq!(counts, [16, 16, 8, 0]);
    }

    #[test]
    fn dropping_events_finishes_the_frame_that_is_begun_and_keeps_the_rest() {
        let mut queue = Queue::default();
        let mut block = packet("4a").frame().to_vec();
        block.extend_from_slice(packet("4bcd").frame());
        block.extend_from_slice(packet("4e").frame());
        queue.push(Item::block(block.into(), 3));
        queue.push(Item::control(packet("2")));
        queue.push(Item::event(packet("4f")));
        let mut out = Vec::new();
        write(&mut queue, &mut out, 6); // two bytes into the second frame
        queue.drop_events();
        queue.push(Item::resume(packet("4resume")));
        assert!(queue.has_resume());
        assert!(!queue.is_over(0, 100));
        write(&mut queue, &mut out, 100);
        let mut expected = packet("4a").frame().to_vec();
        for text in ["4bcd", "2", "4resume"] {
            expected.extend_from_slice(packet(text).frame());
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn only_the_latest_pong_waits() {
        let mut queue = Queue::default();
        for n in 0..100 {
            queue.push(Item::frame(Opcode::Pong, &[n]));
        }
        assert!(!queue.is_stuck());
        let mut out = Vec::new();
        assert_eq!(write(&mut queue, &mut out, 100), 1);
        assert_eq!(out, [0x8a, 1, 99]);
    }

    #[test]
    fn a_pong_that_is_begun_is_finished() {
        let mut queue = Queue::default();
        queue.push(Item::frame(Opcode::Pong, b"ab"));
        let mut out = Vec::new();
        write(&mut queue, &mut out, 1);
        queue.push(Item::frame(Opcode::Pong, b"cd"));
        write(&mut queue, &mut out, 100);
        assert_eq!(out, [0x8a, 2, b'a', b'b', 0x8a, 2, b'c', b'd']);
    }

    proptest! {
        #[test]
        fn any_sequence_of_partial_writes_yields_the_same_bytes_and_counts(
            lengths in prop::collection::vec(0usize..400, 1..100),
            steps in prop::collection::vec(1usize..500, 1..50),
        ) {
            let (mut queue, mut expected, mut out) = (Queue::default(), Vec::new(), Vec::new());
            let total = u32::try_from(lengths.len()).unwrap();
            for len in lengths {
                let packet = packet(&"x".repeat(len));
                expected.extend_from_slice(packet.frame());
                queue.push(Item::event(packet));
            }
            let mut packets = 0;
            for step in steps.iter().cycle() {
                prop_assert_eq!(queue.bytes, expected.len() - out.len());
                prop_assert_eq!(queue.events, (total - packets) as usize);
                if queue.is_empty() {
                    break;
                }
                packets += write(&mut queue, &mut out, *step);
            }
            prop_assert_eq!(packets, total);
            prop_assert_eq!(out, expected);
        }
    }
}
