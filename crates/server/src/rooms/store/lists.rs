//! Pages of rooms, members and bans.

use super::super::model::{BanRow, MemberRow, RoomRow, Shelf, kind_to};
use super::super::view::Within;
use super::COLUMNS;
use crate::kernel::db::{FromRow, Row, Sql, StorageError, Value, args, placeholders};
use crate::kernel::log::Stream;
use parlor_protocol::rooms::{RoomKind, RoomScope};
use parlor_protocol::{RoomId, Seq, UserId};
use serde::Deserialize;

/// A room with the reader's place in it.
#[derive(Clone, Debug)]
pub(in crate::rooms) struct ViewRow {
    pub(in crate::rooms) room: RoomRow,
    pub(in crate::rooms) last_seq: Seq,
    pub(in crate::rooms) member: Option<MemberRow>,
    pub(in crate::rooms) shelf: Shelf,
}

#[derive(Deserialize)]
struct Own {
    last_seq: Option<Seq>,
    role: Option<i16>,
    joined_at: Option<i64>,
    last_read_seq: Option<Seq>,
    muted_until: Option<i64>,
    member_id: Option<UserId>,
    is_favourite: Option<bool>,
    folder: Option<String>,
}

impl FromRow for ViewRow {
    fn from_row(row: &Row) -> Result<Self, StorageError> {
        let own = Own::from_row(row)?;
        let member = || {
            Some(MemberRow {
                user_id: own.member_id?,
                role: own.role?,
                joined_at: own.joined_at?,
                last_read_seq: own.last_read_seq?,
                muted_until: own.muted_until,
            })
        };
        Ok(Self {
            room: RoomRow::from_row(row)?,
            last_seq: own.last_seq.unwrap_or(0),
            member: member(),
            shelf: Shelf {
                is_favourite: own.is_favourite.unwrap_or_default(),
                folder: own.folder,
            },
        })
    }
}

/// Which stretch of which list.
pub(in crate::rooms) struct RoomsWanted {
    pub(in crate::rooms) scope: RoomScope,
    pub(in crate::rooms) within: Within,
    /// A pattern for the folded name.
    pub(in crate::rooms) pattern: Option<String>,
    pub(in crate::rooms) after: RoomId,
    pub(in crate::rooms) limit: i64,
}

fn view_query(reader: UserId, joined: bool) -> (String, Vec<Value>) {
    let join = if joined { "JOIN" } else { "LEFT JOIN" };
    let query = format!(
        "SELECT {COLUMNS}, h.seq AS last_seq, m.user_id AS member_id, m.role, m.joined_at, m.last_read_seq, \
         x.muted_until, m.is_favourite, m.folder FROM rooms r \
         {join} room_members m ON m.room_id = r.id AND m.user_id = ? \
         LEFT JOIN room_mutes x ON x.room_id = r.id AND x.user_id = m.user_id \
         LEFT JOIN log_heads h ON h.kind = ? AND h.id = r.id WHERE "
    );
    (query, args![reader, Stream::Room(0).key().0].to_vec())
}

pub(in crate::rooms) async fn load_view(
    sql: &impl Sql,
    reader: UserId,
    room: RoomId,
) -> Result<Option<ViewRow>, StorageError> {
    let (mut query, mut values) = view_query(reader, false);
    query.push_str("r.id = ?");
    values.push(room.into());
    sql.row(&query, values).await
}

/// Those of some rooms that a person is in.
pub(in crate::rooms) async fn load_views_inside(
    sql: &impl Sql,
    reader: UserId,
    rooms: &[RoomId],
) -> Result<Vec<ViewRow>, StorageError> {
    let mut views = Vec::new();
    for chunk in rooms.chunks(200) {
        let (mut query, mut values) = view_query(reader, true);
        query.push_str("r.id IN (");
        query.push_str(&placeholders(chunk.len()));
        query.push(')');
        values.extend(chunk.iter().map(|room| Value::from(*room)));
        views.extend(sql.rows::<ViewRow>(&query, values).await?);
    }
    Ok(views)
}

/// The rooms that a person is in or could join, in the order of their ids. Those they are banned from are left out.
pub(in crate::rooms) async fn list_rooms(
    sql: &impl Sql,
    reader: UserId,
    wanted: RoomsWanted,
) -> Result<Vec<ViewRow>, StorageError> {
    let (mut query, mut values) = view_query(reader, wanted.scope == RoomScope::Joined);
    query.push_str("r.id > ?");
    values.push(wanted.after.into());
    if wanted.scope != RoomScope::Joined {
        let member = match wanted.scope {
            RoomScope::All => "m.user_id IS NOT NULL OR ",
            RoomScope::Public | RoomScope::Joined => "",
        };
        query.push_str(" AND (");
        query.push_str(member);
        query.push_str(
            "(r.is_private = ? AND NOT EXISTS \
             (SELECT 1 FROM room_bans b WHERE b.room_id = r.id AND b.user_id = ?)",
        );
        values.extend(args![false, reader]);
        // What belongs to a community is found there, and communities among themselves.
        if wanted.within == Within::Everywhere {
            query.push_str(" AND r.home_id IS NULL AND r.kind = ?");
            values.push(kind_to(RoomKind::Room).into());
        }
        query.push_str("))");
    }
    match wanted.within {
        Within::Everywhere => {}
        Within::Community(home) => {
            query.push_str(" AND r.home_id = ?");
            values.push(home.into());
        }
        Within::Communities => {
            query.push_str(" AND r.kind = ?");
            values.push(kind_to(RoomKind::Community).into());
        }
    }
    if let Some(pattern) = wanted.pattern {
        query.push_str(" AND r.name_fold LIKE ? ESCAPE '!'");
        values.push(pattern.into());
    }
    query.push_str(" ORDER BY r.id LIMIT ?");
    values.push(wanted.limit.into());
    sql.rows(&query, values).await
}

/// Members in the order of their standing, then of their ids, after a place in that order.
pub(in crate::rooms) async fn list_members(
    sql: &impl Sql,
    room: RoomId,
    (role, user): (i16, UserId),
    limit: i64,
) -> Result<Vec<MemberRow>, StorageError> {
    let query = "SELECT m.user_id, m.role, m.joined_at, m.last_read_seq, x.muted_until FROM room_members m \
         LEFT JOIN room_mutes x ON x.room_id = m.room_id AND x.user_id = m.user_id \
         WHERE m.room_id = ? AND (m.role < ? OR (m.role = ? AND m.user_id > ?)) \
         ORDER BY m.role DESC, m.user_id LIMIT ?";
    sql.rows(query, args![room, role, role, user, limit]).await
}

/// Those who were sent out for good, in the order of their ids.
pub(in crate::rooms) async fn list_bans(
    sql: &impl Sql,
    room: RoomId,
    after: UserId,
    limit: i64,
) -> Result<Vec<BanRow>, StorageError> {
    let query = "SELECT user_id, banned_by, banned_at FROM room_bans WHERE room_id = ? AND user_id > ? \
         ORDER BY user_id LIMIT ?";
    sql.rows(query, args![room, after, limit]).await
}
