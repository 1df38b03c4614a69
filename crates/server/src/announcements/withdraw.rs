//! Taking an announcement back.

use super::error::AnnouncementsError;
use super::{Announcements, WITHDRAWN, store};
use crate::accounts::rules::may_administer;
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::log::{NewEntry, Stream};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::AnnouncementWithdrawn;

impl Announcements {
    /// Takes an announcement back: it is shown to nobody any more.
    pub async fn withdraw(&self, actor: &Actor, id: i64) -> Result<(), AnnouncementsError> {
        may_administer(actor)?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if !store::holds(tx.sql(), id).await? {
                        return Err(AnnouncementsError::NotFound);
                    }
                    store::set_withdrawn(tx.sql(), id, tx.now()).await?;
                    store::delete_dismissals(tx.sql(), id).await?;
                    let entry = NewEntry {
                        kind: WITHDRAWN,
                        actor: by.account(),
                        about: id,
                        body: String::new(),
                    };
                    let server_seq = tx.append(Stream::Server, entry).await?;
                    let act = Act::on_announcement(AuditAction::AnnouncementWithdrawn, id);
                    audit::record(tx, &by, act).await?;
                    let event = AnnouncementWithdrawn {
                        server_seq,
                        announcement_id: id,
                    };
                    tx.publish(Signal::event(Stream::Server, event));
                    Ok(())
                })
            })
            .await
    }
}
