//! "Remind me of this message at …".

use super::deliver::{Cause, tell};
use super::model::{ReminderRow, Shown, noted};
use super::store::reminders as store;
use super::{Notifications, NotificationsError};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit as Rate;
use crate::kernel::page::{Limit, open_number};
use crate::messages::{Heard, Messages};
use crate::rooms::Rooms;
use parlor_protocol::notifications::{MakeReminder, NotificationType, Reminder};
use parlor_protocol::{MessageId, Page, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The most of one person that wait at a time.
const MOST: i64 = 200;
/// The furthest ahead, in milliseconds.
const AHEAD: i64 = 366 * 24 * 60 * 60 * 1000;
/// How often the clock is looked at; the table only when something is due.
const LOOK: Duration = Duration::from_millis(250);
/// Reminders read at once.
const PAGE: i64 = 100;

/// Starts the job that reminds people.
pub(super) fn start(here: &Arc<Notifications>) {
    let weak = Arc::downgrade(here);
    here.kernel.jobs.every(LOOK, move || {
        let here = weak.upgrade();
        async move {
            let Some(here) = here else { return };
            if here.kernel.clock.now().0 < here.next_due.load(Ordering::Acquire) {
                return;
            }
            if let Err(error) = here.remind().await {
                tracing::warn!(%error, "nobody could be reminded of anything");
            }
        }
    });
}

impl Notifications {
    /// Notes down to remind somebody of a message that they may read.
    pub async fn make_reminder(
        &self,
        actor: &Actor,
        draft: MakeReminder,
    ) -> Result<Reminder, NotificationsError> {
        let (me, now) = (actor.user_id, self.kernel.clock.now());
        self.kernel.limits.check(Rate::Change, me)?;
        if draft.remind_at <= now || draft.remind_at > now.plus_millis(AHEAD) {
            let why = "a time to come, within a year";
            return Err(NotificationsError::Field("remind_at", why));
        }
        let message = self.messages.message(actor, draft.message_id).await?;
        let is_inside = self.rooms.is_member(message.room_id, me).await?;
        if message.is_deleted || !is_inside {
            return Err(NotificationsError::NotFound);
        }
        let row = ReminderRow {
            id: self.kernel.ids.next(Kind::Reminder).await?,
            user_id: me,
            room_id: message.room_id,
            message_id: message.id,
            remind_at: draft.remind_at.0,
            created_at: now.0,
        };
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                tx.lock_people(&[me]).await?;
                if store::count(tx.sql(), me).await? >= MOST {
                    let why = "so many reminders wait already that nobody remembers more";
                    return Err(NotificationsError::InvalidState(why));
                }
                Ok(store::insert(tx.sql(), &row).await?)
            })
        });
        commit.await?;
        self.next_due.fetch_min(row.remind_at, Ordering::AcqRel);
        let made = self.reminder_views(me, &[row]).await?.pop();
        made.ok_or(NotificationsError::NotFound)
    }

    /// `GET notifications/reminders`: those that wait, in the order in which they were made. What one may not see any more
    /// is not among them.
    pub async fn reminders(
        &self,
        actor: &Actor,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Reminder>, NotificationsError> {
        const LIST: &str = "reminders";
        let me = actor.user_id;
        self.kernel.limits.check(Rate::Read, me)?;
        let secrets = &self.kernel.secrets;
        let after = cursor.map(|cursor| open_number(secrets, LIST, cursor));
        let after = after.transpose()?.unwrap_or(0);
        let rows = store::list(self.kernel.db.read(), me, after, limit.probe()).await?;
        let page = limit.page(secrets, LIST, rows, |row| row.id.to_string());
        Ok(Page {
            items: self.reminder_views(me, &page.items).await?,
            next: page.next,
        })
    }

    /// Takes a reminder back.
    pub async fn withdraw_reminder(
        &self,
        actor: &Actor,
        id: i64,
    ) -> Result<(), NotificationsError> {
        let me = actor.user_id;
        self.kernel.limits.check(Rate::Change, me)?;
        let commit = self
            .kernel
            .log
            .commit(move |tx| Box::pin(async move { store::delete(tx.sql(), id, me).await }));
        if commit.await? {
            Ok(())
        } else {
            Err(NotificationsError::NotFound)
        }
    }

    async fn reminder_views(
        &self,
        user: UserId,
        rows: &[ReminderRow],
    ) -> Result<Vec<Reminder>, StorageError> {
        let sql = self.kernel.db.read();
        let rooms: Vec<_> = rows.iter().map(|row| row.room_id).collect();
        let inside = Rooms::read_marks_of(sql, user, &rooms).await?;
        let messages: Vec<MessageId> = rows.iter().map(|row| row.message_id).collect();
        let messages: HashMap<MessageId, Heard> = Messages::heard(sql, &messages).await?;
        let blocked = self.friends.blocked_by(user).await?;
        let people: Vec<UserId> = messages.values().map(|message| message.by).collect();
        let people = self.accounts.briefs(&people).await?;
        let view = |row: &ReminderRow| {
            let message = messages.get(&row.message_id)?;
            let is_seen = inside.contains_key(&row.room_id) && !blocked.contains(&message.by);
            is_seen.then(|| Reminder {
                id: row.id,
                room_id: row.room_id,
                message: noted(message),
                by: people.get(&message.by).cloned(),
                remind_at: Timestamp(row.remind_at),
            })
        };
        Ok(rows.iter().filter_map(view).collect())
    }

    /// Reminds those whose time has come.
    async fn remind(&self) -> Result<(), StorageError> {
        // Before the table is read: what is made meanwhile sets it again.
        self.next_due.store(i64::MAX, Ordering::Release);
        let next = self.remind_all_due().await;
        // After a failure it is tried again at once.
        let next_due = next.as_ref().copied().unwrap_or(0);
        self.next_due.fetch_min(next_due, Ordering::AcqRel);
        next.map(drop)
    }

    /// Reminds all whose time has come, and answers when the next one's comes.
    async fn remind_all_due(&self) -> Result<i64, StorageError> {
        let sql = self.kernel.db.read();
        loop {
            let due = store::due(sql, self.kernel.clock.now(), PAGE).await?;
            if due.is_empty() {
                return Ok(store::next_due(sql).await?.unwrap_or(i64::MAX));
            }
            for row in due {
                self.remind_of(row).await?;
            }
        }
    }

    /// Reminds somebody of a message, unless they may not see it any more.
    async fn remind_of(&self, row: ReminderRow) -> Result<(), StorageError> {
        self.kernel.ids.top_up(Kind::Notification).await?;
        let messages = Messages::heard(self.kernel.db.read(), &[row.message_id]).await?;
        let message = messages.get(&row.message_id);
        let actor = message.map(|message| message.by);
        let cause = Cause {
            name: format!("reminder {}", row.id),
            actor,
            room: Some(row.room_id),
            seq: message.map_or(0, |message| message.seq),
            message: Some(row.message_id),
            body: String::new(),
        };
        let kind = NotificationType::Reminder;
        let is_told = message.is_some() && self.is_wanted(row.user_id, kind, &cause).await?;
        let people: Vec<UserId> = actor.into_iter().collect();
        let shown = Shown {
            people: self.accounts.briefs(&people).await?,
            messages,
        };
        let ids = self.kernel.ids.clone();
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                let (user, room) = (row.user_id, row.room_id);
                // Withdrawn meanwhile, it reminds nobody.
                let is_due = store::delete(tx.sql(), row.id, user).await?;
                let inside = Rooms::read_marks(tx.sql(), room, &[user]).await?;
                if is_due && is_told && !inside.is_empty() {
                    tell(tx, &ids, &cause, [(user, kind)].into(), &shown).await?;
                }
                Ok::<_, StorageError>(())
            })
        });
        commit.await
    }
}
