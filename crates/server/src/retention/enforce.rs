//! The job that removes what is too old.
//!
//! It looks at one room after the other and takes a stretch at a time, each in a transaction of its own, so that those who
//! write wait for a stretch at most. There is nothing to remember between the stretches: where it stops, whether by a
//! shutdown or by a crash, the next round finds what is left.

use super::{Retention, rules, store};
use crate::kernel::db::StorageError;
use std::sync::Arc;
use std::time::Duration;

/// How often the job looks where nobody has changed a term.
const LOOK: Duration = Duration::from_mins(15);
/// Rooms looked at by one query.
const PAGE: i64 = 200;

/// What a round has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Messages that are gone because they were too old.
    pub messages: usize,
    /// Deleted messages whose contents are gone because nobody can restore them any more.
    pub contents: u64,
}

impl Retention {
    /// Starts the job. For a process that serves: what is removed is told to those who are connected.
    pub fn start(self: &Arc<Self>) {
        let stop = self.kernel.jobs.stopping();
        let (retention, wake) = (Arc::downgrade(self), self.wake.clone());
        self.kernel.jobs.spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
                let Some(retention) = retention.upgrade() else {
                    return;
                };
                match retention.enforce().await {
                    Ok(round) if round == Round::default() => {}
                    Ok(round) => {
                        let Round { messages, contents } = round;
                        tracing::info!(messages, contents, "what was too old is removed");
                    }
                    Err(error) => tracing::warn!(%error, "what is too old is kept a while longer"),
                }
            }
        });
    }

    /// One round: removes everything that is too old now, unless it is held, or the server is told to stop.
    pub async fn enforce(&self) -> Result<Round, StorageError> {
        let mut round = Round {
            contents: self.messages.forget_deleted().await?,
            messages: 0,
        };
        self.forget_lifted().await?;
        let (now, stop) = (self.kernel.clock.now(), self.kernel.jobs.stopping());
        let terms = store::load(self.kernel.db.read()).await?;
        let mut after = 0;
        loop {
            let terms_of_rooms = self.rooms.room_terms(after, PAGE).await?;
            let Some(last) = terms_of_rooms.last() else {
                return Ok(round);
            };
            after = last.room_id;
            for term in &terms_of_rooms {
                let days = rules::terms_of(&terms, term).days_in_force;
                let Some(before) = rules::too_old(days, now) else {
                    continue;
                };
                let mut more = true;
                while more && !stop.is_cancelled() {
                    let removed = self.messages.remove_before(term.room_id, before).await?;
                    round.messages += removed.messages;
                    more = removed.more;
                }
            }
        }
    }
}
