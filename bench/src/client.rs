//! One Socket.IO client: its way in, then events in and out.

use crate::frame;
use memchr::memmem;
use mio::net::TcpStream;
use std::io::{self, ErrorKind, Read, Write};

/// What a client says on its way in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The Socket.IO packet that asks to be connected.
    pub(crate) connect: String,
    /// Events to be acknowledged one after the other, as JSON.
    pub(crate) joins: Vec<String>,
}

/// How far a client has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The WebSocket is asked for.
    Upgrading,
    /// Engine.IO has to open.
    Opening,
    /// Socket.IO has to connect.
    Connecting,
    /// So many rooms were joined.
    Joining(usize),
    /// In.
    Ready,
    /// Out.
    Gone,
}

/// A client.
pub(crate) struct Client {
    pub(crate) phase: Phase,
    pub(crate) stream: TcpStream,
    /// The beginning of a frame whose end is not here yet.
    partial: Vec<u8>,
    unsent: Vec<u8>,
}

const UPGRADE: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n\
    Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: cGFybG9yLWJlbmNoLWtleQ==\r\n\r\n";

impl Client {
    /// A client that asks for a WebSocket as soon as its connection stands.
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            phase: Phase::Upgrading,
            stream,
            partial: Vec::new(),
            unsent: UPGRADE.as_bytes().to_vec(),
        }
    }

    /// Sends a packet.
    pub(crate) fn send(&mut self, packet: &str) -> io::Result<()> {
        self.send_frame(frame::TEXT, packet.as_bytes())
    }

    fn send_frame(&mut self, opcode: u8, payload: &[u8]) -> io::Result<()> {
        frame::write(&mut self.unsent, opcode, payload);
        self.flush()
    }

    /// Writes what waits, as far as the socket takes it.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let mut written = 0;
        while written < self.unsent.len() {
            match self.stream.write(&self.unsent[written..]) {
                Ok(more) => written += more,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::NotConnected => break,
                    ErrorKind::Interrupted => {}
                    _ => return Err(error),
                },
            }
        }
        if written == self.unsent.len() && written > 4096 {
            self.unsent = Vec::new();
        } else {
            self.unsent.drain(..written);
        }
        Ok(())
    }

    /// Reads what there is. Packets that come once the client is in go to `hear`.
    pub(crate) fn read(
        &mut self,
        buffer: &mut [u8],
        entry: &Entry,
        hear: &mut impl FnMut(&[u8]),
    ) -> io::Result<()> {
        loop {
            let kept = self.partial.len();
            let Some(room) = buffer.get_mut(kept..).filter(|room| !room.is_empty()) else {
                return Err(io::Error::other("a frame that is larger than the buffer"));
            };
            let space = room.len();
            let read = match self.stream.read(room) {
                Ok(0) => return Err(io::Error::other("closed by the server")),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            buffer[..kept].copy_from_slice(&self.partial);
            let rest = self.take(&buffer[..kept + read], entry, hear)?;
            self.partial = rest.to_vec();
            // Readiness is told anew when more comes.
            if read < space {
                return Ok(());
            }
        }
    }

    fn take<'a>(
        &mut self,
        mut bytes: &'a [u8],
        entry: &Entry,
        hear: &mut impl FnMut(&[u8]),
    ) -> io::Result<&'a [u8]> {
        if self.phase == Phase::Upgrading {
            let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
                return Ok(bytes);
            };
            if !bytes.starts_with(b"HTTP/1.1 101 ") {
                return Err(refused(&bytes[..end]));
            }
            self.phase = Phase::Opening;
            bytes = &bytes[end + 4..];
        }
        while let Some((frame, rest)) = frame::read(bytes) {
            match frame.opcode {
                frame::TEXT if frame.payload == b"2" => self.send("3")?,
                frame::TEXT if self.phase == Phase::Ready => hear(frame.payload),
                frame::TEXT => self.come_in(frame.payload, entry)?,
                frame::PING => self.send_frame(frame::PONG, frame.payload)?,
                frame::PONG => {}
                frame::CLOSE => return Err(io::Error::other("closed by a frame")),
                opcode => return Err(io::Error::other(format!("a frame of kind {opcode}"))),
            }
            bytes = rest;
        }
        Ok(bytes)
    }

    fn come_in(&mut self, packet: &[u8], entry: &Entry) -> io::Result<()> {
        match (self.phase, packet) {
            (Phase::Opening, [b'0', ..]) => {
                self.phase = Phase::Connecting;
                self.send(&entry.connect)
            }
            (_, [b'4', b'1' | b'4', ..]) => Err(refused(packet)),
            (Phase::Connecting, [b'4', b'0', ..]) => self.join(0, entry),
            (Phase::Joining(joined), [b'4', b'3', ..]) => self.join(joined + 1, entry),
            // What a server tells of others meanwhile.
            _ => Ok(()),
        }
    }

    fn join(&mut self, joined: usize, entry: &Entry) -> io::Result<()> {
        let Some(event) = entry.joins.get(joined) else {
            self.phase = Phase::Ready;
            return Ok(());
        };
        self.phase = Phase::Joining(joined);
        self.send(&format!("42{joined}{event}"))
    }
}

fn refused(answer: &[u8]) -> io::Error {
    let answer = &answer[..answer.len().min(200)];
    io::Error::other(format!("refused: {}", String::from_utf8_lossy(answer)))
}
