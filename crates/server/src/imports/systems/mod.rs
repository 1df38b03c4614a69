//! What each older system has in which tables.
#![expect(
    clippy::unnecessary_wraps,
    reason = "all rows are read by functions of one form"
)]

mod awesome;
mod chatroom;
mod komunikator;
mod must;
mod platform;

use super::plan::System;

/// All of them.
static ALL: [&System; 5] = [
    &must::SYSTEM,
    &chatroom::SYSTEM,
    &awesome::SYSTEM,
    &platform::SYSTEM,
    &komunikator::SYSTEM,
];

/// The system of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static System> {
    ALL.into_iter().find(|system| system.name == name)
}
