//! The least that a server can do: it frames a message once and writes it to each member, one write per member and
//! message, from one thread. It keeps nothing, checks nothing, and speaks just enough Socket.IO to be let in. What it
//! costs is the price of the kernel's part, and so the floor under every server that does not gather messages.

use crate::frame;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use serde_json::Value;
use sha1::{Digest, Sha1};
use socket2::{Domain, Socket, Type};
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

const LISTENER: Token = Token(usize::MAX);
const BACKLOG: i32 = 4096;
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Longer than any measurement, so that no heartbeat is due.
const OPEN: &str = r#"0{"sid":"bare","upgrades":[],"pingInterval":3600000,"pingTimeout":3600000,"maxPayload":65536}"#;

struct Peer {
    stream: TcpStream,
    upgraded: bool,
    unread: Vec<u8>,
    unsent: Vec<u8>,
}

#[derive(Default)]
struct Bare {
    peers: HashMap<usize, Peer>,
    rooms: HashMap<String, Vec<usize>>,
}

/// Serves until it is killed.
pub(crate) fn serve(port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let mut listener = TcpListener::from_std(socket.into());
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut bare = Bare::default();
    let mut next = 0;
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() != LISTENER {
                bare.on_ready(event.token().0);
                continue;
            }
            while let Ok((mut stream, _)) = listener.accept() {
                stream.set_nodelay(true)?;
                let interest = Interest::READABLE | Interest::WRITABLE;
                poll.registry()
                    .register(&mut stream, Token(next), interest)?;
                bare.peers.insert(next, Peer::new(stream));
                next += 1;
            }
        }
    }
}

impl Bare {
    fn on_ready(&mut self, number: usize) {
        let Some(peer) = self.peers.get_mut(&number) else {
            return;
        };
        let heard = peer.flush().and_then(|()| peer.read());
        let Ok(packets) = heard else {
            self.forget(number);
            return;
        };
        for packet in packets {
            self.on_packet(number, &packet);
        }
    }

    fn on_packet(&mut self, number: usize, packet: &str) {
        if packet.starts_with("40") {
            self.send(number, r#"40{"sid":"bare"}"#);
            return;
        }
        let Some(rest) = packet.strip_prefix("42") else {
            return;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (ack, event) = rest.split_at(digits);
        let said: Value = serde_json::from_str(event).unwrap_or_default();
        let Some(room) = said[1]["room"].as_str() else {
            return;
        };
        if said[0] == "join" {
            self.rooms.entry(room.to_owned()).or_default().push(number);
        } else {
            let mut shared = Vec::new();
            frame::write_unmasked(&mut shared, format!("42{event}").as_bytes());
            for member in self.rooms.get(room).into_iter().flatten() {
                if let Some(peer) = self.peers.get_mut(member) {
                    peer.write(&shared);
                }
            }
        }
        if !ack.is_empty() {
            self.send(number, &format!("43{ack}[]"));
        }
    }

    fn send(&mut self, number: usize, packet: &str) {
        if let Some(peer) = self.peers.get_mut(&number) {
            let mut framed = Vec::new();
            frame::write_unmasked(&mut framed, packet.as_bytes());
            peer.write(&framed);
        }
    }

    fn forget(&mut self, number: usize) {
        self.peers.remove(&number);
        for members in self.rooms.values_mut() {
            members.retain(|member| *member != number);
        }
    }
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            upgraded: false,
            unread: Vec::new(),
            unsent: Vec::new(),
        }
    }

    /// The packets that have come.
    fn read(&mut self) -> io::Result<Vec<String>> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.unread.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        if !self.upgraded {
            self.upgrade();
        }
        let mut packets = Vec::new();
        let mut rest = self.unread.as_slice();
        while self.upgraded
            && let Some((opcode, payload, after)) = frame::read_masked(rest)
        {
            if opcode == frame::TEXT {
                packets.extend(String::from_utf8(payload));
            }
            rest = after;
        }
        self.unread = rest.to_vec();
        Ok(packets)
    }

    fn upgrade(&mut self) {
        let Some(end) = memmem::find(&self.unread, b"\r\n\r\n") else {
            return;
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        let key = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("sec-websocket-key")
                .then_some(value.trim())
        });
        let proof = format!("{}{GUID}", key.unwrap_or_default());
        let proof = STANDARD.encode(Sha1::digest(proof));
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {proof}\r\n\r\n"
        );
        self.unread.drain(..end + 4);
        self.upgraded = true;
        self.write(answer.as_bytes());
        let mut open = Vec::new();
        frame::write_unmasked(&mut open, OPEN.as_bytes());
        self.write(&open);
    }

    /// Straight to the socket, unless something waits already; what the socket refuses waits.
    fn write(&mut self, bytes: &[u8]) {
        let mut written = 0;
        if self.unsent.is_empty() {
            // A broken connection is noticed where it is read.
            written = self.stream.write(bytes).unwrap_or_default();
        }
        self.unsent.extend_from_slice(&bytes[written..]);
    }

    fn flush(&mut self) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
