//! Archives: everything that is stored of a person, in one file for them to take along, and bringing such files in.
//!
//! - [`ask`]: asking for one's archive, seeing how far it is, taking it; [`work`]: the job that writes them
//! - [`gather`]: what goes into one; [`pages`]: the part that people read
//! - [`import`]: bringing one in, or the export of a room
//! - [`format`]: what an archive looks like; [`writer`]: writing one
//! - [`error`]: refusals; [`store`]: rows; [`api`]: routes

mod api;
mod ask;
pub mod error;
mod format;
mod gather;
pub mod import;
mod pages;
mod store;
mod work;
mod writer;

pub use error::ArchivesError;
pub use gather::Written;

use crate::accounts::Accounts;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::db::migrate::Migration;
use crate::messages::Messages;
use crate::notifications::Notifications;
use crate::rooms::Rooms;
use parlor_protocol::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;

/// The table of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0013_archives",
    sql: include_str!("schema.sql"),
};

/// The capability.
pub struct Archives {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
    notifications: Arc<Notifications>,
    wake: Notify,
    /// Archives are written one at a time.
    turn: tokio::sync::Mutex<()>,
    /// Exports are brought in one at a time.
    turns: import::Turns,
    /// How far the archive has come that is being written: records written, and records in all.
    progress: Mutex<HashMap<UserId, (i64, i64)>>,
}

impl Archives {
    /// The capability; forgets the archives of those who are gone.
    #[must_use]
    pub fn new(
        kernel: Kernel,
        accounts: Arc<Accounts>,
        friends: Arc<Friends>,
        rooms: Arc<Rooms>,
        messages: Arc<Messages>,
        notifications: Arc<Notifications>,
    ) -> Arc<Self> {
        accounts.on_deleted(Box::new(|tx, user| {
            Box::pin(async move { store::delete_of(tx.sql(), user.id).await })
        }));
        Arc::new(Self {
            kernel,
            accounts,
            friends,
            rooms,
            messages,
            notifications,
            wake: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            turns: import::Turns::default(),
            progress: Mutex::default(),
        })
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self)
    }
}
