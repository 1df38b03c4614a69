//! A Parlor server per test, and people who act through its public API alone.
//!
//! - [`Server`]: the product in this process, on a free port and with a database of its own; `PARLOR_TEST_DATABASE`
//!   (`sqlite`, `postgres`, `mysql`) says of which kind
//! - [`Person`]: somebody with an account; [`Visitor`]: anybody who can send a request
//! - [`Provider`]: somebody else by whom people sign in, who can be told to misbehave; [`Browser`]: how they do
//! - [`Socket`]: one Socket.IO connection; [`Frames`]: one plain WebSocket
//!
//! Everything that waits gives up after [`PATIENCE`] with a message that says what was awaited.
#![expect(
    clippy::missing_panics_doc,
    reason = "a test helper panics to fail its test"
)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test helper panics to fail its test"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!` at the place of the call reads best without `&`"
)]

mod database;
mod frames;
mod person;
mod provider;
mod server;
mod socket;

pub use database::fresh as fresh_database;
pub use frames::Frames;
pub use person::{Person, Reply, Visitor};
pub use provider::{Browser, Grant, Provider, Says};
pub use serde_json::{Value, json};
pub use server::{Server, Setup};
pub use socket::Socket;

use std::time::Duration;

/// How long anything is awaited before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(10);
