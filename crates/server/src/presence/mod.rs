//! Presence: who is here, who was, and who is typing. In memory, but for the last time somebody was seen.
//!
//! - [`visits`]: coming and going, with a moment's patience for reconnects; [`last_seen`]: when people were last here
//! - [`online`]: who is here; [`relations`]: who sees it, when that changes
//! - [`typing`]: starting and stopping to type; [`typists`]: who does
//! - [`api`]: routes and socket events

mod api;
mod last_seen;
mod online;
mod relations;
mod typing;
mod typists;
mod visits;

pub use visits::PATIENCE;

use crate::accounts::Accounts;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::socket::EventTable;
use crate::rooms::Rooms;
use last_seen::LastSeen;
use std::sync::Arc;
use typists::Typists;
use utoipa_axum::router::OpenApiRouter;

/// The capability.
pub struct Presence {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    typists: Typists,
    last_seen: LastSeen,
}

impl Presence {
    /// The capability; follows what is said in rooms, so that who has said it is no longer typing, and what people become
    /// to each other, so that they see each other or no longer do.
    #[must_use]
    pub fn new(
        kernel: Kernel,
        accounts: Arc<Accounts>,
        friends: Arc<Friends>,
        rooms: Arc<Rooms>,
    ) -> Arc<Self> {
        let presence = Arc::new(Self {
            last_seen: LastSeen::start(&kernel, accounts.clone()),
            kernel,
            accounts,
            friends,
            rooms,
            typists: Typists::default(),
        });
        let follower = Arc::downgrade(&presence);
        presence.kernel.bus.on_signal(move |signal| {
            if let Some(presence) = follower.upgrade() {
                presence.on_signal(signal);
                presence.follow_relations(signal);
            }
        });
        presence
    }

    /// The routes under `/api`.
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }

    /// The socket events.
    pub fn events(self: &Arc<Self>, table: &mut EventTable) {
        api::events(self, table);
    }
}
