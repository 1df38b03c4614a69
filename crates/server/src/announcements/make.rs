//! Announcing something.

use super::error::AnnouncementsError;
use super::store::{self, Row};
use super::{ANNOUNCED, Announcements, rules};
use crate::accounts::rules::may_administer;
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::ids::Kind;
use crate::kernel::log::{NewEntry, Stream};
use parlor_protocol::announcements::{Announcement, MakeAnnouncement};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::Announced;

impl Announcements {
    /// Tells everybody something.
    pub async fn make(
        &self,
        actor: &Actor,
        draft: MakeAnnouncement,
    ) -> Result<Announcement, AnnouncementsError> {
        may_administer(actor)?;
        let draft = rules::check(draft)?;
        let id = self.kernel.ids.next(Kind::Announcement).await?;
        let people: Vec<_> = actor.account().into_iter().collect();
        let (people, by) = (self.accounts.briefs(&people).await?, actor.clone());
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    if store::count(tx.sql()).await? >= rules::MOST {
                        let why = "so many announcements hold already that nobody reads more";
                        return Err(AnnouncementsError::InvalidState(why));
                    }
                    let row = Row {
                        id,
                        title: draft.title,
                        content: draft.content,
                        created_by: by.account(),
                        created_at: tx.now().0,
                        withdrawn_at: None,
                    };
                    store::insert(tx.sql(), &row).await?;
                    let entry = NewEntry {
                        kind: ANNOUNCED,
                        actor: by.account(),
                        about: id,
                        body: String::new(),
                    };
                    let server_seq = tx.append(Stream::Server, entry).await?;
                    let act = Act::on_announcement(AuditAction::Announced, id);
                    audit::record(tx, &by, act).await?;
                    let announcement = row.view(&people);
                    let event = Announced {
                        server_seq,
                        announcement: announcement.clone(),
                    };
                    tx.publish(Signal::event(Stream::Server, event));
                    Ok(announcement)
                })
            })
            .await
    }
}
