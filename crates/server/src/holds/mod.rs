//! Legal holds: people and rooms of whom nothing may be removed for now.
//!
//! Here is what everybody asks who removes something for good, low enough for all of them; who places and lifts holds is
//! decided in `retention`. The answer is part of the statement that removes, so that no hold is overlooked which was
//! placed a moment ago.
//!
//! A hold on a community reaches its rooms, those too that come later: each is held by a row of its own, which stays when
//! the room goes and ends with the hold that reaches it.
//!
//! - [`store`]: the table, and the condition for statements; [`reach`]: the rooms of a community

mod reach;
pub mod store;

pub use reach::{reach, reach_new};
pub use store::{Row, free_person, free_person_and_room, held_people, holds_person, holds_room};

use crate::kernel::db::migrate::Migration;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0010_legal_holds",
    sql: include_str!("schema.sql"),
};

/// Which hold on a community a hold on a room of it comes from.
pub const REACH_MIGRATION: Migration = Migration {
    name: "0016_holds_reach",
    sql: include_str!("reach.sql"),
};
