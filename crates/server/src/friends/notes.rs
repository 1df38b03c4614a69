//! What friends leave for those above to do: notes of requests that somebody may have to be told of.

use super::model::RequestRow;
use super::{Friends, store};
use crate::kernel::db::{Sql, StorageError};
use crate::kernel::log::Tx;
use parlor_protocol::UserId;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The topic of the notes.
pub const TOPIC: &str = "friend";

/// Somebody asks somebody to be friends, or has said yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendNote {
    /// Who is to be told.
    pub user_id: UserId,
    /// Who asks, or has said yes.
    pub by: UserId,
    /// The request.
    pub request_id: i64,
    /// They have said yes.
    pub accepted: bool,
}

/// Notes down that the one is asked.
pub(super) async fn note_request(tx: &mut Tx<'_>, row: &RequestRow) -> Result<(), StorageError> {
    note(tx, row, (row.to_id, row.from_id), false).await
}

/// Notes down that the other has said yes.
pub(super) async fn note_accepted(tx: &mut Tx<'_>, row: &RequestRow) -> Result<(), StorageError> {
    note(tx, row, (row.from_id, row.to_id), true).await
}

async fn note(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    (user_id, by): (UserId, UserId),
    accepted: bool,
) -> Result<(), StorageError> {
    let note = FriendNote {
        user_id,
        by,
        request_id: row.id,
        accepted,
    };
    // A plain struct: writing it cannot fail.
    let body = serde_json::to_string(&note).unwrap_or_default();
    tx.note_down(TOPIC, vec![body]).await
}

impl Friends {
    /// The requests that wait for somebody's answer.
    pub async fn asked_of(sql: &impl Sql, user: UserId) -> Result<HashSet<i64>, StorageError> {
        let requests = store::load_requests_of(sql, user).await?.into_iter();
        let waiting = requests.filter(|row| row.to_id == user);
        Ok(waiting.map(|row| row.id).collect())
    }
}
