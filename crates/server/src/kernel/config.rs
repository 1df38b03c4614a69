//! Settings: flags, then `PARLOR_*` variables, then `parlor.toml`, then defaults.

use std::path::PathBuf;

/// How careful the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// On a developer's machine.
    Development,
    /// For people.
    Production,
    /// Like production, with rate limits and connection caps off.
    Testing,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where HTTP is served.
    pub listen: std::net::SocketAddr,
    /// SQLite, secrets, logs and files.
    pub data_dir: PathBuf,
    /// `sqlite:`, `postgres:` or `mysql:`.
    pub database_url: String,
    /// How careful the server is.
    pub profile: Profile,
    /// Makes the demonstration accounts.
    pub demo: bool,
    /// Accepts a database that may lose acknowledged messages in a power cut.
    pub allow_weak_durability: bool,
}

impl Config {
    /// True where rate limits and connection caps are in force.
    #[must_use]
    pub fn limits_apply(&self) -> bool {
        self.profile != Profile::Testing
    }
}
