//! How packets reach a connection: written at once where the socket takes them, else queued; and in
//! step with the groups that gather.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Conn, Held, Item, Link, Outbox, Seat};
use crate::group::{Block, GroupCore};
use crate::proto::session::Namespace;
use crate::stats::Counters;
use crate::{DisconnectReason, Encoded, SocketId};

impl Conn {
    /// Sends one item: writes it at once if it can, else queues what the socket refuses.
    pub(crate) fn send(&self, out: &mut Outbox, item: Item) {
        if !out.open {
            return;
        }
        let first = out.queue.is_empty();
        match &out.link {
            Link::Gone => return,
            Link::Tcp(stream) if first && !out.corked => match stream.try_write(item.bytes()) {
                Ok(written) if written == item.bytes().len() => {
                    self.core.counters.wrote(item.packets(), written);
                    return;
                }
                Ok(written) => {
                    self.core.counters.wrote(0, written);
                    out.queue.push_cut(item, written);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => out.queue.push(item),
                Err(_) => return self.order_close(out, DisconnectReason::Closed),
            },
            _ => out.queue.push(item),
        }
        self.queued(out, first);
    }

    /// Sends events that are waiting anyway, in as few writes as possible.
    fn send_all(&self, out: &mut Outbox, items: impl Iterator<Item = Item>) {
        if !out.open || matches!(out.link, Link::Gone) {
            return;
        }
        let first = out.queue.is_empty();
        items.for_each(|item| out.queue.push(item));
        if first && self.write_out(out).is_err() {
            return self.order_close(out, DisconnectReason::Closed);
        }
        if !out.queue.is_empty() {
            self.queued(out, first);
        }
    }

    /// Writes the queue to a TCP stream until it is empty or the stream takes no more.
    pub(crate) fn write_out(&self, out: &mut Outbox) -> io::Result<()> {
        let Link::Tcp(stream) = &out.link else {
            return Ok(());
        };
        while !out.queue.is_empty() {
            match out.queue.write(|slices| stream.try_write_vectored(slices)) {
                Ok((bytes, packets)) => self.core.counters.wrote(packets, bytes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        out.flushed();
        Ok(())
    }

    /// Something is queued, the `first` or not: sees that it is within limits and that someone will
    /// write it.
    fn queued(&self, out: &mut Outbox, first: bool) {
        let config = &self.core.config;
        if out.queue.is_over(config.outbox_events, config.outbox_bytes) {
            self.overflow(out);
        }
        if out.queue.is_stuck() {
            self.order_close(out, DisconnectReason::TooSlow);
        }
        match &mut out.link {
            Link::Polling(polling) => polling.wake(),
            _ if first && !out.corked => self.wake(),
            // Its task is at work, or waits for the stream already.
            _ => {}
        }
    }

    /// The client is too slow: it gets a hint to catch up by itself in place of what waits.
    fn overflow(&self, out: &mut Outbox) {
        Counters::add(&self.core.counters.overflows);
        out.queue.drop_events();
        if out.queue.has_resume() {
            return;
        }
        for position in 0..out.seats.len() {
            match out.seats.get(position).and_then(|seat| self.hint(seat)) {
                Some(packet) => out.queue.push(Item::resume(packet)),
                None => self.order_close(out, DisconnectReason::TooSlow),
            }
        }
    }

    /// Sends an event to a socket, after everything that was sent to it before. Whether it is open.
    pub(crate) fn emit(&self, socket: SocketId, packet: Encoded) -> bool {
        let out = &mut *self.lock();
        if out.seat_of(socket).is_none() {
            return false;
        }
        self.catch_up_now(out);
        self.send(out, out.event(packet));
        true
    }

    /// Sends an event if the client can take it at once.
    pub(crate) fn emit_volatile(&self, socket: SocketId, packet: Encoded) {
        let out = &mut *self.lock();
        if out.seat_of(socket).is_none() {
            return;
        }
        self.catch_up_now(out);
        let polled = match &mut out.link {
            Link::Polling(polling) => polling.is_waiting(),
            _ => true,
        };
        if polled && (out.queue.is_empty() || out.corked) {
            self.send(out, out.event(packet));
        }
    }

    /// Hands over what a group has gathered, unless the connection has it or left the group.
    pub(crate) fn take_block(&self, group: &Arc<GroupCore>, block: &Block) {
        let out = &mut *self.lock();
        let Ok(position) = out.find(group) else {
            return;
        };
        let namespace = group.hub.namespace;
        let whole = block.is_for_all()
            && matches!(out.link, Link::Tcp(_) | Link::Stream)
            && out.seat(namespace).is_some_and(|seat| seat.held.is_none())
            && !(block.among_others && out.has_other_gathering(group));
        let Some(membership) = out.memberships.get_mut(position) else {
            return;
        };
        if membership.cursor >= block.end {
            return;
        }
        if whole && membership.cursor == block.first {
            membership.cursor = block.end;
            let bytes = match out.compress() {
                Some(least) => block.compressed(least),
                None => block.bytes.clone(),
            };
            self.send(out, Item::block(bytes, block.events));
        } else {
            self.catch_up(out, block.limit);
        }
    }

    /// Sends what all groups of the connection have gathered up to now, so that something else can
    /// follow it.
    pub(crate) fn catch_up_now(&self, out: &mut Outbox) {
        if self.core.gathering.load(Ordering::Acquire) > 0 {
            self.catch_up(out, self.core.stamps());
        }
    }

    /// Sends what all groups of the connection have gathered with stamps below `limit`, in the order
    /// of the stamps. Every broadcast with such a stamp is in its group's log, or has not returned
    /// to its caller.
    fn catch_up(&self, out: &mut Outbox, limit: u64) {
        let mut found = Vec::new();
        for membership in &mut out.memberships {
            if membership.group.is_gathering() {
                let namespace = membership.group.hub.namespace;
                let seats = &out.seats;
                let socket = seats
                    .iter()
                    .find(|seat| seat.namespace == namespace)
                    .map(|seat| seat.socket);
                let entries = membership
                    .group
                    .since(&mut membership.cursor, limit, socket);
                found.extend(
                    entries
                        .into_iter()
                        .map(|(stamp, packet)| (stamp, namespace, packet)),
                );
            }
        }
        found.sort_unstable_by_key(|(stamp, ..)| *stamp);
        let mut items = Vec::with_capacity(found.len());
        for (_, namespace, packet) in found {
            match out.seat(namespace).and_then(|seat| seat.held.as_mut()) {
                Some(held) => held.push(
                    packet,
                    self.core.config.outbox_events,
                    self.core.config.outbox_bytes,
                ),
                None => items.push(out.event(packet)),
            }
        }
        if !items.is_empty() {
            self.send_all(out, items.into_iter());
        }
    }

    /// Keeps back what the groups of a socket get from now on.
    pub(crate) fn hold(&self, socket: SocketId) {
        let out = &mut *self.lock();
        self.catch_up_now(out);
        if let Some(seat) = out.seat_of(socket) {
            seat.held.get_or_insert_default().by_application = true;
        }
    }

    /// Sends what was kept back, except what `keep` says no to, until nothing new has been kept
    /// back meanwhile.
    pub(crate) fn release(&self, socket: SocketId, keep: impl Fn(&Encoded) -> bool) {
        loop {
            let mut packets = {
                let out = &mut *self.lock();
                self.catch_up_now(out);
                let Some(seat) = out.seat_of(socket) else {
                    return;
                };
                let Some(held) = &mut seat.held else { return };
                let namespace = seat.namespace;
                if held.packets.is_empty() {
                    let overflowed = held.overflowed;
                    seat.held = None;
                    if overflowed {
                        self.resume(out, namespace);
                    }
                    return;
                }
                held.bytes = 0;
                std::mem::take(&mut held.packets)
            };
            // The application's code runs without the lock.
            packets.retain(&keep);
            let out = &mut *self.lock();
            if out.seat_of(socket).is_some() {
                let items: Vec<_> = packets
                    .into_iter()
                    .map(|packet| out.event(packet))
                    .collect();
                self.send_all(out, items.into_iter());
            }
        }
    }

    /// Tells a client to catch up by itself.
    fn resume(&self, out: &mut Outbox, namespace: Namespace) {
        Counters::add(&self.core.counters.overflows);
        match out.seat(namespace).and_then(|seat| self.hint(seat)) {
            Some(packet) => self.send(out, Item::resume(packet)),
            None => self.order_close(out, DisconnectReason::TooSlow),
        }
    }

    /// What makes the client of a socket catch up by itself. `None`: it is closed, to come back as if it were new.
    fn hint(&self, seat: &Seat) -> Option<Encoded> {
        if seat.closed_when_slow {
            return None;
        }
        self.core.overflow(seat.namespace)
    }
}

impl Outbox {
    /// From how many bytes on a message is to be compressed for this client; `None`: not at all.
    fn compress(&self) -> Option<usize> {
        self.compress
            .filter(|_| !matches!(self.link, Link::Polling(_)))
    }

    /// An event in the form that this client is to get.
    pub(crate) fn event(&self, packet: Encoded) -> Item {
        match self.compress() {
            Some(least) => Item::block(packet.compressed(least), 1),
            None => Item::event(packet),
        }
    }

    fn has_other_gathering(&self, group: &Arc<GroupCore>) -> bool {
        self.memberships
            .iter()
            .any(|other| other.group.is_gathering() && !Arc::ptr_eq(&other.group, group))
    }
}

impl Held {
    fn push(&mut self, packet: Encoded, events: usize, bytes: usize) {
        if self.overflowed {
            return;
        }
        self.bytes += packet.frame().len();
        self.packets.push(packet);
        if self.packets.len() > events || self.bytes > bytes {
            self.overflowed = true;
            self.packets = Vec::new();
        }
    }
}
