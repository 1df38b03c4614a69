//! Messages: what is said in rooms, how it changes, and who has read it.
//!
//! - [`send`], [`edit`], [`delete`], [`react`], [`pin`], [`system`]: how messages come and change
//! - [`history`], [`export`], [`read`]: reading them, and saying how far; [`own`]: what one person has said
//! - [`notes`]: what is left for those above, who tell people of it
//! - [`import`]: bringing in what was said elsewhere
//! - [`rules`], [`mentions`]: what a message may be, who may do what, whom a text calls; [`error`]: refusals
//! - [`view`]: messages as people see them; [`replay`]: entries of the log as the events they were
//! - [`model`], [`store`]: rows; [`remove`]: what is too old; [`forget`]: deleted contents, messages of rooms that are gone
//! - [`take_over`]: what was said in older systems; [`api`]: routes and socket events

mod api;
mod delete;
mod edit;
pub mod error;
mod export;
mod forget;
mod history;
mod import;
mod mentions;
mod model;
pub mod notes;
mod own;
mod pin;
mod react;
mod read;
mod remove;
mod replay;
pub mod rules;
mod send;
mod store;
mod system;
mod take_over;
mod view;

pub use error::MessagesError;
pub use history::Window;
pub use import::{Brought, Foreign};
pub use notes::{Heard, MessageNote};
pub use own::{Place, ReactionBy, Said};
pub use remove::Removed;
pub use take_over::PastMessage;

use crate::accounts::Accounts;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::{Lane, Tx};
use crate::kernel::socket::EventTable;
use crate::rooms::{Access, Rooms};
use model::Row;
use parlor_protocol::MessageId;
use parlor_protocol::events::ServerEvent;
use parlor_protocol::messages::Posted;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0004_messages",
    sql: include_str!("schema.sql"),
};

/// What remains of messages that were removed because they were too old.
pub const REMOVED_MIGRATION: Migration = Migration {
    name: "0011_removed_messages",
    sql: include_str!("removed.sql"),
};

/// Which messages from elsewhere are here.
pub const IMPORTED_MIGRATION: Migration = Migration {
    name: "0015_imported_messages",
    sql: include_str!("imported.sql"),
};

const NEW_MESSAGE: &str = "new_message";
const MESSAGE_UPDATED: &str = "message_updated";
const MESSAGE_DELETED: &str = "message_deleted";
const MESSAGES_REMOVED: &str = "messages_removed";
const REACTION_UPDATE: &str = "reaction_update";

type SendLane = Lane<send::Letter, Posted, MessagesError>;

/// The capability.
pub struct Messages {
    desk: Arc<Desk>,
    lane: SendLane,
    topping_up: Arc<AtomicBool>,
}

/// What the actions work with, also inside the writer's transaction.
struct Desk {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    /// Messages were removed once: what is sent may have been among them.
    has_removed: AtomicBool,
    is_followed: OnceLock<notes::IsFollowed>,
}

impl Messages {
    /// The capability; lets rooms count what is unread, and accounts what somebody has sent.
    #[must_use]
    pub fn new(
        kernel: Kernel,
        accounts: Arc<Accounts>,
        friends: Arc<Friends>,
        rooms: Arc<Rooms>,
    ) -> Arc<Self> {
        let desk = Arc::new(Desk {
            kernel,
            accounts,
            friends,
            rooms,
            has_removed: AtomicBool::new(false),
            is_followed: OnceLock::new(),
        });
        let following = Arc::downgrade(&desk);
        desk.kernel.bus.on_signal(move |signal| {
            if let (Signal::Event(_, event), Some(desk)) = (signal, following.upgrade())
                && matches!(**event, ServerEvent::MessagesRemoved(_))
            {
                desk.has_removed.store(true, Ordering::Release);
            }
        });
        forget::start(&desk);
        read::count_for_others(&desk);
        Arc::new(Self {
            lane: send::lane(desk.clone()),
            desk,
            topping_up: Arc::default(),
        })
    }

    /// Reads what has to be known before anything is said.
    pub async fn prepare(&self) -> Result<(), StorageError> {
        let has_removed = store::has_removed(self.desk.kernel.db.read()).await?;
        self.desk
            .has_removed
            .fetch_or(has_removed, Ordering::AcqRel);
        Ok(())
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self)
    }

    /// The socket events.
    pub fn events(self: &Arc<Self>, table: &mut EventTable) {
        api::events(self, table);
    }
}

impl Desk {
    /// A message that is to be changed, and what the actor is to its room: as they are until the transaction ends.
    async fn open(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
    ) -> Result<(Row, Access), MessagesError> {
        let place = store::by_id(tx.sql(), id).await?;
        let room = place.ok_or(MessagesError::NOT_FOUND)?.room_id;
        tx.lock_rooms(&[room]).await?;
        let row = store::by_id(tx.sql(), id).await?;
        let access = Rooms::access_in(tx, room, actor).await?;
        Ok((row.ok_or(MessagesError::NOT_FOUND)?, access))
    }
}
