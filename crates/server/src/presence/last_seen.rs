//! When people were last here, written down together rather than one by one.

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use parlor_protocol::{Timestamp, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// For how long departures are gathered.
const GATHER: Duration = Duration::from_millis(500);
/// How many are written at once.
const PAGE: usize = 200;

/// The way to the book of departures.
pub(super) struct LastSeen(mpsc::UnboundedSender<(UserId, Timestamp)>);

impl LastSeen {
    /// Starts writing. At shutdown those who are still here are written down too.
    pub(super) fn start(kernel: &Kernel, accounts: Arc<Accounts>) -> Self {
        let (send, mut queue) = mpsc::unbounded_channel();
        let (stop, online, clock) = (
            kernel.jobs.stopping(),
            kernel.online.clone(),
            kernel.clock.clone(),
        );
        kernel.jobs.spawn(async move {
            let mut seen = Vec::with_capacity(PAGE);
            while let Some(1..) = stop
                .run_until_cancelled(queue.recv_many(&mut seen, PAGE))
                .await
            {
                stop.run_until_cancelled(tokio::time::sleep(GATHER)).await;
                while let Ok(another) = queue.try_recv() {
                    seen.push(another);
                }
                write(&accounts, std::mem::take(&mut seen)).await;
            }
            let now = clock.now();
            while let Ok(another) = queue.try_recv() {
                seen.push(another);
            }
            seen.extend(online.everybody().into_iter().map(|(user, _)| (user, now)));
            write(&accounts, seen).await;
        });
        Self(send)
    }

    /// Somebody has gone at this time.
    pub(super) fn note(&self, user: UserId, at: Timestamp) {
        // Without the task the server has stopped.
        let _ = self.0.send((user, at));
    }
}

async fn write(accounts: &Accounts, seen: Vec<(UserId, Timestamp)>) {
    for page in seen.chunks(PAGE) {
        if let Err(error) = accounts.saw(page).await {
            tracing::warn!(%error, "when people were last here could not be written down");
        }
    }
}
