//! What friends do when an account is gone.

use super::ask::close;
use super::events::announce_block;
use super::part::part;
use super::store;
use crate::kernel::db::StorageError;
use crate::kernel::log::Tx;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::friends::RequestOutcome;

/// Somebody who is gone is nobody's friend, asks nobody, and is blocked by nobody.
pub(super) async fn on_deleted(tx: &mut Tx<'_>, user: UserBrief) -> Result<(), StorageError> {
    for friend in store::load_friend_ids(tx.sql(), user.id).await? {
        part(tx, user.id, friend).await?;
    }
    for request in store::load_requests_of(tx.sql(), user.id).await? {
        close(tx, &request, RequestOutcome::Withdrawn).await?;
    }
    for blocker in store::load_blockers(tx.sql(), user.id).await? {
        store::delete_block(tx.sql(), blocker, user.id).await?;
        announce_block(tx, blocker, &user, None).await?;
    }
    store::delete_blocks_by(tx.sql(), user.id).await
}
