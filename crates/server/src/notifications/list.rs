//! What somebody is told of, as they see it.

use super::look_over::Look;
use super::model::Row;
use super::rules::{Facts, Standing, judge};
use super::{Notifications, NotificationsError, store};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit as Rate;
use crate::kernel::page::{Limit, open_number};
use parlor_protocol::UserId;
use parlor_protocol::notifications::{Notification, Notifications as View};

/// So many that are unread are named.
pub(super) const UNREAD: i64 = 200;

impl Notifications {
    /// `GET notifications`: a page of one's own, the newest first, and which of all are unread.
    pub async fn list(
        &self,
        actor: &Actor,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<View, NotificationsError> {
        const LIST: &str = "notifications";
        let me = actor.user_id;
        self.kernel.limits.check(Rate::Read, me)?;
        let (sql, secrets) = (self.kernel.db.read(), &self.kernel.secrets);
        let before = cursor.map(|cursor| open_number(secrets, LIST, cursor));
        let before = before.transpose()?.unwrap_or(i64::MAX);
        let rows = store::list(sql, me, before, limit.probe()).await?;
        let page = limit.page(secrets, LIST, rows, |row| row.id.to_string());
        let unread = store::unread(sql, me, i64::MAX, UNREAD).await?;
        self.looks.put_first(Look::All(me));
        Ok(View {
            items: self.views(me, &page.items).await?,
            next: page.next,
            unread: self.still_unread(me, &unread).await?,
        })
    }

    /// Notifications of one person as they see them, without those that they may not see any more.
    pub(super) async fn views(
        &self,
        user: UserId,
        rows: &[Row],
    ) -> Result<Vec<Notification>, StorageError> {
        let facts = self.load_facts(self.kernel.db.read(), user, rows).await?;
        let standings: Vec<Standing> = rows.iter().map(|row| judge(row, &facts)).collect();
        let shown = self.load_shown(rows, facts.messages).await?;
        let view = |(row, standing): (&Row, Standing)| match standing {
            Standing::Unread => Some(row.view(false, &shown)),
            Standing::Read => Some(row.view(true, &shown)),
            Standing::Gone => None,
        };
        Ok(rows.iter().zip(standings).filter_map(view).collect())
    }

    async fn still_unread(&self, user: UserId, rows: &[Row]) -> Result<Vec<i64>, StorageError> {
        let facts: Facts = self.load_facts(self.kernel.db.read(), user, rows).await?;
        let unread = rows
            .iter()
            .filter(|row| judge(row, &facts) == Standing::Unread);
        Ok(unread.map(|row| row.id).collect())
    }
}
