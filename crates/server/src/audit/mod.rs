//! The audit log: what is done with rights over others, written down by the very transaction that does it.
//!
//! It is counted by a log of its own, 1, 2, 3 …, so that a missing entry shows; there is no statement that changes or
//! removes one. What people write, tokens and keys never go into it. It stands below all who act, and knows people by
//! their ids alone; those above show it with names.
//!
//! - [`record`]: writing; [`page`]: reading; [`refusals`]: what was refused because it named somebody else
//! - [`model`]: entries; [`store`]: the table

mod model;
pub mod page;
mod record;
pub mod refusals;
mod store;

pub use model::{Act, AuditRow};
pub use record::record;

use crate::kernel::db::migrate::Migration;

/// The table of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0009_audit",
    sql: include_str!("schema.sql"),
};
