//! What those who serve live connections ask of accounts.

use super::Accounts;
use super::store::{accounts, sessions};
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use parlor_protocol::{SessionId, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::Arc;

impl Accounts {
    /// Who acts through sessions that are connected, for those that have not ended: as the database has it, whatever
    /// memory says, and who may go on without taking up a second factor. Being connected is use, so none of them ends for
    /// want of that.
    pub async fn actors_of(
        &self,
        connected: &[SessionId],
    ) -> Result<HashMap<SessionId, Arc<Actor>>, StorageError> {
        let now = self.kernel.clock.now();
        let rows = sessions::by_ids(self.kernel.db.read(), connected).await?;
        let live = rows.iter().filter(|row| row.may_go_on(now));
        let actors = live.map(|row| (row.id, Arc::new(row.actor())));
        // Somebody who was made an administrator may have to take up a second factor first.
        let actors = actors.filter(|(_, actor)| !self.must_enrol(actor));
        Ok(actors.collect())
    }

    /// Writes down when people were last seen, where that is later than what is known.
    pub async fn saw(&self, people: &[(UserId, Timestamp)]) -> Result<(), StorageError> {
        let transaction = self.kernel.db.begin().await?;
        accounts::set_seen(&transaction, people).await?;
        transaction.commit().await
    }
}
