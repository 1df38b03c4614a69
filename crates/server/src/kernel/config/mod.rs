//! Settings: flags, then `PARLOR_*` variables, then `parlor.toml`, then defaults.
//!
//! - [`settings`]: the one table of all settings, from which flags, variables, keys and help come
//! - [`load`]: where the values are taken from
//! - [`providers`]: by whom else people sign in
//! - [`values`]: texts that mean something: networks, hosts, origins, durations

pub mod load;
pub mod providers;
pub mod settings;
pub mod values;

pub use load::{ConfigError, Given, Loaded};
pub use providers::{Provider, ProviderKind};
pub use values::{Network, RequireFactor, Secret, Tls};

use super::dialect::Dialect;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// How careful the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Like production, and logs more.
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
    pub listen: SocketAddr,
    /// Whether connections are encrypted.
    pub tls: Tls,
    /// SQLite, secrets, logs and files.
    pub data_dir: PathBuf,
    /// `sqlite:`, `postgres:` or `mysql:`; empty for SQLite in the data directory.
    pub database_url: String,
    /// How careful the server is.
    pub profile: Profile,
    /// Makes the demonstration accounts.
    pub demo: bool,
    /// Accepts a database that may lose acknowledged messages in a power cut.
    pub allow_weak_durability: bool,
    /// What all keys are derived from; none: made on the first start and kept in the data directory.
    pub secret_key: Option<Secret>,
    /// Where Prometheus may read figures; none: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Names under which the server may be asked, besides those of this machine where it listens on loopback. Empty
    /// while it listens elsewhere: any.
    pub allowed_hosts: Vec<String>,
    /// Other origins whose pages may call the API, such as `https://chat.example.org`.
    pub allowed_origins: Vec<String>,
    /// Where people find the server: an origin. None: on loopback, wherever it is asked.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Which older systems' clients are served besides the native interface.
    pub dialects: Vec<Dialect>,
    /// When somebody whose last connection was a `komunikator` client's counts as gone.
    pub komunikator_timeout: Duration,
    /// For how long what somebody has deleted can be restored; after it the content is erased.
    pub messages_restore_window: Duration,
    /// Of whom a second factor is demanded.
    pub require_factor: RequireFactor,
    /// By whom else people sign in.
    pub providers: Vec<Provider>,
    /// Networks that are not public in which servers may be asked that the settings name.
    pub outgoing_networks: Vec<Network>,
    /// Authorities whose certificates are believed beside the usual ones, when other servers are asked: a PEM file.
    pub outgoing_certificates: Option<PathBuf>,
    /// How long another server may take over an answer.
    pub outgoing_timeout: Duration,
    /// What is logged: a level, or a `tracing` filter such as `info,parlor::http=debug`.
    pub log_level: String,
    /// How long a server that is told to end may take over what it has accepted.
    pub drain_time: Duration,
    /// WebSocket messages are compressed for clients that offer it (permessage-deflate, RFC 7692).
    pub compression: bool,
    /// Connections of one address (an IPv6 /64 counts as one).
    pub max_connections_per_address: usize,
    /// Requests that are handled at the same time; more are `overloaded`.
    pub max_requests: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7100)),
            tls: Tls::Off,
            data_dir: PathBuf::from("./data"),
            database_url: String::new(),
            profile: Profile::Production,
            demo: false,
            allow_weak_durability: false,
            secret_key: None,
            metrics_listen: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: None,
            trusted_proxies: Vec::new(),
            dialects: Dialect::ALL.into(),
            komunikator_timeout: Duration::from_mins(1),
            messages_restore_window: Duration::from_hours(24),
            require_factor: RequireFactor::None,
            providers: Vec::new(),
            outgoing_networks: Vec::new(),
            outgoing_certificates: None,
            outgoing_timeout: Duration::from_secs(10),
            log_level: "info".to_owned(),
            drain_time: Duration::from_secs(10),
            compression: false,
            max_connections_per_address: 256,
            max_requests: 1024,
        }
    }
}

impl Config {
    /// True where rate limits and connection caps are in force.
    #[must_use]
    pub fn limits_apply(&self) -> bool {
        self.profile != Profile::Testing
    }

    /// Whether people find the server by an address with `https:`.
    #[must_use]
    pub fn is_found_over_https(&self) -> bool {
        match &self.public_url {
            Some(url) => url.starts_with("https:"),
            None => self.tls != Tls::Off,
        }
    }

    /// Whether clients of an older system are served.
    #[must_use]
    pub fn speaks(&self, dialect: Dialect) -> bool {
        self.dialects.contains(&dialect)
    }

    /// The database's address, with SQLite in the data directory where none was given.
    #[must_use]
    pub fn database_url(&self) -> String {
        if !self.database_url.is_empty() {
            return self.database_url.clone();
        }
        let path = self.data_dir.join("parlor.db").display().to_string();
        let path = path.replace('%', "%25").replace('?', "%3F");
        format!("sqlite:{path}")
    }
}
