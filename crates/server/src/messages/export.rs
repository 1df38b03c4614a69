//! The whole history of a room in one piece, however long, in constant memory.

use super::store::{self, Span};
use super::{Desk, Messages, MessagesError, rules};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use axum::body::{Body, Bytes};
use futures_util::stream;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::{Code, Problem, RoomId, Seq};
use std::sync::Arc;

/// Messages that are in memory at a time.
const PAGE: i64 = 200;

/// Where an export has got to.
struct Export {
    desk: Arc<Desk>,
    actor: Actor,
    room: RoomId,
    after: Seq,
}

impl Messages {
    /// All messages of a room as JSON Lines, oldest first, a page at a time as the reader takes them. The right, and
    /// whether one is still signed in, is asked again for every page; a failure after the first breaks the transfer off, so that half an export does not look
    /// like a whole one.
    pub async fn export(&self, actor: &Actor, room: RoomId) -> Result<Body, MessagesError> {
        let limits = &self.desk.kernel.limits;
        limits.check(Limit::Export, actor.user_id)?;
        let mut export = Export {
            desk: self.desk.clone(),
            actor: actor.clone(),
            room,
            after: 0,
        };
        let first = export.page().await?.unwrap_or_default();
        self.note_export(actor, room).await?;
        let pages = stream::try_unfold((export, Some(first)), |(mut export, ready)| async move {
            let page = match ready {
                Some(page) => Some(page).filter(|page| !page.is_empty()),
                None => export.page().await?,
            };
            Ok::<_, MessagesError>(page.map(|page| (page, (export, None))))
        });
        Ok(Body::from_stream(pages))
    }
}

impl Messages {
    /// Writes down who takes a whole history along, before the first of it leaves.
    async fn note_export(&self, actor: &Actor, room: RoomId) -> Result<(), MessagesError> {
        let kind = self.desk.rooms.access(room, actor).await?.kind;
        let act = Act::on_room(AuditAction::RoomExported, room, kind);
        let by = actor.clone();
        let log = &self.desk.kernel.log;
        log.commit(move |tx| Box::pin(async move { Ok(audit::record(tx, &by, act).await?) }))
            .await
    }
}

impl Export {
    async fn page(&mut self) -> Result<Option<Bytes>, MessagesError> {
        let desk = &self.desk;
        // However long it takes, only whoever is still signed in goes on reading.
        let session = self.actor.session_id;
        if desk.accounts.actors_of(&[session]).await?.is_empty() {
            return Err(Problem::new(Code::Unauthorized).into());
        }
        rules::may_export(&desk.rooms.access(self.room, &self.actor).await?)?;
        let db = desk.kernel.db.read();
        let rows = store::span(db, self.room, Span::After(self.after), PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        self.after = last.seq;
        let mut lines = Vec::with_capacity(rows.len() * 512);
        for message in desk.views(db, &rows).await? {
            let line = serde_json::to_vec(&message).unwrap_or_default();
            lines.extend_from_slice(&line);
            lines.push(b'\n');
        }
        Ok(Some(lines.into()))
    }
}
