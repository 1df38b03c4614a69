//! Messages: what is said in rooms, how it changes, and who has read it.
//!
//! - [`send`], [`edit`], [`delete`], [`react`], [`pin`], [`system`]: how messages come and change
//! - [`history`], [`export`], [`read`]: reading them, and saying how far
//! - [`rules`], [`mentions`]: what a message may be, who may do what, whom a text calls; [`error`]: refusals
//! - [`view`]: messages as people see them; [`replay`]: entries of the log as the events they were
//! - [`model`], [`store`]: rows; [`forget`]: contents whose time is up, messages of rooms that are gone
//! - [`take_over`]: what was said in older systems; [`api`]: routes and socket events

mod api;
mod delete;
mod edit;
pub mod error;
mod export;
mod forget;
mod history;
mod mentions;
mod model;
mod pin;
mod react;
mod read;
mod replay;
pub mod rules;
mod send;
mod store;
mod system;
mod take_over;
mod view;

pub use error::MessagesError;
pub use history::Window;
pub use take_over::PastMessage;

use crate::accounts::Accounts;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::actor::Actor;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::{Lane, Tx};
use crate::kernel::socket::EventTable;
use crate::rooms::{Access, Rooms};
use model::Row;
use parlor_protocol::MessageId;
use parlor_protocol::messages::Posted;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0004_messages",
    sql: include_str!("schema.sql"),
};

const NEW_MESSAGE: &str = "new_message";
const MESSAGE_UPDATED: &str = "message_updated";
const MESSAGE_DELETED: &str = "message_deleted";
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
        });
        forget::start(&desk);
        read::count_for_others(&desk);
        Arc::new(Self {
            lane: send::lane(desk.clone()),
            desk,
            topping_up: Arc::default(),
        })
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
