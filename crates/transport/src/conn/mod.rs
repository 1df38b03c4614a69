//! One connection as the rest of the server sees it: what waits for it, which sockets and groups it
//! has, and what its own [task](crate::pump) is asked to do.

mod deliver;
mod polling;
mod queue;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use futures_util::task::AtomicWaker;
use tokio::net::TcpStream;

pub(crate) use polling::{Polling, Posted, Take};
pub(crate) use queue::{Item, Queue};

use crate::core::{Core, lock};
use crate::group::GroupCore;
use crate::proto::deadlines::{Deadlines, Due, Rules, Tick};
use crate::proto::session::Namespace;
use crate::pump::Wire;
use crate::{DisconnectReason, Encoded, SocketId};

/// One connection.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) core: Arc<Core>,
    out: Mutex<Outbox>,
    /// The connection's task.
    task: AtomicWaker,
    /// Something came from the client since the last tick.
    heard: AtomicBool,
}

/// What is behind a connection's lock. Locks are taken in the order: outbox, hub, group.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) link: Link,
    pub(crate) queue: Queue,
    /// The connection's task is at work and will write what is queued meanwhile in one go.
    pub(crate) corked: bool,
    /// Packets are taken. Not after the closing packet.
    pub(crate) open: bool,
    /// The client takes compressed messages: from this many bytes on.
    pub(crate) compress: Option<usize>,
    pub(crate) seats: Vec<Seat>,
    /// Ordered by the groups' addresses in memory.
    memberships: Vec<Membership>,
    pub(crate) orders: Orders,
    deadlines: Deadlines,
    /// When the wheel looks next.
    scheduled: Tick,
    /// Tasks that wait for the queue to become empty.
    waiting: Vec<Waker>,
}

/// The way to the client.
#[derive(Debug)]
pub(crate) enum Link {
    Polling(Box<Polling>),
    /// Anyone may write, as long as nothing is queued.
    Tcp(Arc<TcpStream>),
    /// Only the connection's task writes.
    Stream,
    Gone,
}

/// A socket: the connection's place in a namespace.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) socket: SocketId,
    pub(crate) namespace: Namespace,
    /// The client knows that it is connected.
    pub(crate) answered: bool,
    /// What its groups get is kept back here.
    pub(crate) held: Option<Box<Held>>,
    /// The client knows no packet that would make it catch up.
    pub(crate) closed_when_slow: bool,
}

/// Events kept back.
#[derive(Debug, Default)]
pub(crate) struct Held {
    packets: Vec<Encoded>,
    bytes: usize,
    overflowed: bool,
    /// Until the application releases them, rather than until the client is connected.
    pub(crate) by_application: bool,
}

/// A group the connection is in, and the number of the event there that it gets next.
#[derive(Debug)]
struct Membership {
    group: Arc<GroupCore>,
    cursor: u64,
}

/// What the connection's task is to do.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    /// Close the connection.
    pub(crate) close: Option<DisconnectReason>,
    /// Let handlers finish, then close for shutdown.
    pub(crate) drain: bool,
    /// Give up the link at once.
    pub(crate) cut: bool,
    /// These sockets are disconnected.
    pub(crate) ended: Vec<(SocketId, DisconnectReason)>,
    /// This WebSocket takes over from polling.
    pub(crate) upgrade: Option<Box<Wire>>,
}

impl Orders {
    /// Why a socket is disconnected, if it is.
    pub(crate) fn ended_as(&self, socket: SocketId) -> Option<DisconnectReason> {
        let mut ended = self.ended.iter();
        ended.find_map(|(id, reason)| (*id == socket).then_some(*reason))
    }
}

impl Conn {
    /// A connection over a link; the wheel looks after it from now on.
    pub(crate) fn new(core: Arc<Core>, link: Link) -> Arc<Self> {
        let deadlines = Deadlines::new(core.wheel.now(), &core.wheel.rules);
        let scheduled = deadlines.next();
        let orders = Orders {
            drain: core.shutting_down.load(Ordering::Acquire),
            ..Orders::default()
        };
        let conn = Arc::new(Self {
            core,
            out: Mutex::new(Outbox {
                link,
                queue: Queue::default(),
                corked: false,
                open: true,
                compress: None,
                seats: Vec::new(),
                memberships: Vec::new(),
                orders,
                deadlines,
                scheduled,
                waiting: Vec::new(),
            }),
            task: AtomicWaker::new(),
            heard: AtomicBool::new(false),
        });
        conn.core.wheel.schedule(Arc::downgrade(&conn), scheduled);
        conn
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Outbox> {
        lock(&self.out)
    }

    /// Wakes the connection's task.
    pub(crate) fn wake(&self) {
        self.task.wake();
    }

    /// The connection's task is the one to wake.
    pub(crate) fn register(&self, cx: &Context<'_>) {
        self.task.register(cx.waker());
    }

    /// From here until the connection's task writes, what is sent is queued, so that several answers are one write.
    pub(crate) fn cork(&self) {
        let out = &mut *self.lock();
        out.corked = out.queue.is_empty() && matches!(out.link, Link::Tcp(_));
    }

    /// Something came from the client.
    pub(crate) fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Asks the connection's task to close it.
    pub(crate) fn order_close(&self, out: &mut Outbox, reason: DisconnectReason) {
        out.orders.close.get_or_insert(reason);
        self.wake();
    }

    /// Changes the deadlines.
    pub(crate) fn schedule(
        self: &Arc<Self>,
        out: &mut Outbox,
        change: impl FnOnce(&mut Deadlines, Tick, &Rules),
    ) {
        let wheel = &self.core.wheel;
        change(&mut out.deadlines, wheel.now(), &wheel.rules);
        let next = out.deadlines.next();
        if next < out.scheduled {
            out.scheduled = next;
            wheel.schedule(Arc::downgrade(self), next);
        }
    }

    /// Does what is due.
    pub(crate) fn tick(self: &Arc<Self>, now: Tick) {
        let wheel = &self.core.wheel;
        let out = &mut *self.lock();
        if matches!(out.link, Link::Gone) {
            return;
        }
        if out.scheduled <= now {
            let heard = self.heard.swap(false, Ordering::Relaxed);
            match out.deadlines.check(now, heard, &wheel.rules) {
                Due::Nothing => {}
                Due::Ping => self.send(out, Item::control(Encoded::text("2"))),
                Due::Silent => {
                    self.order_close(out, DisconnectReason::PingTimeout);
                }
                Due::Late => self.order_close(out, DisconnectReason::Violation),
                Due::Closed => {
                    out.orders.cut = true;
                    self.wake();
                }
            }
            out.scheduled = out.deadlines.next().max(now + 1);
        } else if !wheel.meet(out.scheduled, now) {
            // A newer entry of the wheel has taken this one's place.
            return;
        }
        wheel.schedule(Arc::downgrade(self), out.scheduled);
    }

    /// Ready when nothing waits for the client, or the connection is over.
    pub(crate) fn poll_flushed(&self, cx: &Context<'_>) -> Poll<()> {
        let mut out = self.lock();
        if out.queue.is_empty() || !out.open {
            return Poll::Ready(());
        }
        if !out.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            out.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Outbox {
    /// Tells those who wait for the queue that it is empty, or the connection over.
    pub(crate) fn flushed(&mut self) {
        if !self.waiting.is_empty() {
            std::mem::take(&mut self.waiting)
                .into_iter()
                .for_each(Waker::wake);
        }
    }

    /// The seat in a namespace.
    pub(crate) fn seat(&mut self, namespace: Namespace) -> Option<&mut Seat> {
        self.seats
            .iter_mut()
            .find(|seat| seat.namespace == namespace)
    }

    /// The seat of a socket that is still connected.
    pub(crate) fn seat_of(&mut self, socket: SocketId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.socket == socket)
    }

    fn find(&self, group: &Arc<GroupCore>) -> Result<usize, usize> {
        self.memberships
            .binary_search_by_key(&Arc::as_ptr(group), |membership| {
                Arc::as_ptr(&membership.group)
            })
    }

    /// Notes that the connection is in a group, from event number `cursor` on.
    pub(crate) fn add_membership(&mut self, group: Arc<GroupCore>, cursor: u64) {
        if let Err(position) = self.find(&group) {
            if self.memberships.is_empty() {
                // Most connections are in few groups.
                self.memberships.reserve_exact(2);
            }
            self.memberships
                .insert(position, Membership { group, cursor });
        }
    }

    /// Forgets a group; whether the connection was in it.
    pub(crate) fn remove_membership(&mut self, group: &Arc<GroupCore>) -> bool {
        self.find(group)
            .map(|position| self.memberships.remove(position))
            .is_ok()
    }

    pub(crate) fn is_member(&self, group: &Arc<GroupCore>) -> bool {
        self.find(group).is_ok()
    }

    /// Forgets all groups of a namespace and returns them.
    pub(crate) fn remove_memberships(&mut self, namespace: Namespace) -> Vec<Arc<GroupCore>> {
        let (removed, kept) = std::mem::take(&mut self.memberships)
            .into_iter()
            .partition(|membership| membership.group.hub.namespace == namespace);
        self.memberships = kept;
        let removed: Vec<Membership> = removed;
        removed
            .into_iter()
            .map(|membership| membership.group)
            .collect()
    }
}
