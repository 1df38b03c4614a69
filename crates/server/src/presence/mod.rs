//! Presence: who is here, who was, and who is typing. In memory, but for the last time somebody was seen.
//!
//! - [`visits`]: coming and going, with a moment's patience for reconnects
//! - [`online`]: who is here; [`api`]: the ways to ask

mod api;
mod online;
mod visits;

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::socket::EventTable;
use crate::rooms::Rooms;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The capability.
pub struct Presence {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    #[expect(dead_code, reason = "skeleton")]
    rooms: Arc<Rooms>,
}

impl Presence {
    /// The capability.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>, rooms: Arc<Rooms>) -> Arc<Self> {
        Arc::new(Self {
            kernel,
            accounts,
            rooms,
        })
    }

    /// The routes under `/api`.
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self)
    }

    /// The socket events.
    pub fn events(self: &Arc<Self>, table: &mut EventTable) {
        api::events(self, table);
    }
}
