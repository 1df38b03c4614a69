//! Rooms: places to talk, who is in them, and what they may do there.
//!
//! - [`access`]: what a person is to a room, from memory; [`rules`]: what that lets them do; both are what the
//!   capabilities above decide by
//! - [`view`]: rooms and members as one person sees them; [`api`], [`invite_api`]: routes and socket events
//! - [`create`], [`join`], [`invite`], [`change`], [`direct`], [`moderate`], [`roles`], [`shelf`]: the actions
//! - [`defaults`]: the rooms of a new server; [`on_event`]: new and deleted accounts, and memory following the log
//! - [`events`]: what is published, and replayed; [`own_log`]: the same of what one person alone is told; [`purge`]: what deleted rooms leave behind
//! - [`tally`]: how many rooms somebody has; [`take_over`]: rooms of older systems
//! - [`retention`]: for how long rooms keep what is said; [`records`]: what is stored of somebody; [`import`]: rooms for
//!   what is brought in; [`note`]: what administrators of the server do, for the audit log;
//!   [`notes`]: what is left for those above, who tell people of it
//! - [`names`], [`keys`]: names that are unique, keys that stay secret
//! - [`model`], [`store`]: rows; [`mirror`]: rows in memory that are never stale; [`error`]: refusals

pub mod access;
mod api;
mod change;
mod create;
mod defaults;
mod direct;
pub mod error;
mod events;
mod import;
mod invite;
mod invite_api;
mod join;
mod keys;
mod marks;
mod mirror;
mod model;
mod moderate;
mod names;
mod note;
pub mod notes;
mod on_event;
mod own_log;
mod purge;
mod records;
mod retention;
mod roles;
pub mod rules;
mod shelf;
mod store;
pub mod take_over;
mod tally;
mod view;

use crate::accounts::Accounts;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::socket::EventTable;
use futures_util::future::BoxFuture;
use parlor_protocol::{RoomId, Seq, UserId};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use utoipa_axum::router::OpenApiRouter;

pub use access::{Access, Home};
pub use create::NewCommunity;
pub use error::RoomsError;
pub use model::ReadMark;
pub use names::fold as fold_name;
pub use notes::StandingNote;
pub use retention::RoomTerm;
pub use view::{ListRooms, Within};

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0003_rooms",
    sql: include_str!("schema.sql"),
};

/// What rooms know of communities, and invitations.
pub const COMMUNITIES_MIGRATION: Migration = Migration {
    name: "0007_communities",
    sql: include_str!("communities.sql"),
};

/// Where members keep the room in their own lists.
pub const SHELF_MIGRATION: Migration = Migration {
    name: "0010_shelf",
    sql: include_str!("shelf.sql"),
};

/// For how long a room keeps what is said.
pub const RETENTION_MIGRATION: Migration = Migration {
    name: "0012_room_retention",
    sql: include_str!("retention.sql"),
};

/// What a person has not read in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Messages of others.
    pub messages: i64,
    /// Those that mention them.
    pub mentions: i64,
}

/// Counts what a person has not read after their marks in several rooms; messages know.
pub type CountUnread = Box<
    dyn Fn(
            UserId,
            Vec<(RoomId, Seq)>,
        ) -> BoxFuture<'static, Result<HashMap<RoomId, Unread>, StorageError>>
        + Send
        + Sync,
>;

/// Clears away what a room that is gone has left behind elsewhere; false where something of it has to stay for now. It may
/// be asked again.
pub type Purge =
    Box<dyn Fn(RoomId) -> BoxFuture<'static, Result<bool, StorageError>> + Send + Sync>;

/// The capability.
pub struct Rooms {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    keys: Arc<keys::Keys>,
    memory: Arc<on_event::Memory>,
    count_unread: OnceLock<CountUnread>,
    purge: OnceLock<Arc<Purge>>,
}

impl Rooms {
    /// The capability; registers what it does when accounts are made, renamed and deleted, and when people keep apart.
    #[must_use]
    pub fn new(kernel: Kernel, accounts: Arc<Accounts>, friends: Arc<Friends>) -> Arc<Self> {
        let keys = Arc::new(keys::Keys::new(&kernel.secrets));
        let memory = Arc::new(on_event::Memory::default());
        let follower = memory.clone();
        kernel
            .bus
            .on_signal(move |signal| follower.on_signal(signal));
        accounts.on_created(Box::new(|tx, user| {
            Box::pin(on_event::on_created(tx, user))
        }));
        accounts.on_renamed(Box::new(|tx, user| {
            Box::pin(async move { events::announce_renamed(tx, &user).await })
        }));
        accounts.on_deleted(Box::new(|tx, user| {
            Box::pin(on_event::on_deleted(tx, user))
        }));
        accounts.on_privacy_changed(Box::new(|tx, user, privacy| {
            Box::pin(on_event::on_privacy_changed(tx, user, privacy))
        }));
        friends.on_blocked(Box::new(|tx, pair| {
            Box::pin(on_event::on_blocked(tx, pair))
        }));
        let rooms = Arc::new(Self {
            kernel,
            accounts,
            friends,
            keys,
            memory,
            count_unread: OnceLock::new(),
            purge: OnceLock::new(),
        });
        let purger = Arc::downgrade(&rooms);
        rooms.kernel.bus.on_signal(move |signal| {
            if let (Signal::RoomDeleted(_), Some(rooms)) = (signal, purger.upgrade()) {
                rooms.purge_in_background();
            }
        });
        rooms
    }

    /// Lets messages count what is unread in the views of rooms.
    pub fn count_unread_with(&self, count: CountUnread) {
        let _ = self.count_unread.set(count);
    }

    /// Lets messages clear away what was said in rooms that are gone, and does so for those that a stop interrupted. What
    /// is held stays until [`Rooms::purge_in_background`] is called after that.
    pub fn purge_with(&self, purge: Purge) {
        let _ = self.purge.set(Arc::new(purge));
        self.purge_in_background();
    }

    /// The routes under `/api`.
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }

    /// The socket events. `join_room` is answered with what was missed, so it is where connections are looked after.
    pub fn events(self: &Arc<Self>, table: &mut EventTable) {
        api::events(self, table);
    }
}
