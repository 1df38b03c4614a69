//! What was said in older systems: with its times and authors, in the order in which it was said there.

use super::model::{Row, kind_to};
use super::rules::{MOST_BYTES, MOST_CHARACTERS};
use super::send::entry_of;
use super::{Messages, store};
use crate::kernel::db::StorageError;
use crate::kernel::db::sql::count_among;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use crate::rooms::Rooms;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Timestamp, UserId};
use std::collections::BTreeSet;

/// A message as an older system knew it.
#[derive(Clone, Debug)]
pub struct PastMessage {
    /// Where it was said.
    pub room: RoomId,
    /// By whom.
    pub sender: UserId,
    /// What. A text that is longer than a message can be becomes several.
    pub content: String,
    /// In what way.
    pub kind: MessageType,
    /// When.
    pub at: Timestamp,
    /// When it was changed.
    pub edited_at: Option<Timestamp>,
    /// It was deleted: then only its place is kept.
    pub is_deleted: bool,
}

impl Messages {
    /// Stores messages of the past, as part of a unit of work that does more, and answers their ids in the same order;
    /// of what became several, that of the first. Nobody is told, nobody is mentioned by them, and
    /// who had read everything still has.
    pub async fn take_over(
        &self,
        tx: &mut Tx<'_>,
        past: Vec<PastMessage>,
    ) -> Result<Vec<MessageId>, StorageError> {
        let rooms: BTreeSet<RoomId> = past.iter().map(|message| message.room).collect();
        let mut heads = tx.lock_rooms(&Vec::from_iter(rooms)).await?;
        let mut rows = Vec::with_capacity(past.len());
        let mut firsts = Vec::with_capacity(past.len());
        for message in past {
            firsts.push(rows.len());
            for part in parts(&message.content) {
                let seq = heads.entry(message.room).or_default();
                *seq += 1;
                rows.push(row_of(&message, *seq, part));
            }
        }
        let ids = &self.desk.kernel.ids;
        let ids = ids.take(tx.sql(), Kind::Message, rows.len()).await?;
        for (row, id) in rows.iter_mut().zip(ids) {
            row.id = id;
        }
        for (room, head) in &heads {
            let known = store::last_seq(tx.sql(), *room).await?;
            Rooms::follow_reading(tx, *room, known, *head).await?;
        }
        tx.advance_rooms(&heads).await?;
        store::insert(tx.sql(), &rows).await?;
        for row in &rows {
            store::set_past(tx.sql(), row).await?;
        }
        let entries: Vec<_> = rows.iter().map(entry_of).collect();
        tx.insert(&entries).await?;
        let ids = firsts.into_iter().filter_map(|first| rows.get(first));
        Ok(ids.map(|row| row.id).collect())
    }

    /// How many of these messages there are.
    pub async fn count_among(&self, messages: &[MessageId]) -> Result<i64, StorageError> {
        let db = self.desk.kernel.db.read();
        count_among(db, "messages", messages).await
    }
}

fn row_of(message: &PastMessage, seq: i64, part: String) -> Row {
    let mut row = Row::new(0, (message.room, seq), message.sender, message.at);
    row.kind = kind_to(message.kind);
    row.edited_at = message.edited_at.map(|at| at.0);
    if message.is_deleted {
        // The older systems do not say when.
        row.deleted_at = Some(message.edited_at.unwrap_or(message.at).0);
        row.deleted_by = Some(message.sender);
    } else {
        row.content = part;
    }
    row
}

/// A text in pieces that messages can hold; without what no database takes.
fn parts(content: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut count = 0;
    for c in content.chars().filter(|c| *c != '\0') {
        let bytes = parts.last().map_or(0, String::len);
        if count == MOST_CHARACTERS || bytes + c.len_utf8() > MOST_BYTES {
            parts.push(String::new());
            count = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
        count += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_becomes_several_and_loses_nothing() {
        let text = "字".repeat(9_001);
        let made = parts(&text);
        let lengths: Vec<_> = made.iter().map(|part| part.chars().count()).collect();
        assert_eq!(lengths, [4_000, 4_000, 1_001]);
        assert_eq!(made.concat(), text);
        assert_eq!(parts(""), [""]);
        assert_eq!(parts("a\0b"), ["ab"]);
    }
}
