//! What is new in the rooms' logs since they were last counted.

use super::HOUR;
use crate::kernel::db::{Sql, StorageError, args};
use crate::kernel::log::Stream;
use parlor_protocol::{RoomId, Seq};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Entries that one query reads.
const STRETCH: i64 = 10_000;

/// A room whose log has grown.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Grown {
    pub(super) room_id: RoomId,
    /// How far it was counted.
    pub(super) seen: Seq,
    /// How far it goes.
    pub(super) head: Seq,
}

/// What was said in some rooms.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// By the hour.
    pub(super) hours: BTreeMap<i64, i64>,
    /// By room: up to which entry, how many messages, and when the last was said.
    pub(super) rooms: Vec<(RoomId, Seq, i64, i64)>,
}

#[derive(Deserialize)]
struct Hour {
    begins: i64,
    messages: i64,
    last_at: i64,
}

/// Rooms after `after` whose logs have grown, by id.
pub(super) async fn grown(
    sql: &impl Sql,
    after: RoomId,
    limit: i64,
) -> Result<Vec<Grown>, StorageError> {
    let query = "SELECT h.id AS room_id, COALESCE(f.seq, 0) AS seen, h.seq AS head FROM log_heads h \
                 JOIN rooms r ON r.id = h.id LEFT JOIN figures_rooms f ON f.room_id = h.id \
                 WHERE h.kind = ? AND h.id > ? AND (f.seq IS NULL OR f.seq < h.seq) ORDER BY h.id LIMIT ?";
    sql.rows(query, args![Stream::Room(0).key().0, after, limit])
        .await
}

/// Reads what was said since, a stretch of a log at a time.
pub(super) async fn said(sql: &impl Sql, rooms: &[Grown]) -> Result<Said, StorageError> {
    let mut said = Said::default();
    for room in rooms {
        let (mut messages, mut last_at) = (0, 0);
        let mut from = room.seen;
        while from < room.head {
            let upto = room.head.min(from + STRETCH);
            for hour in stretch(sql, room.room_id, from, upto).await? {
                *said.hours.entry(hour.begins).or_default() += hour.messages;
                messages += hour.messages;
                last_at = last_at.max(hour.last_at);
            }
            from = upto;
        }
        said.rooms
            .push((room.room_id, room.head, messages, last_at));
    }
    Ok(said)
}

async fn stretch(
    sql: &impl Sql,
    room: RoomId,
    from: Seq,
    upto: Seq,
) -> Result<Vec<Hour>, StorageError> {
    let query = format!(
        "SELECT at - at % {HOUR} AS begins, COUNT(*) AS messages, MAX(at) AS last_at FROM log_entries \
         WHERE kind = ? AND id = ? AND seq > ? AND seq <= ? AND type = 'new_message' GROUP BY begins"
    );
    let (kind, id) = Stream::Room(room).key();
    sql.rows(&query, args![kind, id, from, upto]).await
}
