//! Numbers for new rows: small, positive, unique for ever, taken from the database a block at a time.

use super::db::{Db, Sql, StorageError, args};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What is numbered. Each has its own sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Accounts, guests and bots.
    User,
    /// Sessions.
    Session,
    /// Rooms and direct chats.
    Room,
    /// Messages.
    Message,
    /// Rows that nobody refers to by number.
    Row,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::Room => "room",
            Self::Message => "message",
            Self::Row => "row",
        }
    }

    /// How many are taken at once. A restart skips what was left of a block.
    fn block(self) -> i64 {
        match self {
            Self::Message | Self::Row => 1000,
            Self::User | Self::Session | Self::Room => 20,
        }
    }
}

/// Gives out numbers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ids {
    db: Db,
    left: Arc<Mutex<HashMap<Kind, std::ops::Range<i64>>>>,
}

impl Ids {
    /// Numbers from this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            left: Arc::default(),
        }
    }

    /// The next number.
    pub async fn next(&self, kind: Kind) -> Result<i64, StorageError> {
        let mut left = self.left.lock().await;
        let range = left.entry(kind).or_insert(0..0);
        if range.is_empty() {
            *range = self.take_block(kind).await?;
        }
        Ok(range.next().unwrap_or_default())
    }

    async fn take_block(&self, kind: Kind) -> Result<std::ops::Range<i64>, StorageError> {
        let tx = self.db.begin().await?;
        let taken = tx
            .run(
                "UPDATE counters SET next = next + ? WHERE name = ?",
                args![kind.block(), kind.name()],
            )
            .await?;
        if taken == 0 {
            tx.run(
                "INSERT INTO counters (name, next) VALUES (?, ?)",
                args![kind.name(), 1 + kind.block()],
            )
            .await?;
        }
        let end: Option<i64> = tx
            .scalar(
                "SELECT next FROM counters WHERE name = ?",
                args![kind.name()],
            )
            .await?;
        tx.commit().await?;
        let end = end.unwrap_or(1 + kind.block());
        Ok(end - kind.block()..end)
    }
}
