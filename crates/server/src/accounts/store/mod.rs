//! The SQL of accounts, a file per table.

pub(super) mod accounts;
pub(super) mod logins;
pub(super) mod people;
pub(super) mod privacy;
pub(super) mod resets;
pub(super) mod sessions;
