//! The sockets of one connection: their events, and their ends.

use std::sync::Arc;
use std::task::Context;

use futures_util::FutureExt;

use super::Pump;
use super::work::Done;
use crate::namespace::Seat;
use crate::proto::frame;
use crate::proto::session::{ClientEvent, Namespace};
use crate::stats::Counters;
use crate::{Ack, DisconnectReason, Event, SocketId, SocketRef, Verdict, fanout};

/// The sockets that the application knows.
#[derive(Default)]
pub(super) struct Sockets {
    live: Vec<Live>,
    /// Why the one that is connecting cannot stay.
    ended_early: Option<DisconnectReason>,
}

/// A socket that the application knows, until its handler has had the last word.
struct Live {
    id: SocketId,
    namespace: Namespace,
    seat: Arc<dyn Seat>,
    /// How many of its handlers run.
    running: usize,
    ended: Option<DisconnectReason>,
    parting: bool,
}

impl Sockets {
    pub(super) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    fn get(&mut self, id: SocketId) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.id == id)
    }

    /// The socket in a namespace that has not ended.
    fn in_namespace(&mut self, namespace: Namespace) -> Option<&mut Live> {
        self.live
            .iter_mut()
            .find(|live| live.namespace == namespace && live.ended.is_none())
    }

    /// Adds one whose handler has let it in; with a reason, it has ended meanwhile.
    pub(super) fn add(
        &mut self,
        id: SocketId,
        namespace: Namespace,
        seat: Arc<dyn Seat>,
        ended: Option<DisconnectReason>,
    ) {
        if self.live.is_empty() {
            // Most connections have one.
            self.live.reserve_exact(1);
        }
        self.live.push(Live {
            id,
            namespace,
            seat,
            running: 0,
            ended,
            parting: false,
        });
    }

    /// Why the one that was connecting cannot stay, if so.
    pub(super) fn take_ended_early(&mut self) -> Option<DisconnectReason> {
        self.ended_early.take()
    }

    fn none_open(&self) -> bool {
        self.live.iter().all(|live| live.ended.is_some())
    }
}

impl Pump {
    /// A handler is done.
    pub(super) fn done(&mut self, cx: &mut Context<'_>, done: Done) {
        match done {
            Done::Connect(id, namespace, Ok(seat)) => self.accept(cx, id, namespace, seat),
            Done::Connect(id, namespace, Err(refusal)) => self.refuse(cx, id, namespace, &refusal),
            Done::Event(id, verdict) => {
                if let Some(live) = self.sockets.get(id) {
                    live.running -= 1;
                    let namespace = live.namespace;
                    if verdict == Verdict::Close && live.ended.is_none() {
                        self.close_socket(id, namespace, DisconnectReason::Refused);
                    }
                }
                self.part(cx, id);
            }
            Done::Disconnected(id) => self.sockets.live.retain(|live| live.id != id),
        }
    }

    /// The client sent an event: starts its handler.
    pub(super) fn event(&mut self, cx: &mut Context<'_>, namespace: Namespace, event: ClientEvent) {
        Counters::add(&self.conn.core.counters.events);
        let Some(hub) = self
            .namespaces
            .get(usize::from(namespace))
            .map(|target| target.hub.clone())
        else {
            return;
        };
        let Some(live) = self.sockets.in_namespace(namespace) else {
            return;
        };
        let (id, seat) = (live.id, live.seat.clone());
        let conn = self.conn.clone();
        let ack = event.ack.map(|number| Ack {
            socket: SocketRef { id, conn, hub },
            id: number,
        });
        let event = Event {
            name: event.name,
            args: event.args,
            ack,
        };
        self.start(
            cx,
            id,
            seat.event(event)
                .map(move |verdict| Done::Event(id, verdict)),
        );
    }

    /// Starts a handler of a socket.
    pub(super) fn start(
        &mut self,
        cx: &mut Context<'_>,
        id: SocketId,
        handler: impl Future<Output = Done> + Send + 'static,
    ) {
        if let Some(live) = self.sockets.get(id) {
            live.running += 1;
        }
        if let Some(done) = self
            .work
            .start(cx, handler, Done::Event(id, Verdict::Close))
        {
            self.done(cx, done);
        }
    }

    /// The client left a namespace.
    pub(super) fn leave(&mut self, cx: &mut Context<'_>, namespace: Namespace) {
        if let Some(live) = self.sockets.in_namespace(namespace) {
            let id = live.id;
            self.forget(id, namespace);
            live_ended(self.sockets.get(id), DisconnectReason::Left);
            self.part(cx, id);
        }
        if self.sockets.none_open() {
            let out = &mut *self.conn.lock();
            self.conn.schedule(out, |deadlines, now, rules| {
                deadlines.connected(false, now, rules);
            });
        }
    }

    /// Disconnects a socket from our side.
    fn close_socket(&self, id: SocketId, namespace: Namespace, reason: DisconnectReason) {
        if let Some(target) = self.namespaces.get(usize::from(namespace)) {
            target.hub.close(&self.conn, id, reason);
        }
    }

    /// A socket was disconnected from our side.
    pub(super) fn end_socket(
        &mut self,
        cx: &mut Context<'_>,
        id: SocketId,
        reason: DisconnectReason,
    ) {
        let Some(live) = self.sockets.get(id) else {
            if self.connecting {
                self.sockets.ended_early = Some(reason);
            }
            return;
        };
        let namespace = live.namespace;
        live_ended(Some(live), reason);
        self.session.left(namespace);
        self.part(cx, id);
        self.close_if_unused(cx, reason);
    }

    /// Closes a connection that we left without a socket.
    pub(super) fn close_if_unused(&mut self, cx: &mut Context<'_>, reason: DisconnectReason) {
        if self.sockets.none_open() && !self.connecting {
            self.close(cx, reason, frame::NORMAL);
        }
    }

    /// The connection ends, and all sockets with it.
    pub(super) fn end_all_sockets(&mut self, cx: &mut Context<'_>, reason: DisconnectReason) {
        if self.connecting {
            self.sockets.ended_early = Some(reason);
        }
        self.forget_all();
        let ids: Vec<_> = self.sockets.live.iter().map(|live| live.id).collect();
        for id in ids {
            live_ended(self.sockets.get(id), reason);
            self.part(cx, id);
        }
    }

    /// From now on nothing reaches any socket.
    pub(super) fn forget_all(&self) {
        let seats = std::mem::take(&mut self.conn.lock().seats);
        for seat in &seats {
            let hub = self
                .namespaces
                .get(usize::from(seat.namespace))
                .map(|target| &target.hub);
            if let Some(hub) = hub {
                hub.remove_socket(seat.socket);
            }
            let groups = self.conn.lock().remove_memberships(seat.namespace);
            fanout::remove(&self.conn, groups);
        }
    }

    /// From now on nothing reaches a socket.
    pub(super) fn forget(&self, id: SocketId, namespace: Namespace) {
        let Some(target) = self.namespaces.get(usize::from(namespace)) else {
            return;
        };
        let out = &mut *self.conn.lock();
        if out.seat_of(id).is_some() {
            out.seats.retain(|seat| seat.socket != id);
            fanout::remove(&self.conn, out.remove_memberships(namespace));
            target.hub.remove_socket(id);
        }
    }

    /// Gives the handler its last word on a socket that has ended, once its other handlers are done.
    pub(super) fn part(&mut self, cx: &mut Context<'_>, id: SocketId) {
        let Some(live) = self.sockets.get(id) else {
            return;
        };
        let Some(reason) = live.ended.filter(|_| live.running == 0 && !live.parting) else {
            return;
        };
        live.parting = true;
        let last = live
            .seat
            .clone()
            .disconnected(reason)
            .map(move |()| Done::Disconnected(id));
        if let Some(done) = self.work.start(cx, last, Done::Disconnected(id)) {
            self.done(cx, done);
        }
    }

    pub(super) fn path(&self, namespace: Namespace) -> Option<&str> {
        self.namespaces
            .get(usize::from(namespace))
            .map(|target| &*target.hub.path)
    }
}

fn live_ended(live: Option<&mut Live>, reason: DisconnectReason) {
    if let Some(live) = live {
        live.ended.get_or_insert(reason);
    }
}
