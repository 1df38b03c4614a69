//! Rooms and their members as one person sees them.

use super::error::RoomsError;
use super::model::{BanRow, MemberRow, ReadMark};
use super::rules::{self, Denied};
use super::store::{self, RoomsWanted, ViewRow};
use super::{Rooms, Unread, names};
use crate::kernel::actor::Actor;
use crate::kernel::db::sql::containing;
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::limits::Limit as Rate;
use crate::kernel::log::Tx;
use crate::kernel::page::{self, Limit};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::rooms::{Ban, Member, Room, RoomCard, RoomRole, RoomScope};
use parlor_protocol::{Code, Page, Problem, RoomId, Seq, Timestamp, UserId};
use std::collections::HashMap;

/// The longest text that is searched for, in characters.
const SEARCH: usize = 100;

/// Where rooms are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// Everywhere; of those one is not in, those that belong to no community.
    #[default]
    Everywhere,
    /// In a community one is in.
    Community(RoomId),
    /// Communities themselves, by their own rooms.
    Communities,
}

/// Which rooms to list.
pub struct ListRooms {
    /// Where.
    pub within: Within,
    /// Those one is in, those anybody may join, or both.
    pub scope: RoomScope,
    /// Part of the name.
    pub search: Option<String>,
    /// Where a page before this one ended.
    pub cursor: Option<String>,
    /// How many.
    pub limit: Limit,
}

impl Rooms {
    /// A room as `actor` sees it: with its key, where they own it.
    pub async fn view(&self, actor: &Actor, room: RoomId) -> Result<Room, RoomsError> {
        self.check(room, actor, rules::may_see).await?;
        let reader = actor.user_id;
        let row = store::load_view(self.kernel.db.read(), reader, room).await?;
        let row = row.ok_or(Denied::NotFound)?;
        let key = self.key_for_owner(&row);
        let view = self.compose(reader, vec![row]).await?.pop();
        let mut view = view.ok_or(Denied::NotFound)?;
        view.access_key = key;
        Ok(view)
    }

    /// The room of this name, whatever its case, if `actor` may see it.
    pub async fn find_named(
        &self,
        actor: &Actor,
        name: &str,
    ) -> Result<Option<RoomId>, RoomsError> {
        let folded = names::fold(name.trim());
        let found = store::find_by_name(self.kernel.db.read(), &folded).await?;
        let Some(room) = found else { return Ok(None) };
        let visible = rules::may_see(&self.access(room, actor).await?);
        Ok(visible.is_ok().then_some(room))
    }

    /// A room as everybody sees it who may.
    pub async fn card(&self, room: RoomId) -> Result<Option<RoomCard>, StorageError> {
        let row = store::load_view(self.kernel.db.read(), 0, room).await?;
        Ok(row.map(|row| row.room.card(row.last_seq)))
    }

    /// The rooms that `actor` is in or could join.
    pub async fn list(&self, actor: &Actor, wanted: ListRooms) -> Result<Page<Room>, RoomsError> {
        self.kernel.limits.check(Rate::Read, actor.user_id)?;
        if let Within::Community(home) = wanted.within {
            self.check(home, actor, rules::may_see_inside).await?;
        }
        self.list_of(actor.user_id, wanted).await
    }

    async fn list_of(&self, reader: UserId, wanted: ListRooms) -> Result<Page<Room>, RoomsError> {
        let search = wanted.search.as_deref().map(str::trim).unwrap_or_default();
        if search.chars().any(char::is_control) || search.chars().count() > SEARCH {
            let refused = Problem::new(Code::InvalidParam);
            return Err(refused.field("q", "a line of up to 100 characters").into());
        }
        let (within, scope) = (wanted.within, wanted.scope);
        let list = format!("rooms {reader} {within:?} {scope:?} {search}");
        let secrets = &self.kernel.secrets;
        let after = match &wanted.cursor {
            Some(cursor) => page::open_number(secrets, &list, cursor)?,
            None => 0,
        };
        let pattern = (!search.is_empty()).then(|| containing(&names::fold(search)));
        let rows = RoomsWanted {
            scope,
            within,
            pattern,
            after,
            limit: wanted.limit.probe(),
        };
        let rows = store::list_rooms(self.kernel.db.read(), reader, rows).await?;
        let place = |row: &ViewRow| row.room.id.to_string();
        let rows = wanted.limit.page(secrets, &list, rows, place);
        let items = self.compose(reader, rows.items).await?;
        let next = rows.next;
        Ok(Page { items, next })
    }

    /// The communities that a person is in, by their own rooms. Whether they may be told, the caller has asked.
    pub async fn communities_of(
        &self,
        user: UserId,
        limit: Limit,
        cursor: Option<String>,
    ) -> Result<Page<Room>, RoomsError> {
        let wanted = ListRooms {
            within: Within::Communities,
            scope: RoomScope::Joined,
            search: None,
            cursor,
            limit,
        };
        self.list_of(user, wanted).await
    }

    /// The members of a room: owner, admins, then everybody else.
    pub async fn members(
        &self,
        actor: &Actor,
        room: RoomId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Member>, RoomsError> {
        self.kernel.limits.check(Rate::Read, actor.user_id)?;
        self.check(room, actor, rules::may_see).await?;
        let (secrets, list) = (&self.kernel.secrets, format!("members {room}"));
        let after = match cursor {
            Some(cursor) => member_place(&page::open(secrets, &list, cursor)?)?,
            None => (i16::MAX, 0),
        };
        let rows = store::list_members(self.kernel.db.read(), room, after, limit.probe()).await?;
        let place = |row: &MemberRow| format!("{} {}", row.role, row.user_id);
        let rows = limit.page(secrets, &list, rows, place);
        let items = self.compose_members(actor.user_id, &rows.items).await?;
        let next = rows.next;
        Ok(Page { items, next })
    }

    /// Who was sent out of a room for good.
    pub async fn bans(
        &self,
        actor: &Actor,
        room: RoomId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Ban>, RoomsError> {
        self.check(room, actor, rules::may_moderate).await?;
        let (secrets, list) = (&self.kernel.secrets, format!("bans {room}"));
        let after = match cursor {
            Some(cursor) => page::open_number(secrets, &list, cursor)?,
            None => 0,
        };
        let rows = store::list_bans(self.kernel.db.read(), room, after, limit.probe()).await?;
        let rows = limit.page(secrets, &list, rows, |row| row.user_id.to_string());
        let ids: Vec<UserId> = rows.items.iter().map(|row| row.user_id).collect();
        let mut briefs = self.accounts.briefs(&ids).await?;
        let ban = |row: &BanRow| {
            Some(Ban {
                user: briefs.remove(&row.user_id)?,
                banned_by: row.banned_by,
                banned_at: Timestamp(row.banned_at),
            })
        };
        let items = rows.items.iter().filter_map(ban).collect();
        let next = rows.next;
        Ok(Page { items, next })
    }

    /// One member, as `actor` sees them.
    pub(super) async fn member(
        &self,
        actor: &Actor,
        room: RoomId,
        user: UserId,
    ) -> Result<Member, RoomsError> {
        let row = store::load_member(self.kernel.db.read(), room, user).await?;
        let row = row.ok_or(Denied::NotFound)?;
        let member = self.compose_members(actor.user_id, &[row]).await?.pop();
        Ok(member.ok_or(Denied::NotFound)?)
    }

    /// How somebody is shown in an event.
    pub(super) async fn brief(&self, user: UserId) -> Result<UserBrief, RoomsError> {
        let brief = self.accounts.briefs(&[user]).await?.remove(&user);
        Ok(brief.ok_or(Denied::NotFound)?)
    }

    /// The members who have read what somebody (`except`) has said at a place, in the order of their ids, after one of
    /// them.
    pub async fn readers(
        &self,
        place: (RoomId, Seq),
        except: UserId,
        after: UserId,
        limit: i64,
    ) -> Result<Vec<ReadMark>, StorageError> {
        store::list_readers(self.kernel.db.read(), place, except, after, limit).await
    }

    /// How far a member has read; `None` for somebody outside.
    pub async fn read_mark(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<ReadMark>, StorageError> {
        store::load_read_mark(self.kernel.db.read(), room, user).await
    }

    /// How far each of some people has read in a room; those outside are left out.
    pub async fn read_marks(
        sql: &impl Sql,
        room: RoomId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Seq>, StorageError> {
        store::load_read_marks(sql, room, users).await
    }

    /// How far somebody has read in each of some rooms; those that they are not in are left out.
    pub async fn read_marks_of(
        sql: &impl Sql,
        user: UserId,
        rooms: &[RoomId],
    ) -> Result<HashMap<RoomId, Seq>, StorageError> {
        store::load_read_marks_of(sql, user, rooms).await
    }

    /// Moves a member's read mark forward; false where it was there or beyond. `is_shown`: others see it.
    pub async fn mark_read(
        tx: &mut Tx<'_>,
        room: RoomId,
        user: UserId,
        seq: Seq,
        is_shown: bool,
    ) -> Result<bool, StorageError> {
        let at = is_shown.then(|| tx.now());
        store::move_read_mark(tx.sql(), room, user, seq, at).await
    }

    fn key_for_owner(&self, row: &ViewRow) -> Option<String> {
        let role = row.member.as_ref().map(MemberRow::role)?;
        let sealed = row.room.key_sealed.as_deref()?;
        let key = (role == RoomRole::Owner).then(|| self.keys.open(row.room.id, sealed))?;
        if key.is_none() {
            tracing::error!(
                room = row.room.id,
                "the room's key does not open: was the secret key changed?"
            );
        }
        key
    }

    /// Those of some rooms that a person is in, as they see them, without keys.
    pub(super) async fn views_inside(
        &self,
        reader: UserId,
        rooms: &[RoomId],
    ) -> Result<Vec<Room>, StorageError> {
        let rows = store::load_views_inside(self.kernel.db.read(), reader, rooms).await?;
        self.compose(reader, rows).await
    }

    async fn compose(&self, reader: UserId, rows: Vec<ViewRow>) -> Result<Vec<Room>, StorageError> {
        let peers: Vec<UserId> = rows.iter().filter_map(|r| r.room.peer_of(reader)).collect();
        let briefs = if peers.is_empty() {
            HashMap::new()
        } else {
            self.accounts.briefs(&peers).await?
        };
        let mark = |row: &ViewRow| Some((row.room.id, row.member.as_ref()?.last_read_seq));
        let marks: Vec<(RoomId, Seq)> = rows.iter().filter_map(mark).collect();
        let unread = self.unread(reader, marks).await?;
        let now = self.kernel.clock.now();
        let view = |row: ViewRow| {
            let unread = unread.get(&row.room.id).copied().unwrap_or_default();
            let membership = row.member.map(|member| {
                let mut own = member.membership(now);
                (own.unread_count, own.mention_count) = (unread.messages, unread.mentions);
                (own.is_favourite, own.folder) = (row.shelf.is_favourite, row.shelf.folder);
                own
            });
            Room {
                card: row.room.card(row.last_seq),
                membership,
                peer: row
                    .room
                    .peer_of(reader)
                    .and_then(|id| briefs.get(&id).cloned()),
                access_key: None,
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn unread(
        &self,
        reader: UserId,
        marks: Vec<(RoomId, Seq)>,
    ) -> Result<HashMap<RoomId, Unread>, StorageError> {
        match self.count_unread.get() {
            Some(count) if !marks.is_empty() => count(reader, marks).await,
            _ => Ok(HashMap::new()),
        }
    }

    async fn compose_members(
        &self,
        viewer: UserId,
        rows: &[MemberRow],
    ) -> Result<Vec<Member>, StorageError> {
        let ids: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
        let mut briefs = self.accounts.briefs(&ids).await?;
        let seen: HashMap<_, _> = self.accounts.last_seen(&ids).await?.into_iter().collect();
        let hidden = self.friends.hidden_from(viewer, &ids).await?;
        let now = self.kernel.clock.now();
        let member = |row: &MemberRow| {
            let is_seen = !hidden.contains(&row.user_id);
            let is_online = is_seen && self.kernel.online.since(row.user_id).is_some();
            Some(Member {
                user: briefs.remove(&row.user_id)?,
                role: row.role(),
                is_admin: row.role() >= RoomRole::Admin,
                muted_until: row.muted_until(now),
                joined_at: Timestamp(row.joined_at),
                is_online,
                last_seen: seen.get(&row.user_id).copied().filter(|_| is_seen),
            })
        };
        Ok(rows.iter().filter_map(member).collect())
    }
}

fn member_place(place: &str) -> Result<(i16, UserId), Problem> {
    let (role, user) = place.split_once(' ').unwrap_or_default();
    match (role.parse(), user.parse()) {
        (Ok(role), Ok(user)) => Ok((role, user)),
        _ => Err(Code::InvalidCursor.into()),
    }
}
