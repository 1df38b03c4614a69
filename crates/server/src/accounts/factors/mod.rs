//! Second factors: what proves, besides the password, who somebody is.
//!
//! - [`totp`]: codes from a clock; [`recovery`]: codes for those who have lost theirs
//! - [`enrol`]: taking a factor up and giving it up; [`prove`]: showing one; [`sign_in`]: as the second step
//! - [`step_up`]: proving anew who one is, before what is dangerous; [`policy`]: of whom a factor is demanded
//! - [`store`]: the tables

mod enrol;
pub(super) mod policy;
mod prove;
mod recovery;
mod sign_in;
mod step_up;
pub(super) mod store;
mod totp;

use crate::kernel::db::migrate::Migration;
use crate::kernel::seal::Seal;
use crate::kernel::secrets::Secrets;
use aws_lc_rs::hmac;

/// The tables of factors, when a session was last proved, and what was shown when signing in.
pub const MIGRATION: Migration = Migration {
    name: "0016_factors",
    sql: include_str!("schema.sql"),
};

/// The keys of factors: a stolen database shows no secret, and no recovery code can be looked for in it.
pub(super) struct Keys {
    totp: Seal,
    recovery: hmac::Key,
}

impl Keys {
    /// Derived from the server's secret.
    pub(super) fn new(secrets: &Secrets) -> Self {
        Self {
            totp: Seal::new(secrets, "totp secrets"),
            recovery: hmac::Key::new(hmac::HMAC_SHA256, &secrets.key("recovery codes")),
        }
    }
}
