//! Counting messages.

use crate::kernel::db::{Backend, Sql, StorageError, Value, args, placeholders};
use crate::messages::model::kind_to;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{RoomId, Seq, UserId};
use serde::Deserialize;

/// More than this is not counted: nobody reads the number, and the count would take long.
pub(in crate::messages) const MOST_UNREAD: i64 = 1000;
/// Rooms counted by one statement.
const CHUNK: usize = 50;
/// Values of one statement: every database takes this many.
const VALUES: usize = 20_000;

/// What somebody has not read in a room.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::messages) struct UnreadRow {
    pub(in crate::messages) room_id: RoomId,
    pub(in crate::messages) messages: i64,
    pub(in crate::messages) mentions: i64,
}

/// Counts messages of others after a place in each of some rooms, and those among them that mention `reader`. What
/// `unheard` say is left out.
pub(in crate::messages) async fn unread(
    sql: &impl Sql,
    reader: UserId,
    marks: &[(RoomId, Seq)],
    unheard: &[UserId],
) -> Result<Vec<UnreadRow>, StorageError> {
    let but = match unheard.len() {
        0 => String::new(),
        count => format!("AND m.sender_id NOT IN ({}) ", placeholders(count)),
    };
    // The same for every room: the newest of what is unread, and of each whether it mentions the reader.
    let one = format!(
        "SELECT CAST(? AS BIGINT) AS room_id, COUNT(*) AS messages, \
         CAST(COALESCE(SUM(CASE WHEN u.mentions_room = ? OR EXISTS (SELECT 1 FROM message_mentions n \
         WHERE n.message_id = u.id AND n.user_id = ?) THEN 1 ELSE 0 END), 0) AS BIGINT) AS mentions \
         FROM (SELECT m.id, m.mentions_room FROM messages m WHERE m.room_id = ? AND m.seq > ? \
         AND m.sender_id <> ? {but}AND m.deleted_at IS NULL ORDER BY m.seq DESC LIMIT ?) u"
    );
    let one = if sql.backend() == Backend::MySql {
        one.replace("AS BIGINT", "AS SIGNED")
    } else {
        one
    };
    let mut rows = Vec::with_capacity(marks.len());
    let chunk = (VALUES / (unheard.len() + 7)).clamp(1, CHUNK);
    for chunk in marks.chunks(chunk) {
        let statement = vec![one.as_str(); chunk.len()].join(" UNION ALL ");
        let values = chunk.iter().flat_map(|(room, seq)| {
            let of_room = args![*room, true, reader, *room, *seq, reader].into_iter();
            let unheard = unheard.iter().map(|user| Value::from(*user));
            of_room.chain(unheard).chain(args![MOST_UNREAD])
        });
        let values: Vec<Value> = values.collect();
        rows.extend(sql.rows::<UnreadRow>(&statement, values).await?);
    }
    Ok(rows)
}

/// How many messages somebody has sent, deleted ones among them.
pub(in crate::messages) async fn sent_by(
    sql: &impl Sql,
    sender: UserId,
) -> Result<i64, StorageError> {
    let statement = "SELECT COUNT(*) FROM messages WHERE sender_id = ? AND kind <> ?";
    let count = sql.scalar(statement, args![sender, kind_to(MessageType::System)]);
    Ok(count.await?.unwrap_or(0))
}
