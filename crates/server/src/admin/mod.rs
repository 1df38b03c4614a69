//! What those see who run the server. What they do to people and rooms is done where people and rooms are; here is what
//! takes all of it together.
//!
//! - [`audit`]: the audit log, with names
//! - [`rooms`]: rooms and communities from outside; [`figures`]: how much of everything
//! - [`api`]: the routes of all that

mod api;
mod audit;
mod figures;
mod rooms;

pub use figures::CountConnections;

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::db::migrate::Migration;
use figures::Figures;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0012_figures",
    sql: include_str!("schema.sql"),
};

/// The capability.
pub struct Admin {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    figures: Figures,
}

impl Admin {
    /// The capability; begins to count.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>) -> Arc<Self> {
        let admin = Arc::new(Self {
            kernel,
            accounts,
            figures: Figures::default(),
        });
        admin.start_counting();
        admin
    }

    /// A message has reached its room's connections this many milliseconds after it was accepted.
    pub fn delivered(&self, millis: i64) {
        self.figures.delivered(millis);
    }

    /// Lets those who serve connections count them.
    pub fn count_connections_with(&self, count: CountConnections) {
        self.figures.count_connections_with(count);
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }
}
