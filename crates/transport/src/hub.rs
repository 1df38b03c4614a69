//! The sockets and groups of one namespace.

use crate::{Encoded, SocketId};

/// The name of a group of sockets, e.g. room 7 or user 3. Exists while it has members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// What sort of thing the group stands for; the application gives these numbers meaning.
    pub kind: u8,
    /// Which one.
    pub id: u64,
}

/// The sockets and groups of one namespace. Cheap to clone.
///
/// What one task does through hubs and sockets takes effect in that order: broadcasts to one group
/// reach all its members in one order; broadcasts to several groups, and events emitted directly,
/// reach a socket in the order of the calls; a join or leave between two broadcasts takes effect
/// between them. Nothing here waits for a slow client.
#[derive(Clone, Debug)]
pub struct Hub {}

impl Hub {
    /// Sends an event to every member of a group.
    pub fn broadcast(&self, group: Group, event: &Encoded) {
        let _ = (group, event);
    }

    /// Sends an event to every member of a group but one.
    pub fn broadcast_except(&self, group: Group, except: SocketId, event: &Encoded) {
        let _ = (group, except, event);
    }

    /// Sends an event to one socket.
    pub fn emit(&self, socket: SocketId, event: &Encoded) {
        let _ = (socket, event);
    }

    /// Puts a socket into a group.
    pub fn join(&self, socket: SocketId, group: Group) {
        let _ = (socket, group);
    }

    /// Takes a socket out of a group.
    pub fn leave(&self, socket: SocketId, group: Group) {
        let _ = (socket, group);
    }

    /// Puts every member of one group into another, e.g. all sockets of a user into a room.
    pub fn join_members(&self, of: Group, into: Group) {
        let _ = (of, into);
    }

    /// Takes every member of one group out of another.
    pub fn leave_members(&self, of: Group, from: Group) {
        let _ = (of, from);
    }

    /// Disconnects every member of a group, as [`SocketRef::close`](crate::SocketRef::close) does.
    pub fn close_group(&self, group: Group, reason: &'static str) {
        let _ = (group, reason);
    }

    /// Disconnects a socket.
    pub fn close(&self, socket: SocketId, reason: &'static str) {
        let _ = (socket, reason);
    }

    /// How many members a group has.
    #[must_use]
    pub fn group_len(&self, group: Group) -> usize {
        let _ = group;
        0
    }

    /// The members of a group.
    #[must_use]
    pub fn members(&self, group: Group) -> Vec<SocketId> {
        let _ = group;
        Vec::new()
    }
}
