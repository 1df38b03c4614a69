//! For how long rooms keep what is said in them, as their owners have set it. What the server makes of it is decided
//! above.

use super::error::RoomsError;
use super::events::announce_change;
use super::model::kind_from;
use super::note::note;
use super::rules;
use super::{Rooms, store};
use crate::audit::Act;
use crate::kernel::actor::Actor;
use crate::kernel::db::{Sql, StorageError, args};
use crate::kernel::limits::Limit;
use parlor_protocol::RoomId;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::RoomKind;
use serde::Deserialize;

/// What decides for how long a room keeps what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomTerm {
    /// The room.
    pub room_id: RoomId,
    /// A named room, a direct chat, or the room of a community.
    pub kind: RoomKind,
    /// Invisible from outside.
    pub is_private: bool,
    /// For how many days, as its owner has set it; 0 for as long as the server does.
    pub days: i64,
}

#[derive(Deserialize)]
struct Row {
    id: RoomId,
    kind: i16,
    is_private: bool,
    retention_days: Option<i64>,
}

impl From<Row> for RoomTerm {
    fn from(row: Row) -> Self {
        Self {
            room_id: row.id,
            kind: kind_from(row.kind),
            is_private: row.is_private,
            days: row.retention_days.unwrap_or(0),
        }
    }
}

impl Rooms {
    /// The rooms of a community; of a room that is none, there are none.
    pub async fn rooms_inside(
        sql: &impl Sql,
        community: RoomId,
    ) -> Result<Vec<RoomId>, StorageError> {
        store::load_rooms_inside(sql, community).await
    }

    /// Rooms after an id, in order.
    pub async fn room_terms(
        &self,
        after: RoomId,
        limit: i64,
    ) -> Result<Vec<RoomTerm>, StorageError> {
        let query = "SELECT id, kind, is_private, retention_days FROM rooms WHERE id > ? ORDER BY id LIMIT ?";
        let rows: Vec<Row> = self
            .kernel
            .db
            .read()
            .rows(query, args![after, limit])
            .await?;
        Ok(rows.into_iter().map(RoomTerm::from).collect())
    }

    /// One room's, for whoever may see the room.
    pub async fn room_term(&self, actor: &Actor, room: RoomId) -> Result<RoomTerm, RoomsError> {
        self.check(room, actor, rules::may_see).await?;
        let mut found = self.room_terms(room - 1, 1).await?;
        found.retain(|one| one.room_id == room);
        Ok(found.pop().ok_or(rules::Denied::NotFound)?)
    }

    /// Whether somebody may set it.
    pub async fn may_configure(&self, actor: &Actor, room: RoomId) -> Result<(), RoomsError> {
        self.check(room, actor, rules::may_configure).await
    }

    /// Sets for how many days a room keeps what is said; 0 for as long as the server does.
    pub async fn set_retention(
        &self,
        actor: &Actor,
        room: RoomId,
        days: i64,
    ) -> Result<(), RoomsError> {
        self.may_configure(actor, room).await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let by = actor.clone();
        self.kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let mut row = store::lock_room(tx, room).await?;
                    let access = store::load_access(tx.sql(), &row, &by).await?;
                    rules::may_configure(&access)?;
                    let days = (days > 0).then_some(days);
                    if row.retention_days == days {
                        return Ok(());
                    }
                    row.retention_days = days;
                    let query = "UPDATE rooms SET retention_days = ? WHERE id = ?";
                    tx.sql().run(query, args![days, room]).await?;
                    announce_change(tx, &row, Some(by.user_id), RoomChange::Settings).await?;
                    let act = Act::on_room(AuditAction::RoomChanged, row.id, row.kind());
                    Ok(note(tx, &by, act.fact("fields", "retention_days")).await?)
                })
            })
            .await
    }
}
