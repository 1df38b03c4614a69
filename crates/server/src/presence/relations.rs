//! Who sees whom being here, when people become friends or block each other, or show themselves to others than before.

use super::Presence;
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::db::StorageError;
use parlor_protocol::events::{ServerEvent, UserStatusUpdate};
use parlor_protocol::{Timestamp, UserId};
use std::sync::Arc;

impl Presence {
    pub(super) fn follow_relations(self: &Arc<Self>, signal: &Signal) {
        let (viewer, of) = match signal {
            Signal::PrivacyChanged { user_id, .. } => return self.show_anew_later(*user_id),
            Signal::Event(Audience::User(reader), event) => match event.as_ref() {
                ServerEvent::FriendUpdate(event) => (*reader, event.user.id),
                ServerEvent::FriendRemoved(event) => (*reader, event.user_id),
                // The one who is blocked is the one who sees something else than before.
                ServerEvent::BlockUpdate(event) => (event.user.id, *reader),
                _ => return,
            },
            _ => return,
        };
        // Who is not here looks no different than before.
        if self.kernel.online.since(of).is_some() {
            let this = self.clone();
            self.kernel
                .jobs
                .spawn(async move { report(this.show(viewer, of).await) });
        }
    }

    /// Tells somebody whether a person is here, as far as they may see it.
    async fn show(&self, viewer: UserId, of: UserId) -> Result<(), StorageError> {
        let is_online = self.friends.may_see(viewer, of).await?;
        let known = is_online || self.rooms.shares_room(viewer, of).await?;
        if known && let Some(update) = self.status(of, is_online).await? {
            let signal = Signal::event(Audience::User(viewer), update);
            self.kernel.bus.publish(vec![signal]).await;
        }
        Ok(())
    }

    fn show_anew_later(self: &Arc<Self>, user: UserId) {
        if self.kernel.online.since(user).is_some() {
            let this = self.clone();
            self.kernel
                .jobs
                .spawn(async move { report(this.show_anew(user).await) });
        }
    }

    /// To those who may not see a person any more they are gone; to the others they are here.
    async fn show_anew(&self, user: UserId) -> Result<(), StorageError> {
        let gone = self.status(user, false).await?;
        let here = self.status(user, true).await?;
        if let (Some(gone), Some(here)) = (gone, here) {
            let gone = Signal::event(Audience::Acquaintances(user), gone);
            let here = Signal::event(Audience::Watchers(user), here);
            self.kernel.bus.publish(vec![gone, here]).await;
        }
        Ok(())
    }

    async fn status(
        &self,
        of: UserId,
        is_online: bool,
    ) -> Result<Option<UserStatusUpdate>, StorageError> {
        let last_seen: Timestamp = self.kernel.clock.now();
        let brief = self.accounts.briefs(&[of]).await?.remove(&of);
        Ok(brief.map(|user| UserStatusUpdate {
            user,
            is_online,
            last_seen,
        }))
    }
}

fn report(result: Result<(), StorageError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "who sees whom could not be told");
    }
}
