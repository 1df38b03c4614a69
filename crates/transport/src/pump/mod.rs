//! A connection's one task: reads what the client says, runs the handlers, writes what is queued,
//! and ends the connection in good order.

mod connecting;
mod input;
mod sockets;
mod wire;
mod work;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

pub(crate) use wire::{Stream, Wire};

use crate::conn::{Conn, Item, Link, Posted, Queue};
use crate::core::{Place, lock};
use crate::namespace::Namespace;
use crate::proto::Fault;
use crate::proto::deadlines::{Deadlines, Rules, Tick};
use crate::proto::frame::{self, Decoder, Opcode};
use crate::proto::session::Session;
use crate::stats::Counters;
use crate::{DisconnectReason, Encoded, Handshake};
use sockets::Sockets;
use work::Work;

/// How often the task looks for more to do before it lets others run.
const ROUNDS: usize = 16;

/// A connection's task.
pub(crate) struct Pump {
    conn: Arc<Conn>,
    namespaces: Arc<[Namespace]>,
    request: Arc<Handshake>,
    stream: Option<Stream>,
    decoder: Decoder,
    session: Session,
    sockets: Sockets,
    work: Work,
    /// Bytes that are read and not yet dealt with.
    kept: Vec<u8>,
    /// A polling body, and how much of it is dealt with.
    posted: Option<Box<(Posted, usize)>>,
    /// The namespace that the client is connecting to. Nothing is read meanwhile.
    connecting: bool,
    /// A message has begun.
    amid: bool,
    /// What comes makes no sense any more.
    deaf: bool,
    stage: Stage,
    _place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// Nothing more is read; handlers finish.
    Draining,
    /// The closing packet is queued.
    Closing,
    /// The closing packet is queued, and the client's has come.
    Answered,
}

impl Pump {
    pub(crate) fn new(
        conn: Arc<Conn>,
        namespaces: Arc<[Namespace]>,
        request: Arc<Handshake>,
        wire: Option<Wire>,
        place: Place,
    ) -> Self {
        Counters::add(&conn.core.counters.opened);
        let mut pump = Self {
            decoder: Decoder::new(conn.core.config.max_payload),
            conn,
            namespaces,
            request,
            stream: None,
            session: Session::default(),
            sockets: Sockets::default(),
            work: Work::default(),
            kept: Vec::new(),
            posted: None,
            connecting: false,
            amid: false,
            deaf: false,
            stage: Stage::Open,
            _place: place,
        };
        if let Some(wire) = wire {
            pump.take_up(wire);
        }
        pump
    }

    /// Speaks over a WebSocket from now on.
    fn take_up(&mut self, wire: Wire) {
        let config = &self.conn.core.config;
        self.decoder = Decoder::new(config.max_payload).expanding(wire.compresses);
        self.stream = Some(wire.stream);
        self.kept = wire.early;
    }

    /// Whether the next message may be looked at.
    fn may_read(&self) -> bool {
        self.stage == Stage::Open
            && !self.connecting
            && self.work.len() < self.conn.core.config.max_in_flight
    }

    /// Follows the orders of others.
    fn follow_orders(&mut self, cx: &mut Context<'_>) {
        let orders = std::mem::take(&mut self.conn.lock().orders);
        for (socket, reason) in orders.ended {
            self.end_socket(cx, socket, reason);
        }
        if let Some(wire) = orders.upgrade {
            self.upgrade(*wire);
        }
        if orders.drain && self.stage == Stage::Open {
            self.stage = Stage::Draining;
        }
        if let Some(reason) = orders.close {
            self.close(cx, reason, close_code(reason));
        } else if self.stage == Stage::Draining && self.work.is_empty() && !self.connecting {
            self.close(cx, DisconnectReason::Shutdown, frame::GOING_AWAY);
        }
        if orders.cut {
            self.close(cx, DisconnectReason::Closed, frame::GOING_AWAY);
            self.drop_link();
        }
    }

    /// Moves from polling to a WebSocket.
    fn upgrade(&mut self, wire: Wire) {
        {
            let out = &mut *self.conn.lock();
            let Link::Polling(polling) = &mut out.link else {
                return;
            };
            polling.wake();
            lock(&self.conn.core.polling).remove(&polling.sid);
            out.link = wire.stream.link();
            out.compress = self.conn.core.config.compress.filter(|_| wire.compresses);
        }
        self.take_up(wire);
    }

    /// Begins to close the connection.
    fn close(&mut self, cx: &mut Context<'_>, reason: DisconnectReason, code: u16) {
        self.begin_close(cx, reason, code, Stage::Closing);
        // Not to be waited for: nothing comes, or nothing goes.
        if matches!(
            reason,
            DisconnectReason::Closed | DisconnectReason::PingTimeout
        ) {
            self.drop_link();
        }
    }

    /// Queues the closing packet and ends all sockets.
    fn begin_close(
        &mut self,
        cx: &mut Context<'_>,
        reason: DisconnectReason,
        code: u16,
        stage: Stage,
    ) {
        if matches!(self.stage, Stage::Closing | Stage::Answered) {
            return;
        }
        self.stage = stage;
        let counters = &self.conn.core.counters;
        match reason {
            DisconnectReason::Violation => Counters::add(&counters.violations),
            DisconnectReason::PingTimeout => Counters::add(&counters.ping_timeouts),
            _ => {}
        }
        {
            let out = &mut *self.conn.lock();
            let closing = match out.link {
                Link::Polling(_) => Item::control(Encoded::text("1")),
                _ => Item::frame(Opcode::Close, &code.to_be_bytes()),
            };
            self.conn.send(out, closing);
            out.open = false;
            out.flushed();
            let leaves =
                reason == DisconnectReason::Shutdown && matches!(out.link, Link::Polling(_));
            let end: fn(&mut Deadlines, Tick, &Rules) = if leaves {
                Deadlines::leaving
            } else {
                Deadlines::closing
            };
            self.conn.schedule(out, end);
        }
        if let Some(posted) = self.posted.take() {
            // The client may have gone.
            let _ = posted.0.done.send(Ok(()));
        }
        self.session = Session::default();
        self.end_all_sockets(cx, reason);
    }

    /// The client broke the protocol or a limit.
    fn fail(&mut self, cx: &mut Context<'_>, fault: Fault) {
        tracing::debug!(?fault, address = %self.request.address(), "closing a connection");
        if let Some(posted) = self.posted.take() {
            // The client may have gone.
            let _ = posted.0.done.send(Err(fault));
        }
        self.deaf = true;
        self.close(cx, DisconnectReason::Violation, fault.close_code());
    }

    /// Takes in the handlers that are done, as many as may run at a time. Whether there were any.
    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        for count in 0..self.conn.core.config.max_in_flight {
            let Some(done) = self.work.poll_next(cx) else {
                return count > 0;
            };
            self.done(cx, done);
        }
        true
    }

    /// Writes what is queued.
    fn write(&mut self, cx: &mut Context<'_>) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        let result = {
            let out = &mut *self.conn.lock();
            out.corked = false;
            let result = stream.poll_write(cx, &mut out.queue, &self.conn.core.counters);
            if out.queue.is_empty() {
                out.flushed();
            }
            result
        };
        match result {
            Poll::Ready(Err(_)) => {
                self.close(cx, DisconnectReason::Closed, frame::NORMAL);
                self.drop_link();
            }
            Poll::Ready(Ok(())) if self.stage == Stage::Answered => self.drop_link(),
            _ => {}
        }
    }

    /// Gives up the way to the client.
    fn drop_link(&mut self) {
        self.stream = None;
        self.kept = Vec::new();
        let out = &mut *self.conn.lock();
        if let Link::Polling(polling) = &out.link {
            lock(&self.conn.core.polling).remove(&polling.sid);
        }
        out.link = Link::Gone;
        out.queue = Queue::default();
        out.flushed();
    }

    /// Whether nothing is left to do.
    fn is_over(&mut self) -> bool {
        if !matches!(self.stage, Stage::Closing | Stage::Answered) {
            return false;
        }
        let (polled, gone) = {
            let out = self.conn.lock();
            let polled = matches!(out.link, Link::Polling(_)) && out.queue.is_empty();
            (polled, matches!(out.link, Link::Gone))
        };
        if polled {
            self.drop_link();
        }
        (gone || polled) && self.work.is_empty() && self.sockets.is_empty()
    }
}

/// What a WebSocket's closing frame says.
fn close_code(reason: DisconnectReason) -> u16 {
    match reason {
        DisconnectReason::Violation | DisconnectReason::TooSlow | DisconnectReason::Refused => {
            frame::POLICY
        }
        DisconnectReason::Shutdown => frame::GOING_AWAY,
        _ => frame::NORMAL,
    }
}

impl Future for Pump {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.conn.register(cx);
        for _ in 0..ROUNDS {
            this.follow_orders(cx);
            this.conn.cork();
            let worked = this.work(cx);
            let read = this.read(cx);
            this.write(cx);
            if this.is_over() {
                return Poll::Ready(());
            }
            if !worked && !read {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        // Usually over already; not when the runtime stops.
        self.forget_all();
        self.drop_link();
        Counters::add(&self.conn.core.counters.closed);
        self.conn.core.ended.notify_waiters();
    }
}
