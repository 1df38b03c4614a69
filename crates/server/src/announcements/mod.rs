//! Announcements: what those who run the server tell everybody, whether they are here or come later, until each has
//! dismissed it.
//!
//! An announcement is an entry of the server's own log, which every client resumes like that of a room, so that telling
//! a million people costs one row. Having dismissed it is an entry of one's own log, so that all of one's devices agree.
//!
//! - [`make`], [`withdraw`]: by administrators; [`dismiss`]: by everybody for themselves; [`list`]: what there is
//! - [`replay`]: entries of both logs as the events they were; [`rules`]: what can be announced
//! - [`store`]: the tables; [`api`]: routes

mod api;
mod dismiss;
mod error;
mod list;
mod make;
mod replay;
mod rules;
mod store;
mod withdraw;

pub use error::AnnouncementsError;

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::db::migrate::Migration;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0011_announcements",
    sql: include_str!("schema.sql"),
};

/// Entries of the server's log.
const ANNOUNCED: &str = "announcement";
const WITHDRAWN: &str = "announcement_withdrawn";
/// An entry of a person's log.
const DISMISSED: &str = "announcement_dismissed";

/// The capability.
pub struct Announcements {
    kernel: Kernel,
    accounts: Arc<Accounts>,
}

impl Announcements {
    /// The capability; forgets what people dismissed who are gone.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>) -> Arc<Self> {
        accounts.on_deleted(Box::new(|tx, user| {
            Box::pin(async move { store::delete_dismissals_of(tx.sql(), user.id).await })
        }));
        Arc::new(Self { kernel, accounts })
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }

    /// Those of them that administrators use.
    #[must_use]
    pub fn console_routes(self: &Arc<Self>) -> OpenApiRouter {
        api::console_routes(self.clone())
    }
}
