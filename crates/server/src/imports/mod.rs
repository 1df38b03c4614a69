//! Bringing over what an older system has stored: its people, rooms, friends and messages.
//!
//! A system's tables are read in the order of their keys, a page at a time. Each page is brought over in one
//! transaction, together with the place that it ends at and what became of each row's id: whatever interrupts an
//! import, it goes on after the last page that is durable, and nothing comes twice.
//!
//! - [`systems`]: what each older system has in which tables; [`plan`]: how that is said
//! - [`source`]: reading them; [`record`]: a row, and how its values are understood
//! - [`bring`]: pages, through the capabilities; [`run`]: from beginning to end; [`report`]: what came of it
//! - [`store`]: places, ids and notes

mod bring;
mod plan;
mod record;
mod report;
mod run;
mod source;
mod store;
mod systems;

pub use report::{Report, StepReport};
pub use run::{Options, Progress};
pub use systems::named as system_named;

use crate::accounts::{Accounts, AccountsError};
use crate::app::App;
use crate::friends::Friends;
use crate::kernel::Kernel;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::messages::Messages;
use crate::rooms::Rooms;
use crate::rooms::error::RoomsError;
use std::sync::Arc;

/// The tables of imports.
pub const MIGRATION: Migration = Migration {
    name: "0009_imports",
    sql: include_str!("schema.sql"),
};

/// Why an import cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The older system's database cannot be read.
    #[error("the older database: {0}")]
    Source(String),
    /// A table or a column is not there, or not what the older system's document says.
    #[error("the older database: {table}{}: {why}", .column.map(|it| format!(".{it}")).unwrap_or_default())]
    Shape {
        /// The table.
        table: &'static str,
        /// The column, where it is about one.
        column: Option<&'static str>,
        /// What is wrong with it.
        why: String,
    },
    /// Another database of the same system was brought over before.
    #[error(
        "another {system} database was brought over under this label: give this one a label of its own, with --label"
    )]
    OtherSource {
        /// The system.
        system: &'static str,
    },
    /// In the end the counts do not agree.
    #[error("the counts do not agree: {0}")]
    Disagrees(String),
    /// This server's database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A person could not be taken over.
    #[error("a person could not be brought over: {0}")]
    Accounts(#[from] AccountsError),
    /// A room could not be taken over.
    #[error("a room could not be brought over: {0}")]
    Rooms(#[from] RoomsError),
    /// What a dry run would have done; it undoes its work by failing.
    #[error("a dry run ends here")]
    Dry(Box<Report>),
}

/// The capabilities that things are brought over to.
struct Target {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    friends: Arc<Friends>,
    rooms: Arc<Rooms>,
    messages: Arc<Messages>,
}

impl Target {
    fn of(app: &App) -> Self {
        Self {
            kernel: app.kernel.clone(),
            accounts: app.accounts.clone(),
            friends: app.friends.clone(),
            rooms: app.rooms.clone(),
            messages: app.messages.clone(),
        }
    }
}
