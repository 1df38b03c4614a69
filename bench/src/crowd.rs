//! All clients, on one thread.

use crate::client::{Client, Entry, Phase};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

/// How many are on their way in at the same time.
const DOOR: usize = 100;
/// How many connections to one server share an address of their own; there are about 28,000 ports for each.
const PER_ADDRESS: usize = 10_000;
/// How long coming in may take before something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);
const BUFFER: usize = 256 * 1024;

/// The clients of one server.
pub(crate) struct Crowd {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    clients: Vec<Client>,
    entries: Vec<Entry>,
    ready: usize,
    gone: usize,
    first_error: Option<String>,
}

impl Crowd {
    /// Brings a client in for each entry.
    pub(crate) fn connect(server: SocketAddr, entries: Vec<Entry>) -> io::Result<Self> {
        let mut crowd = Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            buffer: vec![0; BUFFER],
            clients: Vec::with_capacity(entries.len()),
            entries,
            ready: 0,
            gone: 0,
            first_error: None,
        };
        let begun = Instant::now();
        let all = crowd.entries.len();
        while crowd.ready < all {
            while crowd.clients.len() < all && crowd.clients.len() - crowd.ready < DOOR {
                crowd.open(server)?;
            }
            crowd.turn(Duration::from_millis(50), &mut |_, _, _| {})?;
            if crowd.gone > 0 {
                return Err(io::Error::other(crowd.first_error.unwrap_or_default()));
            }
            if begun.elapsed() > PATIENCE {
                let why = format!("only {} of {all} came in", crowd.ready);
                return Err(io::Error::other(why));
            }
        }
        crowd.entries = Vec::new();
        Ok(crowd)
    }

    fn open(&mut self, server: SocketAddr) -> io::Result<()> {
        let number = self.clients.len();
        let socket = Socket::new(Domain::for_address(server), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if let Ok(block @ 1..) = u8::try_from(number / PER_ADDRESS) {
            let address = Ipv4Addr::new(127, 0, block, 1);
            socket.bind(&SocketAddrV4::new(address, 0).into())?;
        }
        let unfinished = |error: &io::Error| {
            error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
        };
        match socket.connect(&server.into()) {
            Err(error) if !unfinished(&error) => return Err(error),
            _ => {}
        }
        let mut stream = TcpStream::from_std(socket.into());
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll
            .registry()
            .register(&mut stream, Token(number), interest)?;
        self.clients.push(Client::new(stream));
        Ok(())
    }

    /// Waits up to `time` for something to happen, and lets `hear` know what came: to whom, when it was read, and the
    /// packet.
    pub(crate) fn turn(
        &mut self,
        time: Duration,
        hear: &mut impl FnMut(usize, Instant, &[u8]),
    ) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(time)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            Err(_) => return Ok(()),
            Ok(()) => {}
        }
        let nothing = Entry::default();
        for event in &self.events {
            let number = event.token().0;
            let client = &mut self.clients[number];
            if client.phase == Phase::Gone {
                continue;
            }
            let entry = self.entries.get(number).unwrap_or(&nothing);
            let was = client.phase;
            let mut done = Ok(());
            if event.is_writable() {
                done = client.flush();
            }
            if done.is_ok() && (event.is_readable() || event.is_read_closed()) {
                let now = Instant::now();
                let mut hear = |packet: &[u8]| hear(number, now, packet);
                done = client.read(&mut self.buffer, entry, &mut hear);
            }
            if let Err(error) = done {
                client.phase = Phase::Gone;
                self.gone += 1;
                let why = format!("client {number}, {was:?}: {error}");
                self.first_error.get_or_insert(why);
            } else if was != Phase::Ready && client.phase == Phase::Ready {
                self.ready += 1;
            }
        }
        Ok(())
    }

    /// Lets time pass; answers heartbeats and listens to nothing.
    pub(crate) fn rest(&mut self, time: Duration) -> io::Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.turn(left.min(Duration::from_millis(100)), &mut |_, _, _| {})?;
        }
        Ok(())
    }

    /// Sends a packet; from a client that is gone nothing leaves, which shows in the books.
    pub(crate) fn send(&mut self, client: usize, packet: &str) {
        let client = &mut self.clients[client];
        if client.phase == Phase::Ready {
            // A broken connection is noticed where it is read.
            let _ = client.send(packet);
        }
    }

    /// How many lost their connection, and how the first did.
    pub(crate) fn gone(&self) -> (usize, Option<&str>) {
        (self.gone, self.first_error.as_deref())
    }
}
