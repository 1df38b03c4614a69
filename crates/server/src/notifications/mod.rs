//! Notifications: what people are told of, until they have read it.
//!
//! What happens below leaves a note in the transaction in which it happens. The notes are handled afterwards, a bounded
//! number of people at a time, so that nobody who writes waits for those who are told; a note goes in the transaction that
//! has done what it asks for, and nobody is told twice of the same cause. A notification refers to what it tells of and
//! says nothing of its own: whoever may not see that any more does not see the notification.
//!
//! - [`tell`], [`deliver`]: from notes to notifications; [`reminders`]: those that people make themselves
//! - [`list`], [`mark`], [`preferences`]: what each person sees of theirs, has read, and wants
//! - [`look_over`], [`on_event`]: what has been read elsewhere, or may not be seen any more; [`facts`]: what that is decided by
//! - [`rules`]: who is told what, and what may be seen; [`error`]: refusals; [`replay`]: entries of the log as events
//! - [`records`]: what is stored of somebody; [`model`], [`store`]: rows; [`api`]: routes

mod api;
mod deliver;
mod error;
mod facts;
mod list;
mod look_over;
mod mark;
mod model;
mod on_event;
mod preferences;
mod records;
mod reminders;
mod replay;
mod rules;
mod store;
mod tell;

pub use error::NotificationsError;

use crate::accounts::Accounts;
use crate::friends::{self, Friends};
use crate::kernel::Kernel;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::outbox::Outbox;
use crate::messages::{self, Messages};
use crate::rooms::{self, Rooms};
use look_over::Looks;
use parlor_protocol::RoomId;
use std::collections::HashSet;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, PoisonError, RwLock};
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0018_notifications",
    sql: include_str!("schema.sql"),
};

/// Entries of a person's log.
const NOTIFIED: &str = "notification";
const READ: &str = "notifications_read";
const REMOVED: &str = "notifications_removed";

/// The capability.
pub struct Notifications {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
    looks: Arc<Looks>,
    /// Rooms of which somebody wants, or wanted since the start, to be told everything.
    followed: Arc<RwLock<HashSet<RoomId>>>,
    /// When the next reminder is due, in milliseconds.
    next_due: AtomicI64,
}

impl Notifications {
    /// The capability; tells messages which rooms are followed, and lets go of those who are gone.
    #[must_use]
    pub fn new(
        kernel: Kernel,
        accounts: Arc<Accounts>,
        friends: Arc<Friends>,
        rooms: Arc<Rooms>,
        messages: Arc<Messages>,
    ) -> Arc<Self> {
        accounts.on_deleted(Box::new(|tx, user| {
            Box::pin(async move { store::delete_of(tx.sql(), user.id).await })
        }));
        let followed = Arc::new(RwLock::new(HashSet::new()));
        let asked = followed.clone();
        messages.followed_with(Box::new(move |room| holds(&asked, room)));
        let looks = Arc::new(Looks::default());
        let noted = looks.clone();
        kernel
            .bus
            .on_signal(move |signal| on_event::on_signal(&noted, signal));
        Arc::new(Self {
            kernel,
            accounts,
            friends,
            rooms,
            messages,
            looks,
            followed,
            next_due: AtomicI64::new(0),
        })
    }

    /// Reads what has to be known before anything is said.
    pub async fn prepare(&self) -> Result<(), StorageError> {
        let followed = store::settings::followed_rooms(self.kernel.db.read()).await?;
        for room in followed {
            self.follow(room);
        }
        Ok(())
    }

    /// Starts to tell people. For a process that serves.
    pub fn start(self: &Arc<Self>) {
        let (db, jobs) = (self.kernel.db.clone(), &self.kernel.jobs);
        let mut outbox = Outbox::new(self.kernel.tray.clone());
        let here = Arc::downgrade(self);
        outbox.on(messages::notes::TOPIC, move |id, body| {
            let here = here.upgrade();
            async move { or_later(here)?.on_message(id, &body).await }
        });
        let here = Arc::downgrade(self);
        outbox.on(friends::notes::TOPIC, move |id, body| {
            let here = here.upgrade();
            async move { or_later(here)?.on_friend(id, &body).await }
        });
        let here = Arc::downgrade(self);
        outbox.on(rooms::notes::TOPIC, move |id, body| {
            let here = here.upgrade();
            async move { or_later(here)?.on_standing(id, &body).await }
        });
        outbox.start(db, jobs);
        look_over::start(self);
        reminders::start(self);
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }

    /// Somebody wants to be told everything that is said in a room.
    fn follow(&self, room: RoomId) {
        self.followed
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(room);
    }
}

fn holds(followed: &RwLock<HashSet<RoomId>>, room: RoomId) -> bool {
    followed
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .contains(&room)
}

/// What is left to do once the capability is gone, the next start does.
fn or_later<T>(here: Option<T>) -> Result<T, StorageError> {
    here.ok_or(StorageError::Stopped)
}
