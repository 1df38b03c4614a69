//! Legal holds: placed, listed and lifted by administrators; those they are about are not told.

use super::error::RetentionError;
use super::{Retention, rules};
use crate::audit::{self, Act};
use crate::holds::{self, Row};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use crate::kernel::page::{self, Limit};
use crate::rooms::Rooms;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::retention::{HeldRoom, Hold, PlaceHold};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{Page, Timestamp, UserId};

/// Records forgotten by one statement.
const STRETCH: i64 = 500;

impl Retention {
    /// `POST admin/holds`: of a person, or of a room, nothing is removed from now on; of a community, of its rooms too.
    pub async fn place_hold(&self, actor: &Actor, hold: PlaceHold) -> Result<Hold, RetentionError> {
        rules::may_administer(actor)?;
        rules::check_hold(&hold)?;
        self.check_exists(&hold).await?;
        let id = self.kernel.ids.next(Kind::Hold).await?;
        let (by, ids) = (actor.clone(), self.kernel.ids.clone());
        let row = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let row = Row {
                        id,
                        user_id: hold.user_id,
                        room_id: hold.room_id,
                        reason: hold.reason.trim().to_owned(),
                        placed_by: by.user_id,
                        placed_at: tx.now().0,
                        lifted_by: None,
                        lifted_at: None,
                    };
                    holds::store::insert(tx.sql(), &row, None).await?;
                    if let Some(room) = row.room_id {
                        tx.lock_rooms(&[room]).await?;
                        let inside = Rooms::rooms_inside(tx.sql(), room).await?;
                        holds::reach(&ids, tx.sql(), &row, &inside).await?;
                    }
                    let act = act_on(AuditAction::HoldPlaced, &row);
                    audit::record(tx, &by, act).await?;
                    Ok::<_, RetentionError>(row)
                })
            })
            .await?;
        self.one(row).await
    }

    /// `GET admin/holds`: the newest first; those that were lifted among them where `with_lifted`.
    pub async fn holds(
        &self,
        actor: &Actor,
        with_lifted: bool,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Hold>, RetentionError> {
        rules::may_administer(actor)?;
        let (secrets, list) = (&self.kernel.secrets, format!("holds {with_lifted}"));
        let before = cursor.map(|cursor| page::open_number(secrets, &list, cursor));
        let before = before.transpose()?.unwrap_or(i64::MAX);
        let read = self.kernel.db.read();
        let rows = holds::store::list(read, with_lifted, before, limit.probe()).await?;
        let rows = limit.page(secrets, &list, rows, |row| row.id.to_string());
        Ok(Page {
            items: self.views(rows.items).await?,
            next: rows.next,
        })
    }

    /// `DELETE admin/holds/{id}`: lifts a hold. What it kept goes when its time is up, or now where it is.
    pub async fn lift_hold(&self, actor: &Actor, id: i64) -> Result<Hold, RetentionError> {
        rules::may_administer(actor)?;
        self.accounts.check_recent(actor).await?;
        let by = actor.clone();
        let row = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let row = holds::store::by_id(tx.sql(), id).await?;
                    let mut row = row.ok_or(RetentionError::NotFound)?;
                    if !holds::store::lift(tx.sql(), id, by.user_id, tx.now()).await? {
                        return Err(RetentionError::InvalidState("the hold was lifted before"));
                    }
                    (row.lifted_by, row.lifted_at) = (Some(by.user_id), Some(tx.now().0));
                    let act = act_on(AuditAction::HoldLifted, &row);
                    audit::record(tx, &by, act).await?;
                    Ok(row)
                })
            })
            .await?;
        self.rooms.purge_in_background();
        self.wake.notify_one();
        self.one(row).await
    }

    async fn check_exists(&self, hold: &PlaceHold) -> Result<(), RetentionError> {
        let exists = match (hold.user_id, hold.room_id) {
            (Some(user), _) => self.accounts.briefs(&[user]).await?.contains_key(&user),
            (None, Some(room)) => self.rooms.card(room).await?.is_some(),
            (None, None) => false,
        };
        if exists {
            return Ok(());
        }
        Err(RetentionError::NotFound)
    }

    async fn one(&self, row: Row) -> Result<Hold, RetentionError> {
        let mut views = self.views(vec![row]).await?;
        views.pop().ok_or(RetentionError::NotFound)
    }

    async fn views(&self, rows: Vec<Row>) -> Result<Vec<Hold>, StorageError> {
        let people = rows
            .iter()
            .flat_map(|row| [row.user_id, Some(row.placed_by), row.lifted_by]);
        let people: Vec<UserId> = people.flatten().collect();
        let people = self.accounts.briefs(&people).await?;
        let brief = |id: Option<UserId>| people.get(&id?).cloned();
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let room = match row.room_id {
                Some(room) => Some(self.held_room(room).await?),
                None => None,
            };
            views.push(Hold {
                id: row.id,
                user: brief(row.user_id),
                room,
                reason: row.reason,
                placed_by: brief(Some(row.placed_by)),
                placed_at: Timestamp(row.placed_at),
                lifted_by: brief(row.lifted_by),
                lifted_at: row.lifted_at.map(Timestamp),
            });
        }
        Ok(views)
    }

    async fn held_room(&self, id: i64) -> Result<HeldRoom, StorageError> {
        let card = self.rooms.card(id).await?;
        Ok(HeldRoom {
            id,
            kind: card.as_ref().map(|card| card.kind),
            name: card.map(|card| card.name).unwrap_or_default(),
        })
    }

    /// An account is about to be deleted: where its person is held, what would go with it is kept where nobody looks.
    pub(super) async fn keep_if_held(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<(), StorageError> {
        if !holds::holds_person(tx.sql(), user).await? {
            return Ok(());
        }
        let records = self.archives.records(tx.sql(), user, tx.now());
        let mut records = records.await?;
        // The log of sign-ins stays where it is.
        records.retain(|(part, _)| *part != "logins");
        let ids = &self.kernel.ids;
        let ids = ids.take(tx.sql(), Kind::Row, records.len()).await?;
        let lines = ids.into_iter().zip(records);
        let lines = lines.map(|(id, (part, record))| (id, part, record.to_string()));
        holds::store::keep_records(tx.sql(), user, lines.collect(), tx.now()).await
    }

    /// Forgets what was kept of people who are not held any more.
    pub(super) async fn forget_lifted(&self) -> Result<(), StorageError> {
        let write = self.kernel.db.write();
        while holds::store::forget_records(write, STRETCH).await? > 0 {}
        self.accounts.forget_buried().await
    }
}

/// What the audit log says of a hold. Its reason is not written down there.
fn act_on(action: AuditAction, row: &Row) -> Act {
    let act = match (row.user_id, row.room_id) {
        (Some(user), _) => Act::on_user(action, user),
        (None, Some(room)) => Act::on_room(action, room, RoomKind::Room),
        (None, None) => Act::on_server(action),
    };
    act.fact("hold", row.id.to_string())
}
