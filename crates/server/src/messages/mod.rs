//! Messages: what is said in rooms, how it changes, and who has read it.

use crate::accounts::Accounts;
use crate::kernel::Kernel;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::Entry;
use crate::kernel::socket::EventTable;
use crate::rooms::Rooms;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::{Problem, RoomId, UserId};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0004_messages",
    sql: include_str!("schema.sql"),
};

/// The capability.
pub struct Messages {
    #[expect(dead_code, reason = "skeleton")]
    kernel: Kernel,
    #[expect(dead_code, reason = "skeleton")]
    accounts: Arc<Accounts>,
    #[expect(dead_code, reason = "skeleton")]
    rooms: Arc<Rooms>,
}

impl Messages {
    /// The capability; lets rooms count what is unread.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>, rooms: Arc<Rooms>) -> Arc<Self> {
        Arc::new(Self {
            kernel,
            accounts,
            rooms,
        })
    }

    /// Entries of a room's log that are this capability's, as the events they were, for one reader: messages as they
    /// are now, deleted ones without content. Others are passed over.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn replay(
        &self,
        _reader: UserId,
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
