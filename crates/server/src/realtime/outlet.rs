//! What is delivered, told also in the ways of older systems.

use super::groups;
use crate::kernel::bus::Signal;
use parlor_protocol::{SessionId, UserId};
use parlor_transport::{Group, Hub, SocketId};
use std::collections::HashSet;
use std::sync::Arc;

/// Hears all that is delivered, and tells it in a form of its own, encoded once for everybody who hears that form.
pub(crate) trait Outlet: Send + Sync {
    /// Called for each signal in order, by the one task that delivers: it does not wait, and costs nothing to speak of
    /// while nobody listens.
    fn deliver(&self, signal: &Signal);
}

/// All outlets.
pub(crate) type Outlets = Arc<[Arc<dyn Outlet>]>;

/// Closes what a person has in a group, but for one session's.
pub(crate) fn close_all(hub: &Hub, own: Group, except: Option<SessionId>) {
    let spared = except.map(|session| hub.members(groups::session(session)));
    let spared: HashSet<SocketId> = spared.unwrap_or_default().into_iter().collect();
    for socket in hub.members(own) {
        if !spared.contains(&socket) {
            hub.close(socket, "session ended");
        }
    }
}

/// Whom a signal signs out of a hub, where `own` are the groups of people.
pub(crate) fn sign_out(hub: &Hub, signal: &Signal, own: impl Fn(UserId) -> Group) {
    match signal {
        Signal::SessionEnded(session) => {
            hub.close_group(groups::session(*session), "session ended");
        }
        Signal::SessionsEnded { user_id, except } => close_all(hub, own(*user_id), *except),
        _ => {}
    }
}
