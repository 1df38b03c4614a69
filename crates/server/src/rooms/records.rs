//! What is stored of somebody's places in rooms.

use super::Rooms;
use super::model::{kind_from, role_from};
use crate::accounts::records::Record;
use crate::kernel::db::{Sql, StorageError, args};
use parlor_protocol::{RoomId, Seq, Timestamp, UserId};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Place {
    room_id: RoomId,
    kind: i16,
    name: String,
    is_private: bool,
    direct_low: Option<UserId>,
    direct_high: Option<UserId>,
    role: i16,
    joined_at: i64,
    last_read_seq: Seq,
    read_at: Option<i64>,
    is_favourite: bool,
    folder: Option<String>,
    muted_until: Option<i64>,
}

impl Rooms {
    /// The rooms that somebody is in, and how far they have read there.
    pub async fn records(&self, sql: &impl Sql, user: UserId) -> Result<Vec<Record>, StorageError> {
        let query = "SELECT m.room_id, r.kind, r.name, r.is_private, r.direct_low, r.direct_high, m.role, \
             m.joined_at, m.last_read_seq, m.read_at, m.is_favourite, m.folder, x.muted_until \
             FROM room_members m JOIN rooms r ON r.id = m.room_id \
             LEFT JOIN room_mutes x ON x.room_id = m.room_id AND x.user_id = m.user_id \
             WHERE m.user_id = ? ORDER BY m.room_id";
        let places: Vec<Place> = sql.rows(query, args![user]).await?;
        let peer = |place: &Place| {
            let both = [place.direct_low, place.direct_high];
            both.into_iter().flatten().find(|other| *other != user)
        };
        let peers: Vec<UserId> = places.iter().filter_map(peer).collect();
        let people = self.accounts.briefs(&peers).await?;
        let mut records = Vec::with_capacity(places.len() * 2);
        for place in &places {
            let peer = peer(place).and_then(|peer| people.get(&peer));
            let membership = json!({
                "room_id": place.room_id,
                "kind": kind_from(place.kind),
                "name": place.name,
                "is_private": place.is_private,
                "peer": peer,
                "role": role_from(place.role),
                "joined_at": Timestamp(place.joined_at),
                "is_favourite": place.is_favourite,
                "folder": place.folder,
                "muted_until": place.muted_until.map(Timestamp),
            });
            records.push(("memberships", membership));
            let mark = json!({
                "room_id": place.room_id,
                "last_read_seq": place.last_read_seq,
                "read_at": place.read_at.map(Timestamp),
            });
            records.push(("read_marks", mark));
        }
        Ok(records)
    }
}
