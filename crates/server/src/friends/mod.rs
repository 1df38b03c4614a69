//! Friends: who knows whom, who has asked whom, and whom somebody wants to hear nothing of.
//!
//! - [`ask`]: requests and what becomes of them; [`part`]: friends no longer; [`block`]: blocking
//! - [`relation`]: what two people are to each other; [`sight`]: who may see who is here
//! - [`list`]: friends, requests and the blocked, as one person sees them
//! - [`rules`]: who may ask whom; [`error`]: refusals
//! - [`events`]: what is published, and told again; [`on_event`]: accounts that are gone
//! - [`take_over`]: those of older systems; [`records`]: what is stored of somebody
//! - [`notes`]: what is left for those above, who tell people of it
//! - [`model`], [`store`]: rows; [`api`]: routes

mod api;
mod ask;
mod block;
pub mod error;
mod events;
mod list;
mod model;
pub mod notes;
mod on_event;
mod part;
mod records;
mod relation;
mod rules;
pub mod sight;
mod store;
mod take_over;

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::Tx;
use futures_util::future::BoxFuture;
use parlor_protocol::UserId;
use std::sync::{Arc, OnceLock};
use utoipa_axum::router::OpenApiRouter;

pub use error::FriendsError;
pub use notes::FriendNote;
pub use sight::Watchers;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0006_friends",
    sql: include_str!("schema.sql"),
};

/// Runs in the transaction in which somebody blocks somebody, or does so no longer.
pub type BlockHook = Box<
    dyn for<'a, 't> Fn(&'a mut Tx<'t>, (UserId, UserId)) -> BoxFuture<'a, Result<(), StorageError>>
        + Send
        + Sync,
>;

/// The capability.
pub struct Friends {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    blocked: OnceLock<Arc<BlockHook>>,
}

impl Friends {
    /// The capability; lets accounts know who may see whom, and lets go of those who are gone.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>) -> Arc<Self> {
        accounts.on_deleted(Box::new(|tx, user| {
            Box::pin(on_event::on_deleted(tx, user))
        }));
        let friends = Arc::new(Self {
            kernel,
            accounts,
            blocked: OnceLock::new(),
        });
        sight::hide_for_accounts(&friends);
        friends
    }

    /// Runs `hook` when two people are kept apart, or no longer.
    pub fn on_blocked(&self, hook: BlockHook) {
        let _ = self.blocked.set(Arc::new(hook));
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }
}
