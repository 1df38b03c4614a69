//! Legal holds: people and rooms of whom nothing may be removed for now.
//!
//! Here is what everybody asks who removes something for good, low enough for all of them; who places and lifts holds is
//! decided in `retention`. The answer is part of the statement that removes, so that no hold is overlooked which was
//! placed a moment ago.
//!
//! - [`store`]: the table, and the condition for statements

pub mod store;

pub use store::{Row, free_person, free_person_and_room, held_people, holds_person, holds_room};

use crate::kernel::db::migrate::Migration;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0010_legal_holds",
    sql: include_str!("schema.sql"),
};
