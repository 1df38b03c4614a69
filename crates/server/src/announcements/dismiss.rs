//! Having read an announcement.

use super::error::AnnouncementsError;
use super::{Announcements, DISMISSED, store};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::limits::Limit;
use crate::kernel::log::{NewEntry, Stream};
use parlor_protocol::events::AnnouncementDismissed;

impl Announcements {
    /// Shows an announcement no more to one person, on all of their devices. Again, it changes nothing.
    pub async fn dismiss(&self, actor: &Actor, id: i64) -> Result<(), AnnouncementsError> {
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let me = actor.user_id;
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if !store::holds(tx.sql(), id).await? {
                        return Err(AnnouncementsError::NotFound);
                    }
                    if store::dismissed_by(tx.sql(), me).await?.contains(&id) {
                        return Ok(());
                    }
                    store::insert_dismissal(tx.sql(), id, me, tx.now()).await?;
                    let entry = NewEntry {
                        kind: DISMISSED,
                        actor: Some(me),
                        about: id,
                        body: String::new(),
                    };
                    let user_seq = tx.append(Stream::User(me), entry).await?;
                    let event = AnnouncementDismissed {
                        user_seq,
                        announcement_id: id,
                    };
                    tx.publish(Signal::event(Stream::User(me), event));
                    Ok(())
                })
            })
            .await
    }
}
