//! The sockets and groups of one namespace.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex};

use crate::conn::{Conn, Item};
use crate::core::{Core, lock};
use crate::group::{GroupCore, Member};
use crate::proto::session::Namespace;
use crate::proto::socket::Kind;
use crate::{Cork, DisconnectReason, Encoded, SocketId, SocketRef, fanout};

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
pub struct Hub(pub(crate) Arc<HubCore>);

/// How many maps a hub's sockets and groups are spread over, so that threads seldom meet.
const SHARDS: usize = 32;

/// A hub itself.
#[derive(Debug)]
pub(crate) struct HubCore {
    pub(crate) core: Arc<Core>,
    pub(crate) namespace: Namespace,
    pub(crate) path: Box<str>,
    hasher: RandomState,
    groups: Shards<Group, Arc<GroupCore>>,
    sockets: Shards<SocketId, Arc<Conn>>,
}

type Shards<K, V> = Box<[Mutex<HashMap<K, V>>]>;

impl Hub {
    /// The namespace's path.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.0.path
    }

    /// Sends an event to every member of a group.
    pub fn broadcast(&self, group: Group, event: &Encoded) {
        if let Some(group) = self.0.group(group) {
            fanout::broadcast(&group, event.clone(), None);
        }
    }

    /// Sends an event to every member of a group but one.
    pub fn broadcast_except(&self, group: Group, except: SocketId, event: &Encoded) {
        if let Some(group) = self.0.group(group) {
            fanout::broadcast(&group, event.clone(), Some(except));
        }
    }

    /// Gathers what is broadcast, in this namespace and all others of the transport, until the cork is dropped.
    pub fn cork(&self) -> Cork {
        Cork::new(self.0.core.clone())
    }

    /// Sends an event to one socket.
    pub fn emit(&self, socket: SocketId, event: &Encoded) {
        if let Some(conn) = self.0.conn(socket) {
            conn.emit(socket, event.clone());
        }
    }

    /// Puts a socket into a group.
    pub fn join(&self, socket: SocketId, group: Group) {
        if let Some(conn) = self.0.conn(socket) {
            self.0.join(&conn, socket, group);
        }
    }

    /// Takes a socket out of a group.
    pub fn leave(&self, socket: SocketId, group: Group) {
        if let Some(conn) = self.0.conn(socket) {
            self.0.leave(&conn, group);
        }
    }

    /// Puts every member of one group into another, e.g. all sockets of a user into a room.
    pub fn join_members(&self, of: Group, into: Group) {
        for member in self.0.members(of) {
            self.0.join(&member.conn, member.socket, into);
        }
    }

    /// Takes every member of one group out of another.
    pub fn leave_members(&self, of: Group, from: Group) {
        for member in self.0.members(of) {
            self.0.leave(&member.conn, from);
        }
    }

    /// Disconnects every member of a group, as [`SocketRef::close`] does.
    pub fn close_group(&self, group: Group, reason: &'static str) {
        for member in self.0.members(group) {
            self.0.close(
                &member.conn,
                member.socket,
                DisconnectReason::Server(reason),
            );
        }
    }

    /// Disconnects a socket, as [`SocketRef::close`] does.
    pub fn close(&self, socket: SocketId, reason: &'static str) {
        if let Some(conn) = self.0.conn(socket) {
            self.0
                .close(&conn, socket, DisconnectReason::Server(reason));
        }
    }

    /// A handle to a socket, if it is connected.
    #[must_use]
    pub fn socket(&self, socket: SocketId) -> Option<SocketRef> {
        let conn = self.0.conn(socket)?;
        Some(SocketRef {
            id: socket,
            conn,
            hub: self.0.clone(),
        })
    }

    /// How many members a group has.
    #[must_use]
    pub fn group_len(&self, group: Group) -> usize {
        self.0.group(group).map_or(0, |group| group.len())
    }

    /// The members of a group.
    #[must_use]
    pub fn members(&self, group: Group) -> Vec<SocketId> {
        self.0
            .members(group)
            .into_iter()
            .map(|member| member.socket)
            .collect()
    }
}

impl HubCore {
    pub(crate) fn new(core: Arc<Core>, namespace: Namespace, path: &str) -> Self {
        Self {
            core,
            namespace,
            path: path.into(),
            hasher: RandomState::new(),
            groups: (0..SHARDS).map(|_| Mutex::default()).collect(),
            sockets: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    fn shard<'a, K: Hash, V>(
        &self,
        shards: &'a Shards<K, V>,
        key: &K,
    ) -> Option<&'a Mutex<HashMap<K, V>>> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "any part of a hash will do"
        )]
        let hash = self.hasher.hash_one(key) as usize;
        shards.get(hash % SHARDS)
    }

    fn group(&self, name: Group) -> Option<Arc<GroupCore>> {
        lock(self.shard(&self.groups, &name)?).get(&name).cloned()
    }

    fn conn(&self, socket: SocketId) -> Option<Arc<Conn>> {
        lock(self.shard(&self.sockets, &socket)?)
            .get(&socket)
            .cloned()
    }

    fn members(&self, group: Group) -> Vec<Member> {
        let shares = self
            .group(group)
            .map(|group| group.shares())
            .unwrap_or_default();
        shares
            .iter()
            .flat_map(|share| share.iter().cloned())
            .collect()
    }

    /// A socket is open.
    pub(crate) fn add_socket(&self, socket: SocketId, conn: Arc<Conn>) {
        if let Some(shard) = self.shard(&self.sockets, &socket) {
            lock(shard).insert(socket, conn);
        }
    }

    /// A socket is gone.
    pub(crate) fn remove_socket(&self, socket: SocketId) {
        if let Some(shard) = self.shard(&self.sockets, &socket) {
            lock(shard).remove(&socket);
        }
    }

    /// Puts an open socket into a group.
    pub(crate) fn join(self: &Arc<Self>, conn: &Arc<Conn>, socket: SocketId, name: Group) {
        let out = &mut *conn.lock();
        if out.seat_of(socket).is_none() {
            return;
        }
        let Some(shard) = self.shard(&self.groups, &name) else {
            return;
        };
        let mut groups = lock(shard);
        let group = groups
            .entry(name)
            .or_insert_with(|| Arc::new(GroupCore::new(name, self.clone())));
        if !out.is_member(group) {
            let cursor = group.add(Member {
                conn: conn.clone(),
                socket,
            });
            out.add_membership(group.clone(), cursor);
        }
    }

    /// Takes a connection out of a group, after it has got what was broadcast before.
    pub(crate) fn leave(&self, conn: &Arc<Conn>, name: Group) {
        let out = &mut *conn.lock();
        let Some(group) = self.group(name) else {
            return;
        };
        if out.is_member(&group) {
            conn.catch_up_now(out);
            out.remove_membership(&group);
            self.remove_member(&group, conn);
        }
    }

    /// Takes a connection out of a group's list, and an empty group out of the hub's.
    pub(crate) fn remove_member(&self, group: &Arc<GroupCore>, conn: &Arc<Conn>) {
        let Some(shard) = self.shard(&self.groups, &group.name) else {
            return;
        };
        let mut groups = lock(shard);
        if group.remove(conn) == 0
            && let Entry::Occupied(entry) = groups.entry(group.name)
            && Arc::ptr_eq(entry.get(), group)
        {
            entry.remove();
        }
    }

    /// Disconnects a socket: nothing more reaches it, and its task is told.
    pub(crate) fn close(&self, conn: &Arc<Conn>, socket: SocketId, reason: DisconnectReason) {
        let out = &mut *conn.lock();
        let Some(seat) = out.seat_of(socket) else {
            return;
        };
        let answered = seat.answered;
        conn.catch_up_now(out);
        out.seats.retain(|seat| seat.socket != socket);
        fanout::remove(conn, out.remove_memberships(self.namespace));
        self.remove_socket(socket);
        if answered {
            let Ok(packet) =
                Encoded::packet::<Infallible>(Kind::Disconnect, &self.path, None, |_| Ok(()));
            conn.send(out, Item::control(packet));
        }
        out.orders.ended.push((socket, reason));
        conn.wake();
    }
}
