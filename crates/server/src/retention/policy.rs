//! The server's terms, and the rooms' own.

use super::error::RetentionError;
use super::{Retention, rules, store};
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use parlor_protocol::RoomId;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::retention::{
    ChangeRoomRetention, Retention as Terms, RetentionChange, RoomRetention,
};

impl Retention {
    /// `GET admin/retention`.
    pub async fn terms(&self, actor: &Actor) -> Result<Terms, RetentionError> {
        rules::may_administer(actor)?;
        Ok(store::load(self.kernel.db.read()).await?)
    }

    /// `PUT admin/retention`: changes what is given, and looks at once for what is too old by it.
    pub async fn change_terms(
        &self,
        actor: &Actor,
        change: RetentionChange,
    ) -> Result<Terms, RetentionError> {
        rules::may_administer(actor)?;
        self.accounts.check_recent(actor).await?;
        let by = actor.clone();
        let terms = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    let before = store::load(tx.sql()).await?;
                    let terms = rules::changed(before, &change)?;
                    store::save(tx.sql(), &terms).await?;
                    let text = |terms: &Terms| serde_json::to_string(terms).unwrap_or_default();
                    let act = Act::on_server(AuditAction::SettingChanged).fact("name", "retention");
                    let act = act.fact("from", text(&before)).fact("to", text(&terms));
                    audit::record(tx, &by, act).await?;
                    Ok::<_, RetentionError>(terms)
                })
            })
            .await?;
        self.wake.notify_one();
        Ok(terms)
    }

    /// `GET rooms/{id}/retention`, for whoever may see the room.
    pub async fn room_terms(
        &self,
        actor: &Actor,
        room: RoomId,
    ) -> Result<RoomRetention, RetentionError> {
        let own = self.rooms.room_term(actor, room).await?;
        let terms = store::load(self.kernel.db.read()).await?;
        Ok(rules::terms_of(&terms, &own))
    }

    /// `PUT rooms/{id}/retention`, for whoever decides in the room.
    pub async fn change_room_terms(
        &self,
        actor: &Actor,
        room: RoomId,
        change: ChangeRoomRetention,
    ) -> Result<RoomRetention, RetentionError> {
        let days = change.days;
        rules::check_days("days", days)?;
        self.rooms.may_configure(actor, room).await?;
        let server_days = self.room_terms(actor, room).await?.server_days;
        rules::check_room_days(days, server_days)?;
        self.rooms.set_retention(actor, room, days).await?;
        self.wake.notify_one();
        self.room_terms(actor, room).await
    }
}
