//! What administrators do here, written down.

use crate::kernel::actor::Actor;
use std::fmt::Display;

/// Notes who did what to which room, person or setting. This is the one place where the deeds of this capability become
/// entries of the audit log.
pub(super) fn note(actor: &Actor, deed: &'static str, about: impl Display) {
    tracing::info!(target: "parlor::audit", by = actor.user_id, deed, %about);
}
