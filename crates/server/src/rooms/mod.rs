//! Rooms: places to talk, who is in them, and what they may do there.

pub mod access;

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::Entry;
use crate::kernel::socket::EventTable;
use futures_util::future::BoxFuture;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::{Problem, RoomId, UserId};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use utoipa_axum::router::OpenApiRouter;

pub use access::Access;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0003_rooms",
    sql: include_str!("schema.sql"),
};

/// What a person has not read in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Messages of others.
    pub messages: i64,
    /// Those that mention them.
    pub mentions: i64,
}

/// Counts what a person has not read, for several rooms at once; messages know.
pub type CountUnread = Box<
    dyn Fn(UserId, Vec<RoomId>) -> BoxFuture<'static, Result<HashMap<RoomId, Unread>, StorageError>>
        + Send
        + Sync,
>;

/// The capability.
pub struct Rooms {
    #[expect(dead_code, reason = "skeleton")]
    kernel: Kernel,
    #[expect(dead_code, reason = "skeleton")]
    accounts: Arc<Accounts>,
    count_unread: OnceLock<CountUnread>,
}

impl Rooms {
    /// The capability; registers what it does when accounts are made and deleted.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>) -> Arc<Self> {
        Arc::new(Self {
            kernel,
            accounts,
            count_unread: OnceLock::new(),
        })
    }

    /// Lets messages count what is unread in the views of rooms.
    pub fn count_unread_with(&self, count: CountUnread) {
        let _ = self.count_unread.set(count);
    }

    /// The rooms a person is in: what their connections are subscribed to.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn rooms_of(&self, _user: UserId) -> Result<Vec<RoomId>, StorageError> {
        Ok(Vec::new())
    }

    /// Entries of a room's log that are this capability's, as the events they were. Others are passed over.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn replay(
        &self,
        _room: RoomId,
        _entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        Ok(Vec::new())
    }

    /// The routes under `/api`.
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        OpenApiRouter::new()
    }

    /// The socket events.
    pub fn events(self: &Arc<Self>, _table: &mut EventTable) {}
}
