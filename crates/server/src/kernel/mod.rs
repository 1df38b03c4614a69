//! What every capability stands on. It knows no rooms, no messages and no accounts' rules.
//!
//! - [`actor`]: who acts
//! - [`clock`], [`ids`], [`secrets`], [`seal`]: time, numbers and keys, passed in and never taken from the air
//! - [`db`]: one code path to SQLite, PostgreSQL and MySQL, and migrations
//! - [`log`]: the group-committing writer of ordered logs; [`bus`]: what was committed, to those who listen
//! - [`outbox`]: work that follows a commit, at least once
//! - [`jobs`]: tasks that end in order at shutdown
//! - [`limits`]: how often somebody may do what is costly
//! - [`logging`], [`metrics`]: what an operator sees
//! - [`body`], [`problem`], [`socket`]: strict input and the one error format, for HTTP and sockets alike
//! - [`dialect`]: the older ways of speaking that clients may use
//! - [`fetch`]: asking other servers, and none inside
//! - [`faulty`]: what is done wrong on purpose, in builds for self-checks alone
//! - [`client`]: where a request comes from; [`page`]: long lists, a page at a time
//! - [`html`]: text where markup is read
//! - [`progress`]: how far something long has come, for whoever waits at a terminal

pub mod actor;
pub mod body;
pub mod bus;
pub mod client;
pub mod clock;
pub mod config;
pub mod db;
pub mod dialect;
pub mod faulty;
pub mod fetch;
pub mod html;
pub mod ids;
pub mod jobs;
pub mod limits;
pub mod log;
pub mod logging;
pub mod metrics;
pub mod online;
pub mod outbox;
pub mod page;
pub mod problem;
pub mod progress;
pub mod seal;
pub mod secrets;
pub mod socket;

use std::sync::Arc;

/// The parts of the kernel that capabilities share.
#[derive(Clone)]
pub struct Kernel {
    /// The settings in force.
    pub config: Arc<config::Config>,
    /// The time.
    pub clock: clock::Clock,
    /// The database.
    pub db: db::Db,
    /// Numbers for new rows.
    pub ids: ids::Ids,
    /// The writer of the logs, and of everything that is published.
    pub log: log::Log,
    /// Where the writer puts notes of what is to follow a commit.
    pub tray: Arc<outbox::Tray>,
    /// Which past the logs tell of.
    pub epoch: Arc<str>,
    /// What was committed.
    pub bus: bus::Bus,
    /// Who is connected.
    pub online: online::Online,
    /// Background work.
    pub jobs: jobs::Jobs,
    /// How often somebody may do what is costly.
    pub limits: limits::Limits,
    /// The server's keys.
    pub secrets: Arc<secrets::Secrets>,
    /// The way to other servers.
    pub fetch: fetch::Fetch,
}
