//! What a person is to a room: the one answer that every right in it is decided by.

use super::Rooms;
use super::error::RoomsError;
use super::marks::Marks;
use super::rules::{Denied, Right, Target};
use super::store;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use crate::kernel::log::Tx;
use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// What a person is to the community that a room belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The room belongs to none.
    None,
    /// They are not in it.
    Outside,
    /// They are in it.
    Member,
    /// They moderate it, and with it its rooms.
    Admin,
}

impl Home {
    /// Of somebody with this standing in a community's own room.
    pub(super) fn of(role: Option<RoomRole>) -> Self {
        match role {
            None => Self::Outside,
            Some(RoomRole::Member) => Self::Member,
            Some(RoomRole::Admin | RoomRole::Owner) => Self::Admin,
        }
    }
}

/// A person's relation to a room, from memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The room.
    pub room_id: RoomId,
    /// A named room, a direct chat, or the room of a community.
    pub kind: RoomKind,
    /// What they are to the community that the room belongs to.
    pub home: Home,
    /// Invisible from outside.
    pub is_private: bool,
    /// The person.
    pub user_id: UserId,
    /// Their standing; `None` from outside.
    pub role: Option<RoomRole>,
    /// Cannot post until then.
    pub muted_until: Option<Timestamp>,
    /// Sent out for good.
    pub is_banned: bool,
    /// Of the two people of this chat, one has blocked the other.
    pub is_blocked: bool,
    /// A guest.
    pub is_guest: bool,
    /// Runs the server.
    pub is_system_admin: bool,
}

/// What is kept in memory of a room: all that rights depend on.
#[derive(Debug)]
pub(super) struct Standings {
    pub(super) kind: RoomKind,
    pub(super) is_private: bool,
    /// The room of the community that this one belongs to.
    pub(super) home_id: Option<RoomId>,
    pub(super) members: HashMap<UserId, RoomRole>,
    pub(super) mutes: HashMap<UserId, Timestamp>,
    pub(super) bans: HashSet<UserId>,
    /// How far members have read.
    pub(super) marks: Marks,
    /// Of a direct chat: one has blocked the other.
    pub(super) is_blocked: bool,
    /// The members as a list, made when somebody asks.
    pub(super) ids: OnceLock<Arc<[UserId]>>,
}

impl Standings {
    pub(super) fn place(&mut self, user: UserId, role: RoomRole) {
        self.members.insert(user, role);
        self.ids.take();
    }

    pub(super) fn dismiss(&mut self, user: UserId) {
        self.members.remove(&user);
        self.marks.dismiss(user);
        self.ids.take();
    }

    pub(super) fn mute(&mut self, user: UserId, until: Option<Timestamp>) {
        match until {
            Some(until) => drop(self.mutes.insert(user, until)),
            None => drop(self.mutes.remove(&user)),
        }
    }

    pub(super) fn ban(&mut self, user: UserId, banned: bool) {
        if banned {
            self.bans.insert(user);
        } else {
            self.bans.remove(&user);
        }
    }

    fn member_ids(&self) -> Arc<[UserId]> {
        let list = || {
            let mut ids: Vec<UserId> = self.members.keys().copied().collect();
            ids.sort_unstable();
            ids.into()
        };
        self.ids.get_or_init(list).clone()
    }

    pub(super) fn access(&self, room: RoomId, actor: &Actor) -> Access {
        let user = actor.user_id;
        Access {
            room_id: room,
            kind: self.kind,
            home: Home::None,
            is_private: self.is_private,
            user_id: user,
            role: self.members.get(&user).copied(),
            muted_until: self.mutes.get(&user).copied(),
            is_banned: self.bans.contains(&user),
            is_blocked: self.is_blocked,
            is_guest: actor.is_guest,
            is_system_admin: actor.is_system_admin,
        }
    }
}

impl Rooms {
    /// What `actor` is to a room, without I/O once the room is in memory. `not_found` where there is no such room;
    /// whether they may know of it, the rules say.
    pub async fn access(&self, room: RoomId, actor: &Actor) -> Result<Access, RoomsError> {
        let look = |state: &Standings| (state.access(room, actor), state.home_id);
        let found = self.standings(room, look).await?;
        let (access, home) = found.ok_or(Denied::NotFound)?;
        self.at_home(access, home).await
    }

    /// With what the person is to the community that the room belongs to.
    async fn at_home(
        &self,
        mut access: Access,
        home: Option<RoomId>,
    ) -> Result<Access, RoomsError> {
        if let Some(home) = home {
            let user = access.user_id;
            let role = self.standings(home, |state| state.members.get(&user).copied());
            access.home = Home::of(role.await?.flatten());
        }
        Ok(access)
    }

    /// The same from the rows themselves, for a unit of work in the writer's transaction that memory may be behind of.
    pub async fn access_in(tx: &Tx<'_>, room: RoomId, actor: &Actor) -> Result<Access, RoomsError> {
        let row = store::load_room(tx.sql(), room).await?;
        let row = row.ok_or(Denied::NotFound)?;
        Ok(store::load_access(tx.sql(), &row, actor).await?)
    }

    /// The members of a room, in the order of their ids; none where there is no such room.
    pub async fn member_ids(&self, room: RoomId) -> Result<Arc<[UserId]>, StorageError> {
        let ids = self.standings(room, Standings::member_ids).await?;
        Ok(ids.unwrap_or_default())
    }

    /// Whether a person is a member of a room.
    pub async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, StorageError> {
        let inside = self.standings(room, |state| state.members.contains_key(&user));
        Ok(inside.await?.unwrap_or_default())
    }

    /// The two members who have read furthest, the furthest first: of any two, one is not who wrote a given message.
    pub async fn furthest_read(&self, room: RoomId) -> Result<Vec<(UserId, Seq)>, StorageError> {
        let furthest = |state: &Standings| state.marks.furthest().to_vec();
        Ok(self.standings(room, furthest).await?.unwrap_or_default())
    }

    /// The rooms a person is in: what their connections are subscribed to.
    pub async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StorageError> {
        self.joined(user, |rooms| rooms.iter().copied().collect())
            .await
    }

    /// Whether two people are in a room together.
    pub async fn shares_room(&self, one: UserId, other: UserId) -> Result<bool, StorageError> {
        let rooms = self.joined(one, BTreeSet::clone).await?;
        self.joined(other, |others| !rooms.is_disjoint(others))
            .await
    }

    /// Everybody who is in a room with a person, without themselves, in the order of their ids.
    pub async fn acquaintances(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        let mut people = BTreeSet::new();
        for room in self.rooms_of(user).await? {
            people.extend(self.member_ids(room).await?.iter().copied());
        }
        people.remove(&user);
        Ok(people.into_iter().collect())
    }

    /// Everybody who is in a room with a person that not every account joins, without themselves, in the order of
    /// their ids.
    pub async fn companions(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        let for_all = store::load_default_rooms(self.kernel.db.read()).await?;
        let mut people = BTreeSet::new();
        for room in self.rooms_of(user).await? {
            if !for_all.contains(&room) {
                people.extend(self.member_ids(room).await?.iter().copied());
            }
        }
        people.remove(&user);
        Ok(people.into_iter().collect())
    }

    /// Refuses early what the rows would refuse in the writer's transaction, where it is asked again: whoever may not
    /// does not make the writer work.
    pub(super) async fn check(
        &self,
        room: RoomId,
        actor: &Actor,
        may: impl FnOnce(&Access) -> Right,
    ) -> Result<(), RoomsError> {
        Ok(may(&self.access(room, actor).await?)?)
    }

    /// The same for what is done to somebody, which is also limited.
    pub(super) async fn check_about(
        &self,
        room: RoomId,
        actor: &Actor,
        user_id: UserId,
        may: impl FnOnce(&Access, Target) -> Right,
    ) -> Result<(), RoomsError> {
        let standing = |state: &Standings| {
            let role = state.members.get(&user_id).copied();
            let target = Target { user_id, role };
            (state.access(room, actor), state.home_id, target)
        };
        let found = self.standings(room, standing).await?;
        let (access, home, target) = found.ok_or(Denied::NotFound)?;
        let access = self.at_home(access, home).await?;
        may(&access, target)?;
        Ok(self.kernel.limits.check(Limit::Change, actor.user_id)?)
    }

    async fn standings<R>(
        &self,
        room: RoomId,
        look: impl FnOnce(&Standings) -> R,
    ) -> Result<Option<R>, StorageError> {
        let load = store::load_standings(self.kernel.db.read(), room);
        self.memory.standings.read(room, load, look).await
    }

    async fn joined<R: Default>(
        &self,
        user: UserId,
        look: impl FnOnce(&BTreeSet<RoomId>) -> R,
    ) -> Result<R, StorageError> {
        let load = async {
            let rooms = store::load_rooms_of(self.kernel.db.read(), user).await?;
            Ok::<_, StorageError>(Some(rooms.into_iter().collect()))
        };
        let found = self.memory.joined.read(user, load, look).await?;
        Ok(found.unwrap_or_default())
    }
}
