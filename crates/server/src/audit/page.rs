//! Reading the log, the newest entry first.

use super::model::AuditRow;
use super::store;
use crate::kernel::Kernel;
use crate::kernel::page::{Limit, open_number};
use parlor_protocol::audit::{AuditAction, AuditSource, AuditSubject};
use parlor_protocol::{Page, Problem, RoomId, Timestamp, UserId};

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this account.
    pub actor_id: Option<UserId>,
    /// By this way.
    pub source: Option<AuditSource>,
    /// Of this kind.
    pub action: Option<AuditAction>,
    /// About such things.
    pub subject: Option<AuditSubject>,
    /// About the one of this id.
    pub subject_id: Option<i64>,
    /// In this room.
    pub room_id: Option<RoomId>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// A page of entries. Whoever calls this has checked who asks.
pub async fn load(
    kernel: &Kernel,
    wanted: &Wanted,
    limit: Limit,
    cursor: Option<&str>,
) -> Result<Page<AuditRow>, Problem> {
    let secrets = &kernel.secrets;
    let list = format!("audit {wanted:?}");
    let before = cursor.map(|cursor| open_number(secrets, &list, cursor));
    let before = before.transpose()?.unwrap_or(i64::MAX);
    let rows = store::list(kernel.db.read(), wanted, before, limit.probe()).await?;
    Ok(limit.page(secrets, &list, rows, |row| row.seq.to_string()))
}
