//! Bringing the tables up to date.

use super::storage::{self, Measured};
use super::{DAY, HOUR, ROLL_UP, count, floor, store};
use crate::admin::Admin;
use crate::kernel::db::StorageError;
use parlor_protocol::Timestamp;
use std::sync::Arc;

/// How many rooms one commit counts.
const ROOMS: usize = 200;
/// The same, for a query.
const ROOM_ROWS: i64 = 200;
/// Hours are kept for this time, in milliseconds.
const KEPT: i64 = 400 * DAY;
/// A database that is bigger than this, in bytes, is measured table by table once a day instead of once an hour.
const BIG: i64 = 1 << 30;

impl Admin {
    pub(in crate::admin) fn start_counting(self: &Arc<Self>) {
        let admin = Arc::downgrade(self);
        self.kernel.jobs.every(ROLL_UP, move || {
            let admin = admin.upgrade();
            async move {
                if let Some(admin) = admin
                    && let Err(error) = admin.roll_up().await
                {
                    tracing::warn!(%error, "figures could not be brought up to date");
                }
            }
        });
    }

    /// Counts what is new. What a stop interrupts, the next time finds.
    pub async fn roll_up(&self) -> Result<(), StorageError> {
        let _turn = self.figures.turn.lock().await;
        self.count_messages().await?;
        let now = self.kernel.clock.now();
        let people = i64::try_from(self.kernel.online.count()).unwrap_or(i64::MAX);
        let seen = (people, self.figures.connections());
        let delivery = self.figures.delivery.take();
        let mut day = store::count_day(self.kernel.db.read(), floor(now.0, DAY)).await?;
        let storage = self.measure(now).await?;
        day.bytes = storage::total(&self.kernel.db).await?;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let sql = tx.sql();
                    store::sample(sql, floor(now.0, HOUR), seen, &delivery).await?;
                    store::put_day(sql, day).await?;
                    if let Some(measured) = storage {
                        store::put_storage(sql, &measured, now).await?;
                        store::clear(sql, now.0 - KEPT).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Reads each entry of the rooms' logs once.
    async fn count_messages(&self) -> Result<(), StorageError> {
        let mut after = 0;
        loop {
            let db = self.kernel.db.read();
            let rooms = count::grown(db, after, ROOM_ROWS).await?;
            let Some(last) = rooms.last() else {
                return Ok(());
            };
            after = last.room_id;
            let is_last = rooms.len() < ROOMS;
            let said = count::said(db, &rooms).await?;
            let add = self
                .kernel
                .log
                .commit(move |tx| Box::pin(async move { store::add(tx.sql(), &said).await }));
            add.await?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Measures the database where that is due.
    async fn measure(&self, now: Timestamp) -> Result<Option<Measured>, StorageError> {
        let db = &self.kernel.db;
        let known = store::storage(db.read()).await?;
        let last = known.iter().find(|row| row.family == store::TOTAL);
        let due = match last {
            None => true,
            Some(last) if last.bytes > BIG => now.0 - last.measured_at >= DAY,
            Some(last) => now.0 - last.measured_at >= HOUR,
        };
        if !due {
            return Ok(None);
        }
        storage::measure(db).await.map(Some)
    }
}
