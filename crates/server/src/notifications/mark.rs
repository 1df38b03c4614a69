//! Having read notifications, on all of one's devices.

use super::deliver::announce_read;
use super::{Notifications, NotificationsError, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use parlor_protocol::UserId;
use parlor_protocol::notifications::ReadNotifications;

/// The most that are named at a time.
const NAMED: usize = 200;
/// So many are marked in one transaction.
const STRETCH: i64 = 500;

/// Which of one's notifications.
enum Which {
    These(Vec<i64>),
    UpTo(i64),
}

impl Notifications {
    /// Marks some of one's own as read, and all up to one. Those that are read already stay so.
    pub async fn mark_read(
        &self,
        actor: &Actor,
        read: ReadNotifications,
    ) -> Result<(), NotificationsError> {
        let me = actor.user_id;
        self.kernel.limits.check(Limit::Mark, me)?;
        if read.ids.len() > NAMED {
            return Err(NotificationsError::Field("ids", "at most 200"));
        }
        if !read.ids.is_empty() {
            self.mark(me, Which::These(read.ids)).await?;
        }
        let mut rest = read.up_to;
        while let Some(up_to) = rest {
            rest = self.mark(me, Which::UpTo(up_to)).await?;
        }
        Ok(())
    }

    /// Marks those that are unread; of many the newest, and answers up to where there may be more.
    async fn mark(&self, me: UserId, which: Which) -> Result<Option<i64>, StorageError> {
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                let (mut rows, may_have_more) = match which {
                    Which::These(ids) => (store::by_ids(tx.sql(), &ids).await?, false),
                    Which::UpTo(id) => (store::unread(tx.sql(), me, id, STRETCH).await?, true),
                };
                rows.retain(|row| row.user_id == me && row.read_at.is_none());
                let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
                store::set_read(tx.sql(), &ids, tx.now()).await?;
                announce_read(tx, me, &ids).await?;
                let is_full = i64::try_from(ids.len()).is_ok_and(|found| found == STRETCH);
                let lowest = ids.last().filter(|_| may_have_more && is_full);
                Ok::<_, StorageError>(lowest.map(|lowest| lowest - 1))
            })
        });
        commit.await
    }
}
