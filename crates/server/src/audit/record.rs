//! Writing an entry.

use super::model::{Act, AuditRow};
use super::store;
use crate::kernel::actor::{Actor, Way};
use crate::kernel::db::StorageError;
use crate::kernel::log::{Stream, Tx};
use parlor_protocol::audit::AuditSource;

/// Writes down what `by` does, in the transaction that does it: both hold, or neither.
pub async fn record(tx: &mut Tx<'_>, by: &Actor, act: Act) -> Result<(), StorageError> {
    let source = match by.origin.way {
        Way::Http => AuditSource::Http,
        Way::Socket => AuditSource::Socket,
        Way::Console => AuditSource::Console,
        Way::Server => AuditSource::Server,
    };
    let row = AuditRow {
        seq: tx.reserve(Stream::Audit, 1).await?,
        at: tx.now().0,
        source: source.as_str().to_owned(),
        actor_id: by.account(),
        action: act.action.as_str().to_owned(),
        subject: act.subject.as_str().to_owned(),
        subject_id: act.subject_id,
        room_id: act.room_id,
        // A map of texts: writing it cannot fail.
        facts: serde_json::to_string(&act.facts).unwrap_or_default(),
        address: by.origin.address.map(|address| address.to_string()),
        request_id: by.origin.request_id.as_deref().map(str::to_owned),
    };
    store::insert(tx.sql(), row).await
}
