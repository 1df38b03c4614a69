//! What ends by itself: sessions, guests' visits, old log-in records. And what is written down later than it happens:
//! when sessions were last used.

use super::Accounts;
use super::error::AccountsError;
use super::identities::{self, FLOW_LASTS};
use super::model::{GUEST_IDLE, SESSION_IDLE};
use super::store::{accounts, logins, resets, sessions};
use crate::kernel::bus::Signal;
use parlor_protocol::{Timestamp, UserId};
use std::sync::Arc;
use std::time::Duration;

/// How often last uses are written down.
const WRITE_EVERY: Duration = Duration::from_mins(1);
/// How often what has ended is looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// Login records are kept for this time, in milliseconds.
const LOGINS_KEPT: i64 = 90 * 24 * 60 * 60 * 1000;
/// How many rows one transaction touches.
const PAGE: usize = 200;
/// The same, for a query.
const PAGE_ROWS: i64 = 200;

impl Accounts {
    pub(super) fn start_expiry(self: &Arc<Self>) {
        let accounts = Arc::downgrade(self);
        self.kernel.jobs.every(WRITE_EVERY, move || {
            let accounts = accounts.upgrade();
            async move {
                if let Some(accounts) = accounts {
                    report(accounts.write_used().await);
                }
            }
        });
        let accounts = Arc::downgrade(self);
        self.kernel.jobs.every(SWEEP_EVERY, move || {
            let accounts = accounts.upgrade();
            async move {
                if let Some(accounts) = accounts {
                    report(accounts.sweep().await);
                }
            }
        });
    }

    /// Writes down when sessions were last used, and their people last seen.
    pub async fn write_used(&self) -> Result<(), AccountsError> {
        let used: Vec<_> = self
            .cache
            .take_used(self.kernel.clock.now(), |user, session| {
                self.kernel.online.is_connected(user, session)
            })
            .into_iter()
            .collect();
        for chunk in used.chunks(PAGE) {
            let of_sessions: Vec<_> = chunk.iter().map(|(id, (_, at))| (*id, *at)).collect();
            let of_people: Vec<_> = chunk.iter().map(|(_, seen)| *seen).collect();
            self.kernel
                .log
                .commit(move |tx| {
                    Box::pin(async move {
                        sessions::set_used(tx.sql(), &of_sessions).await?;
                        accounts::set_seen(tx.sql(), &of_people).await?;
                        Ok::<_, AccountsError>(())
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Ends what has expired. A session that is connected is not idle, nor is a guest who is.
    pub async fn sweep(&self) -> Result<(), AccountsError> {
        self.write_used().await?;
        let now = self.kernel.clock.now();
        self.end_sessions(now).await?;
        self.end_visits(now).await?;
        let before = now.plus_millis(-LOGINS_KEPT);
        let begun_before = now.plus_millis(-FLOW_LASTS);
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    logins::delete_before(tx.sql(), before).await?;
                    identities::store::delete_flows_before(tx.sql(), begun_before).await?;
                    Ok(resets::delete_ended(tx.sql(), now).await?)
                })
            })
            .await
    }

    async fn end_sessions(&self, now: Timestamp) -> Result<(), AccountsError> {
        let idle_since = now.plus_millis(-SESSION_IDLE);
        let read = self.kernel.db.read();
        let rows = sessions::expired(read, now, idle_since, PAGE_ROWS).await?;
        let online = &self.kernel.online;
        let (connected, over): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| row.ends_at > now.0 && online.is_connected(row.user_id, row.id));
        let connected: Vec<_> = connected.iter().map(|row| (row.id, now)).collect();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    sessions::set_used(tx.sql(), &connected).await?;
                    for row in over {
                        sessions::delete(tx.sql(), row.id, row.user_id).await?;
                        tx.publish(Signal::SessionEnded(row.id));
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn end_visits(&self, now: Timestamp) -> Result<(), AccountsError> {
        let before = now.plus_millis(-GUEST_IDLE);
        let guests = accounts::idle_guests(self.kernel.db.read(), before, PAGE_ROWS).await?;
        let (connected, gone): (Vec<UserId>, Vec<UserId>) =
            guests.into_iter().partition(|id| self.is_online(*id));
        for guest in connected {
            let write = self.kernel.db.write();
            sessions::set_all_used(write, guest, now).await?;
        }
        for guest in gone {
            match self.bury(guest).await {
                Ok(()) | Err(AccountsError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn report(result: Result<(), AccountsError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "what has expired could not be cleared away");
    }
}
