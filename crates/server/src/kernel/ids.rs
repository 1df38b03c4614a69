//! Numbers for new rows: small, positive, unique for ever, taken from the database a block at a time.

use super::db::sql::{OnConflict, upsert};
use super::db::{Db, Sql, StorageError, args};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
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
    /// Requests to be friends.
    FriendRequest,
    /// Invitations.
    Invitation,
    /// Legal holds.
    Hold,
    /// Announcements.
    Announcement,
    /// Notifications.
    Notification,
    /// Reminders.
    Reminder,
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
            Self::FriendRequest => "friend_request",
            Self::Invitation => "invitation",
            Self::Hold => "hold",
            Self::Announcement => "announcement",
            Self::Notification => "notification",
            Self::Reminder => "reminder",
            Self::Row => "row",
        }
    }

    /// How many are taken at once. A restart skips what was left of a block.
    fn block(self) -> i64 {
        match self {
            Self::Message => 4000,
            Self::Notification | Self::Row => 1000,
            Self::User
            | Self::Session
            | Self::Room
            | Self::FriendRequest
            | Self::Invitation
            | Self::Hold
            | Self::Announcement
            | Self::Reminder => 20,
        }
    }
}

/// Gives out numbers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ids {
    db: Db,
    left: Arc<Mutex<HashMap<Kind, Left>>>,
}

/// What has been taken from the database and not given out.
#[derive(Debug, Default)]
struct Left(VecDeque<Range<i64>>);

impl Left {
    fn count(&self) -> usize {
        let lengths = self.0.iter().map(|range| range.end - range.start);
        usize::try_from(lengths.sum::<i64>()).unwrap_or_default()
    }

    fn next(&mut self) -> Option<i64> {
        while let Some(range) = self.0.front_mut() {
            if let Some(id) = range.next() {
                return Some(id);
            }
            self.0.pop_front();
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<Vec<i64>> {
        if self.count() < count {
            return None;
        }
        Some(std::iter::from_fn(|| self.next()).take(count).collect())
    }
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

    /// The next number. Not inside the writer's transaction, for which it may have to wait.
    pub async fn next(&self, kind: Kind) -> Result<i64, StorageError> {
        let mut left = self.left.lock().await;
        let left = left.entry(kind).or_default();
        if let Some(id) = left.next() {
            return Ok(id);
        }
        left.0.push_back(self.take_block(kind).await?);
        Ok(left.next().unwrap_or_default())
    }

    /// `count` numbers for rows that are about to be inserted in the transaction `sql`: from memory where enough are
    /// left, and else from the table, by this very transaction. Waits for nobody.
    pub async fn take(
        &self,
        sql: &impl Sql,
        kind: Kind,
        count: usize,
    ) -> Result<Vec<i64>, StorageError> {
        let known = match self.left.try_lock() {
            Ok(mut left) => left.entry(kind).or_default().take(count),
            Err(_) => None,
        };
        if let Some(ids) = known {
            return Ok(ids);
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Ok(advance(sql, kind, count).await?.collect())
    }

    /// True where memory should be filled up, so that [`Ids::take`] need not ask the table.
    #[must_use]
    pub fn is_low(&self, kind: Kind) -> bool {
        let Ok(left) = self.left.try_lock() else {
            return false;
        };
        let count = left.get(&kind).map_or(0, Left::count);
        i64::try_from(count).unwrap_or(i64::MAX) < kind.block() / 2
    }

    /// Fills memory up by a block where it is low.
    pub async fn top_up(&self, kind: Kind) -> Result<(), StorageError> {
        if self.is_low(kind) {
            let block = self.take_block(kind).await?;
            self.left
                .lock()
                .await
                .entry(kind)
                .or_default()
                .0
                .push_back(block);
        }
        Ok(())
    }

    async fn take_block(&self, kind: Kind) -> Result<Range<i64>, StorageError> {
        let tx = self.db.begin().await?;
        let block = advance(&tx, kind, kind.block()).await?;
        tx.commit().await?;
        Ok(block)
    }
}

/// How many numbers of each kind are passed over where a database was brought back from a copy.
const PASSED_OVER: i64 = 1_000_000;

/// Passes over the numbers that may have been given out since the copy was made from which a database was brought back:
/// who still knows one of them is not to find another thing under it.
pub async fn skip(db: &Db) -> Result<(), StorageError> {
    let update = "UPDATE counters SET next = next + ?";
    db.write().run(update, args![PASSED_OVER]).await.map(drop)
}

/// Takes the next `count` numbers of a kind from the table.
async fn advance(sql: &impl Sql, kind: Kind, count: i64) -> Result<Range<i64>, StorageError> {
    let update = "UPDATE counters SET next = next + ? WHERE name = ?";
    if sql.run(update, args![count, kind.name()]).await? == 0 {
        // Others may begin the same counter at this moment: the first to do so decides, and all count from there.
        let (columns, backend) = (["name", "next"], sql.backend());
        let begin = upsert(
            backend,
            "counters",
            &columns,
            1,
            &["name"],
            OnConflict::Ignore,
        );
        sql.run(&begin, args![kind.name(), 1_i64]).await?;
        sql.run(update, args![count, kind.name()]).await?;
    }
    let select = "SELECT next FROM counters WHERE name = ?";
    let end: Option<i64> = sql.scalar(select, args![kind.name()]).await?;
    let end = end.unwrap_or(1 + count);
    Ok(end - count..end)
}
