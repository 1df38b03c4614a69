//! Looking over notifications whose reader may have read elsewhere what they tell of, or may not see it any more: the
//! rows follow, and the reader's devices are told. Lists are judged by the same rules when they are read, so that nothing
//! is shown that waits to be looked over; what a stop leaves over is looked over when its reader comes back first.

use super::Notifications;
use super::deliver::{announce, announce_read, announce_removed};
use super::facts::rooms_of;
use super::list::UNREAD;
use super::model::Row;
use super::rules::{Facts, Standing, judge, stands_for_all};
use super::store::{self, Wanted};
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use crate::messages::{Heard, Messages};
use crate::rooms::Rooms;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Rows looked over at a time.
const PAGE: i64 = 200;
/// How long it waits after the database has failed.
const PAUSE: Duration = Duration::from_secs(5);
/// How often those are removed that are too old.
const SWEEP: Duration = Duration::from_hours(1);
/// For how long notifications are kept, in milliseconds.
const KEPT: i64 = 90 * 24 * 60 * 60 * 1000;

/// What has to be looked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// What somebody was told of a room, of which they have read on.
    Read(UserId, RoomId),
    /// What somebody was told of a room that is not theirs any more.
    Left(UserId, RoomId),
    /// What people were told of a message.
    Message(MessageId),
    /// What people were told of messages of a room, up to a place.
    UpTo(RoomId, Seq),
    /// What somebody was told of what somebody else did.
    By(UserId, UserId),
    /// What somebody has not read.
    All(UserId),
    /// A room is gone.
    NoRoom(RoomId),
}

/// What waits to be looked over, each once.
#[derive(Debug, Default)]
pub(super) struct Looks {
    waiting: Mutex<HashSet<Look>>,
    /// Those who came back since the start.
    back: Mutex<HashSet<UserId>>,
    wake: Notify,
}

impl Looks {
    pub(super) fn put(&self, look: Look) {
        lock(&self.waiting).insert(look);
        self.wake.notify_one();
    }

    /// The same for a person who comes back, the first time since the start.
    pub(super) fn put_first(&self, look: Look) {
        if let Look::All(user) = look
            && lock(&self.back).insert(user)
        {
            self.put(look);
        }
    }

    fn take(&self) -> HashSet<Look> {
        std::mem::take(&mut *lock(&self.waiting))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the job.
pub(super) fn start(here: &Arc<Notifications>) {
    let jobs = &here.kernel.jobs;
    let (stop, looks, weak) = (jobs.stopping(), here.looks.clone(), Arc::downgrade(here));
    jobs.spawn(async move {
        while let Some(()) = stop.run_until_cancelled(looks.wake.notified()).await {
            let Some(here) = weak.upgrade() else { return };
            let waiting = looks.take();
            if let Err(error) = here.look_into(&waiting).await {
                tracing::warn!(%error, "notifications could not be looked over");
                stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                for look in waiting {
                    looks.put(look);
                }
            }
        }
    });
    let weak = Arc::downgrade(here);
    jobs.every(SWEEP, move || {
        let here = weak.upgrade();
        async move {
            if let Some(here) = here
                && let Err(error) = here.forget_old().await
            {
                tracing::warn!(%error, "old notifications are kept a while longer");
            }
        }
    });
}

impl Notifications {
    /// Removes notifications that are too old for anybody to miss them.
    async fn forget_old(&self) -> Result<(), StorageError> {
        let before = self.kernel.clock.now().plus_millis(-KEPT);
        loop {
            let ids = store::made_before(self.kernel.db.read(), before, PAGE).await?;
            if ids.is_empty() {
                return Ok(());
            }
            store::delete(self.kernel.db.write(), &ids).await?;
        }
    }

    async fn look_into(&self, looks: &HashSet<Look>) -> Result<(), StorageError> {
        let sql = self.kernel.db.read();
        let read = looks.iter().filter_map(|look| match *look {
            Look::Read(user, room) => Some((user, room)),
            _ => None,
        });
        let read: Vec<(UserId, RoomId)> = read.collect();
        self.look_over(store::unread_in(sql, &read).await?).await?;
        for look in looks {
            match *look {
                Look::Read(..) => {}
                Look::Left(user, room) => self.look_at(Wanted::OfRoom(user, room)).await?,
                Look::Message(message) => self.look_at(Wanted::OfMessage(message)).await?,
                Look::UpTo(room, seq) => self.look_at(Wanted::UpTo(room, seq)).await?,
                Look::By(user, actor) => self.look_at(Wanted::By(user, actor)).await?,
                Look::All(user) => {
                    let unread = store::unread(sql, user, i64::MAX, UNREAD).await?;
                    self.look_over(unread).await?;
                }
                Look::NoRoom(room) => store::delete_wants(self.kernel.db.write(), room).await?,
            }
        }
        Ok(())
    }

    async fn look_at(&self, wanted: Wanted) -> Result<(), StorageError> {
        let mut after = 0;
        loop {
            let rows = store::find(self.kernel.db.read(), wanted, after, PAGE).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = last.id;
            self.look_over(rows).await?;
        }
    }

    async fn look_over(&self, rows: Vec<Row>) -> Result<(), StorageError> {
        let mut people: BTreeMap<UserId, Vec<Row>> = BTreeMap::new();
        for row in rows {
            people.entry(row.user_id).or_default().push(row);
        }
        for (user, rows) in people {
            let facts = self.load_facts(self.kernel.db.read(), user, &rows).await?;
            let is_stale = |row: &&Row| match judge(row, &facts) {
                Standing::Unread => false,
                Standing::Read => row.read_at.is_none(),
                Standing::Gone => true,
            };
            let stale: Vec<i64> = rows.iter().filter(is_stale).map(|row| row.id).collect();
            if !stale.is_empty() {
                self.settle(user, stale, facts).await?;
            }
        }
        Ok(())
    }

    /// Brings some notifications of one person up to date, as the rows are in the writer's transaction.
    async fn settle(
        &self,
        user: UserId,
        ids: Vec<i64>,
        mut facts: Facts,
    ) -> Result<(), StorageError> {
        let accounts = self.accounts.clone();
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                let rows = store::by_ids(tx.sql(), &ids).await?;
                facts.marks = Rooms::read_marks_of(tx.sql(), user, &rooms_of(&rows)).await?;
                let (mut read, mut gone) = (Vec::new(), Vec::new());
                for mut row in rows {
                    match judge(&row, &facts) {
                        Standing::Unread => {}
                        Standing::Read if row.read_at.is_some() => {}
                        Standing::Read => read.push(row.id),
                        Standing::Gone => match next_for(tx, &row, &facts).await? {
                            Some(next) => {
                                lead_on(tx, &mut row, &next).await?;
                                let shown = super::model::Shown {
                                    people: accounts.briefs(&[next.by]).await?,
                                    messages: HashMap::from([(next.id, next)]),
                                };
                                announce(tx, &[row], &shown).await?;
                            }
                            None => gone.push(row.id),
                        },
                    }
                }
                store::set_read(tx.sql(), &read, tx.now()).await?;
                announce_read(tx, user, &read).await?;
                store::delete(tx.sql(), &gone).await?;
                announce_removed(tx, user, &gone).await
            })
        });
        commit.await
    }
}

/// What a notification that stands for all that is unread in its room leads to, now that it cannot lead to what it did.
async fn next_for(tx: &Tx<'_>, row: &Row, facts: &Facts) -> Result<Option<Heard>, StorageError> {
    let mark = row.room_id.and_then(|room| facts.marks.get(&room));
    let (Some(room), Some(mark)) = (row.room_id, mark) else {
        return Ok(None);
    };
    if !stands_for_all(row.kind()) || row.read_at.is_some() {
        return Ok(None);
    }
    let unheard = facts.blocked.iter().copied().chain([row.user_id]);
    let unheard: Vec<UserId> = unheard.collect();
    let span = (row.seq.max(*mark), row.last_seq);
    Messages::first_heard(tx.sql(), room, span, &unheard).await
}

async fn lead_on(tx: &mut Tx<'_>, row: &mut Row, next: &Heard) -> Result<(), StorageError> {
    (row.message_id, row.seq, row.actor_id) = (Some(next.id), next.seq, Some(next.by));
    store::lead_to(tx.sql(), row.id, (next.id, next.seq), next.by).await
}
