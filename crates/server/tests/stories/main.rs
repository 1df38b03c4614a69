//! Stories of people who use the server through its public interfaces, a file per capability.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a story fails by panicking"
)]

mod accounts;
mod admin;
mod announcements;
mod archives;
mod bad_inputs;
mod canary;
mod communities;
mod delivery;
mod dialects;
mod friends;
mod http;
mod imports;
mod laws;
mod matrix;
mod messages;
mod notifications;
mod operations;
mod presence;
mod realtime;
mod retention;
mod rooms;
mod transfer;
