//! Connecting to a namespace.

use std::sync::Arc;
use std::task::Context;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Pump;
use super::work::Done;
use crate::conn::{Held, Seat as OutSeat};
use crate::namespace::Seat;
use crate::proto::session::Namespace;
use crate::proto::socket::Kind;
use crate::{DisconnectReason, Encoded, NewSocket, Refusal, SocketId, SocketRef, Verdict};

/// What a client that may not connect is told.
#[derive(Serialize)]
struct Reply<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl Pump {
    /// The client wants to connect to a namespace: asks its handler.
    pub(super) fn connect(
        &mut self,
        cx: &mut Context<'_>,
        namespace: Namespace,
        auth: Option<Box<RawValue>>,
    ) {
        let Some(target) = self.namespaces.get(usize::from(namespace)) else {
            return;
        };
        let Some(entrance) = target.entrance.clone() else {
            return;
        };
        let id = self.conn.core.next_socket();
        let socket = SocketRef {
            id,
            conn: self.conn.clone(),
            hub: target.hub.clone(),
        };
        {
            let out = &mut *self.conn.lock();
            if out.seats.is_empty() {
                // Most connections have one.
                out.seats.reserve_exact(1);
            }
            out.seats.push(OutSeat {
                socket: id,
                namespace,
                answered: false,
                held: Some(Box::new(Held::default())),
                closed_when_slow: false,
            });
        }
        target.hub.add_socket(id, self.conn.clone());
        let connect = entrance.connect(NewSocket(socket), self.request.clone(), auth);
        let panicked = Done::Connect(id, namespace, Err(Refusal::new("internal error")));
        self.connecting = true;
        let connect = connect.map(move |result| Done::Connect(id, namespace, result));
        if let Some(done) = self.work.start(cx, connect, panicked) {
            self.done(cx, done);
        }
    }

    /// The handler let the client in.
    pub(super) fn accept(
        &mut self,
        cx: &mut Context<'_>,
        id: SocketId,
        namespace: Namespace,
        seat: Arc<dyn Seat>,
    ) {
        self.connecting = false;
        let open = self.answer(id, namespace);
        let early = self.sockets.take_ended_early();
        let early = early.or_else(|| self.conn.lock().orders.ended_as(id));
        let early = early.unwrap_or(DisconnectReason::Closed);
        self.sockets
            .add(id, namespace, seat.clone(), (!open).then_some(early));
        if open {
            self.session.connected(namespace);
            self.start(
                cx,
                id,
                seat.connected()
                    .map(move |()| Done::Event(id, Verdict::Keep)),
            );
        } else {
            self.part(cx, id);
            self.close_if_unused(cx, early);
        }
    }

    /// Tells the client that it is connected, and then what its groups got meanwhile. Whether the
    /// socket is still open.
    fn answer(&self, id: SocketId, namespace: Namespace) -> bool {
        let Some(path) = self.path(namespace) else {
            return false;
        };
        let name = self.conn.core.socket_name(id);
        let packet = Encoded::packet(Kind::Connect, path, None, |out| {
            serde_json::to_writer(out, &serde_json::json!({ "sid": name }))
        });
        let by_application = {
            let out = &mut *self.conn.lock();
            let (Ok(packet), Some(seat)) = (packet, out.seat_of(id)) else {
                return false;
            };
            seat.answered = true;
            let by_application = seat.held.as_ref().is_some_and(|held| held.by_application);
            self.conn.send(out, out.event(packet));
            self.conn.schedule(out, |deadlines, now, rules| {
                deadlines.connected(true, now, rules);
            });
            by_application
        };
        if !by_application {
            self.conn.release(id, |_| true);
        }
        true
    }

    /// The handler did not.
    pub(super) fn refuse(
        &mut self,
        cx: &mut Context<'_>,
        id: SocketId,
        namespace: Namespace,
        refusal: &Refusal,
    ) {
        self.connecting = false;
        self.forget(id, namespace);
        if let Some(path) = self.path(namespace).map(str::to_owned) {
            self.send_refusal(&path, refusal);
        }
        self.sockets.take_ended_early();
        self.close_if_unused(cx, DisconnectReason::Refused);
    }

    /// Tells the client that it cannot connect.
    pub(super) fn send_refusal(&self, path: &str, refusal: &Refusal) {
        let reply = Reply {
            message: &refusal.message,
            data: refusal.data.as_deref(),
        };
        let packet = Encoded::packet(Kind::ConnectError, path, None, |out| {
            serde_json::to_writer(out, &reply)
        });
        if let Ok(packet) = packet {
            let out = &mut *self.conn.lock();
            self.conn.send(out, out.event(packet));
        }
    }
}
