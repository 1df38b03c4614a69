//! Retention: for how long what is said is kept, and what has to be kept nevertheless.
//!
//! - [`policy`]: the server's and the rooms' own terms; [`hold`]: legal holds, over the tables of `holds`
//! - [`enforce`]: the job that removes what is too old
//! - [`rules`]: which term is in force; [`error`]: refusals
//! - [`store`]: where the server's terms are; [`api`]: routes

mod api;
mod enforce;
pub mod error;
mod hold;
mod policy;
pub mod rules;
mod store;

pub use error::RetentionError;

use crate::accounts::Accounts;
use crate::archives::Archives;
use crate::kernel::Kernel;
use crate::messages::Messages;
use crate::rooms::Rooms;
use std::sync::Arc;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;

/// The capability.
pub struct Retention {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
    archives: Arc<Archives>,
    wake: Arc<Notify>,
}

impl Retention {
    /// The capability; keeps what is held of accounts that are deleted.
    #[must_use]
    pub fn new(
        kernel: Kernel,
        accounts: Arc<Accounts>,
        rooms: Arc<Rooms>,
        messages: Arc<Messages>,
        archives: Arc<Archives>,
    ) -> Arc<Self> {
        let retention = Arc::new(Self {
            kernel,
            accounts,
            rooms,
            messages,
            archives,
            wake: Arc::default(),
        });
        let keeper = Arc::downgrade(&retention);
        retention.accounts.before_deleted(Box::new(move |tx, user| {
            let keeper = keeper.upgrade();
            Box::pin(async move {
                match keeper {
                    Some(retention) => retention.keep_if_held(tx, user.id).await,
                    None => Ok(()),
                }
            })
        }));
        retention
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self)
    }

    /// The routes of the console.
    #[must_use]
    pub fn console_routes(self: &Arc<Self>) -> OpenApiRouter {
        api::desk_routes(self)
    }
}
