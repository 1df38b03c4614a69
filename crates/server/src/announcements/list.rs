//! What there is to read, and what there has been.

use super::Announcements;
use super::error::AnnouncementsError;
use super::store::{self, Row};
use crate::accounts::rules::may_administer;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::log::{Stream, read};
use crate::kernel::page::{Limit, open_number};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::announcements::{AnnouncementRecord, Announcements as Open};
use parlor_protocol::{Page, Timestamp, UserId};
use std::collections::HashMap;

impl Announcements {
    /// `GET announcements`: those that hold and that one has not dismissed.
    pub async fn open(&self, actor: &Actor) -> Result<Open, AnnouncementsError> {
        let db = &self.kernel.db;
        // Before the rows, so that what is announced meanwhile is told again rather than missed.
        let server_seq = read::head(db, Stream::Server).await?;
        let rows = store::open_for(db.read(), actor.user_id).await?;
        let people = self.authors(&rows).await?;
        Ok(Open {
            items: rows.iter().map(|row| row.view(&people)).collect(),
            next: None,
            server_seq,
        })
    }

    /// `GET admin/announcements`: all that there have been, the newest first.
    pub async fn all(
        &self,
        actor: &Actor,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<AnnouncementRecord>, AnnouncementsError> {
        const LIST: &str = "announcements";
        may_administer(actor)?;
        let (sql, secrets) = (self.kernel.db.read(), &self.kernel.secrets);
        let before = cursor.map(|cursor| open_number(secrets, LIST, cursor));
        let before = before.transpose()?.unwrap_or(i64::MAX);
        let rows = store::list(sql, before, limit.probe()).await?;
        let page = limit.page(secrets, LIST, rows, |row| row.id.to_string());
        let people = self.authors(&page.items).await?;
        let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
        let dismissed = store::count_dismissals(sql, &ids).await?;
        let record = |row: &Row| AnnouncementRecord {
            announcement: row.view(&people),
            withdrawn_at: row.withdrawn_at.map(Timestamp),
            dismissed_by: dismissed.get(&row.id).copied().unwrap_or(0),
        };
        Ok(Page {
            items: page.items.iter().map(record).collect(),
            next: page.next,
        })
    }

    pub(super) async fn authors(
        &self,
        rows: &[Row],
    ) -> Result<HashMap<UserId, UserBrief>, StorageError> {
        let ids: Vec<UserId> = rows.iter().filter_map(|row| row.created_by).collect();
        self.accounts.briefs(&ids).await
    }
}
