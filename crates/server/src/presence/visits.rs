//! Coming and going.

use super::Presence;
use crate::kernel::actor::Actor;
use crate::kernel::bus::{Audience, Signal};
use parlor_protocol::events::UserStatusUpdate;
use parlor_protocol::{Timestamp, UserId};
use std::sync::Arc;
use std::time::Duration;

/// Who reconnects within this time was never away.
pub const PATIENCE: Duration = Duration::from_secs(2);

impl Presence {
    /// Counts a connection of a person, unless they have `limit` of them already. The first one is told to those who
    /// share a room with them and to their friends, as far as the person lets them see it.
    pub fn arrive(self: &Arc<Self>, who: &Actor, limit: Option<usize>) -> bool {
        let user = who.user_id;
        let now = self.kernel.clock.now();
        let arrival = self.kernel.online.arrive(user, who.session_id, now);
        if limit.is_some_and(|limit| arrival.connections > limit) {
            self.withdraw(who, PATIENCE);
            return false;
        }
        if arrival.is_first {
            let this = self.clone();
            self.kernel
                .jobs
                .spawn(async move { this.announce(user, true, now).await });
        }
        true
    }

    /// A connection of a person has ended. If it was the last, they count as here for as long as `patience`.
    pub fn depart(self: &Arc<Self>, who: &Actor, connection: u64, patience: Duration) {
        self.end_typing_on(connection);
        self.withdraw(who, patience);
    }

    /// Counts one connection less. Those who share a room hear of the last one, unless another follows soon.
    fn withdraw(self: &Arc<Self>, who: &Actor, patience: Duration) {
        let user = who.user_id;
        let Some(departure) = self.kernel.online.depart(user, who.session_id) else {
            return;
        };
        let (this, at) = (self.clone(), self.kernel.clock.now());
        let stop = self.kernel.jobs.stopping();
        self.kernel.jobs.spawn(async move {
            // The server's end is nobody's departure.
            let waited = stop.run_until_cancelled(tokio::time::sleep(patience)).await;
            if waited.is_some() && this.kernel.online.forget(departure) {
                this.last_seen.note(user, at);
                this.announce(user, false, at).await;
            }
        });
    }

    async fn announce(&self, user: UserId, is_online: bool, at: Timestamp) {
        match self.accounts.briefs(&[user]).await {
            Ok(mut briefs) => {
                let Some(brief) = briefs.remove(&user) else {
                    return;
                };
                let update = UserStatusUpdate {
                    user: brief,
                    is_online,
                    last_seen: at,
                };
                let signal = Signal::event(Audience::Watchers(user), update);
                self.kernel.bus.publish(vec![signal]).await;
            }
            Err(error) => tracing::warn!(%error, "a coming or going could not be told"),
        }
    }
}
