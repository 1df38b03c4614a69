//! What comes from the client.

use std::cell::Cell;
use std::task::{Context, Poll};

use super::{Pump, Stage};
use crate::DisconnectReason;
use crate::Refusal;
use crate::conn::{Item, Link};
use crate::proto::Fault;
use crate::proto::engine::{Packet, SEPARATOR};
use crate::proto::frame::{Message, NORMAL, Opcode};
use crate::proto::session::Action;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

thread_local! {
    /// Lent to the connection that reads; an idle one needs no buffer.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Pump {
    /// Reads and deals with what is there. Whether there was anything.
    pub(super) fn read(&mut self, cx: &mut Context<'_>) -> bool {
        if matches!(self.stage, Stage::Closing | Stage::Answered) {
            return self.await_answer(cx);
        }
        if !self.may_read() {
            return false;
        }
        if self.posted.is_none() && self.stream.is_none() {
            let posted = match &mut self.conn.lock().link {
                Link::Polling(polling) => polling.take_posted(),
                _ => None,
            };
            self.posted = posted.map(|posted| Box::new((posted, 0)));
        }
        if self.posted.is_some() {
            self.read_posted(cx);
            return true;
        }
        // What was left when reading had to stop may hold whole messages.
        let left = self.kept.len();
        if left > 0 && !self.amid {
            self.take_in(cx, &mut []);
            if self.kept.len() < left {
                return true;
            }
        }
        self.read_stream(cx)
    }

    fn read_stream(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stream) = &mut self.stream else {
            return false;
        };
        let mut buffer = BUFFER.take();
        buffer.resize(CHUNK, 0);
        let read = stream.poll_read(cx, &mut buffer);
        match read {
            Poll::Ready(Ok(len)) if len > 0 => {
                self.conn.hear();
                self.take_in(cx, buffer.get_mut(..len).unwrap_or_default());
            }
            Poll::Ready(_) => self.close(cx, DisconnectReason::Closed, NORMAL),
            Poll::Pending => {}
        }
        BUFFER.set(buffer);
        read.is_ready()
    }

    /// Reads on while closing, for the client's own closing frame, and so that it gets to see ours.
    fn await_answer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(stream) = &mut self.stream else {
            return self.take_farewell();
        };
        let mut buffer = BUFFER.take();
        buffer.resize(CHUNK, 0);
        let read = stream.poll_read(cx, &mut buffer);
        match read {
            Poll::Ready(Ok(len)) if len > 0 => {
                if !self.deaf {
                    self.kept
                        .extend_from_slice(buffer.get(..len).unwrap_or_default());
                    self.seek_answer();
                }
            }
            Poll::Ready(_) => self.drop_link(),
            Poll::Pending => {}
        }
        BUFFER.set(buffer);
        read.is_ready()
    }

    /// The same for a client that polls: it may say that it closes, too, instead of asking for our closing packet.
    fn take_farewell(&mut self) -> bool {
        let posted = match &mut self.conn.lock().link {
            Link::Polling(polling) => polling.take_posted(),
            _ => None,
        };
        let Some(posted) = posted else {
            return false;
        };
        let mut packets = posted.body.split(char::from(SEPARATOR));
        let farewell = packets.any(|packet| Packet::decode(packet) == Ok(Packet::Close));
        // The client may have gone.
        let _ = posted.done.send(Ok(()));
        if farewell {
            self.drop_link();
        }
        true
    }

    fn seek_answer(&mut self) {
        let mut used = 0;
        loop {
            match self
                .decoder
                .next(self.kept.get_mut(used..).unwrap_or_default())
            {
                Ok(None) => break,
                Ok(Some((_, Message::Close(_)))) => {
                    self.stage = Stage::Answered;
                    break;
                }
                Ok(Some((len, _))) => used += len,
                Err(_) => {
                    self.deaf = true;
                    break;
                }
            }
        }
        self.kept.drain(..used);
    }

    /// Deals with the messages in what is kept and what came now, and keeps the rest.
    fn take_in(&mut self, cx: &mut Context<'_>, came: &mut [u8]) {
        let mut kept = std::mem::take(&mut self.kept);
        let was_amid = self.amid;
        let mut messages = 0;
        if kept.is_empty() {
            let used = self.messages(cx, came, &mut messages);
            kept = came.get(used..).unwrap_or_default().to_vec();
        } else {
            kept.extend_from_slice(came);
            let used = self.messages(cx, &mut kept, &mut messages);
            kept.drain(..used);
            if kept.is_empty() {
                kept = Vec::new();
            }
        }
        if self.deaf {
            return;
        }
        self.kept = kept;
        if matches!(self.stage, Stage::Closing | Stage::Answered) {
            return self.seek_answer();
        }
        self.amid = self.may_read() && (!self.kept.is_empty() || self.decoder.is_amid_message());
        if self.amid || was_amid {
            let amid = self.amid;
            let out = &mut *self.conn.lock();
            self.conn.schedule(out, |deadlines, now, rules| {
                if messages > 0 || !amid {
                    deadlines.amid_message(false, now, rules);
                }
                deadlines.amid_message(amid, now, rules);
            });
        }
    }

    /// Deals with the messages at the start of `data`, as long as that may be. How much they were.
    fn messages(&mut self, cx: &mut Context<'_>, data: &mut [u8], messages: &mut usize) -> usize {
        let mut used = 0;
        while self.may_read() {
            match self.decoder.next(data.get_mut(used..).unwrap_or_default()) {
                Ok(None) => break,
                Ok(Some((len, message))) => {
                    used += len;
                    *messages += usize::from(message != Message::Part);
                    self.message(cx, message);
                }
                Err(fault) => {
                    self.fail(cx, fault);
                    break;
                }
            }
        }
        used
    }

    fn message(&mut self, cx: &mut Context<'_>, message: Message<'_>) {
        match message {
            Message::Text(text) => self.packet(cx, &text),
            Message::Binary => self.fail(cx, Fault::Attachment),
            Message::Part | Message::Pong => {}
            Message::Ping(payload) => {
                let pong = Item::frame(Opcode::Pong, payload);
                self.conn.send(&mut self.conn.lock(), pong);
            }
            // Answered with the same code; then the connection is over (RFC 6455, 5.5.1).
            Message::Close(code) => {
                self.begin_close(
                    cx,
                    DisconnectReason::Closed,
                    code.unwrap_or(NORMAL),
                    Stage::Answered,
                );
            }
        }
    }

    /// Deals with the packets of a polling body, as long as that may be.
    fn read_posted(&mut self, cx: &mut Context<'_>) {
        while self.may_read() {
            let Some(posted) = &mut self.posted else {
                return;
            };
            let Some(rest) = posted.0.body.get(posted.1..) else {
                if let Some(posted) = self.posted.take() {
                    // The client may have gone.
                    let _ = posted.0.done.send(Ok(()));
                }
                return;
            };
            let packet = rest
                .split(char::from(SEPARATOR))
                .next()
                .unwrap_or_default()
                .to_owned();
            posted.1 += packet.len() + 1;
            self.packet(cx, &packet);
        }
    }

    /// Deals with an Engine.IO packet.
    fn packet(&mut self, cx: &mut Context<'_>, text: &str) {
        let paths = self
            .namespaces
            .iter()
            .map(|namespace| namespace.path().unwrap_or_default());
        match self.session.receive(text, paths) {
            Ok(Action::Nothing) => {}
            Ok(Action::Connect(namespace, auth)) => self.connect(cx, namespace, auth),
            Ok(Action::Refuse(path, message)) => self.send_refusal(&path, &Refusal::new(message)),
            Ok(Action::Event(namespace, event)) => self.event(cx, namespace, event),
            Ok(Action::Leave(namespace)) => self.leave(cx, namespace),
            Ok(Action::Close) => self.close(cx, DisconnectReason::Closed, NORMAL),
            Err(fault) => self.fail(cx, fault),
        }
    }
}
