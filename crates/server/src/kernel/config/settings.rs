//! The table of all settings. Whoever adds one adds a line here, and has its flag, variable, key and help.

use super::Config;
use super::values::{Secret, count, host, list, origin, seconds, span, switch};
use std::fmt::{Debug, Display};
use tracing_subscriber::EnvFilter;

/// One setting. Its key `data_dir` is the flag `--data-dir` and the variable `PARLOR_DATA_DIR`.
pub struct Setting {
    /// Its key in `parlor.toml`.
    pub key: &'static str,
    /// What it is for, in one sentence.
    pub help: &'static str,
    /// What its value looks like; empty for a switch, whose flag needs none.
    pub form: &'static str,
    /// Never shown, and never taken from the command line, where other users of the machine would see it.
    pub secret: bool,
    /// Reads it from a text.
    pub set: fn(&mut Config, &str) -> Result<(), String>,
    /// Writes it as a text.
    pub show: fn(&Config) -> String,
}

impl Setting {
    /// Its flag, without dashes in front.
    #[must_use]
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// Its variable.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("PARLOR_{}", self.key.to_ascii_uppercase())
    }
}

/// The setting with a key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.key == key)
}

const fn public(
    key: &'static str,
    form: &'static str,
    help: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
    show: fn(&Config) -> String,
) -> Setting {
    Setting {
        key,
        help,
        form,
        secret: false,
        set,
        show,
    }
}

/// All settings.
pub const ALL: &[Setting] = &[
    public(
        "listen",
        "ADDRESS:PORT",
        "Where the server listens",
        |c, text| put(&mut c.listen, address(text)),
        |c| c.listen.to_string(),
    ),
    public(
        "tls",
        "off|self-signed|CERT.pem,KEY.pem",
        "Serves HTTPS, with a certificate of its own or from files",
        |c, text| put(&mut c.tls, text.parse()),
        |c| c.tls.to_string(),
    ),
    public(
        "data_dir",
        "FOLDER",
        "Database, keys, logs and files",
        |c, text| put(&mut c.data_dir, filled(text).map(Into::into)),
        |c| c.data_dir.display().to_string(),
    ),
    Setting {
        key: "database_url",
        help: "sqlite:, postgres: or mysql: address of the database [default: SQLite in the data directory]",
        form: "URL",
        secret: false,
        set: |c, text| put(&mut c.database_url, database(text)),
        show: |c| without_password(&c.database_url()),
    },
    public(
        "profile",
        "NAME",
        "development, production, or testing: production without rate limits and connection caps",
        |c, text| put(&mut c.profile, text.parse()),
        |c| c.profile.to_string(),
    ),
    public(
        "demo",
        "",
        "Makes the accounts admin/admin123 and testuser/test123; on loopback alone",
        |c, text| put(&mut c.demo, switch(text)),
        |c| on_off(c.demo),
    ),
    public(
        "allow_weak_durability",
        "",
        "Accepts a database that may lose acknowledged messages in a power cut",
        |c, text| put(&mut c.allow_weak_durability, switch(text)),
        |c| on_off(c.allow_weak_durability),
    ),
    Setting {
        key: "secret_key",
        help: "What all keys are derived from, 32 bytes or more [default: made on the first start and kept in DATA_DIR/secrets.json]",
        form: "TEXT",
        secret: true,
        set: |c, text| {
            put(
                &mut c.secret_key,
                Ok((!text.is_empty()).then(|| Secret(text.to_owned()))),
            )
        },
        show: |c| {
            c.secret_key
                .as_ref()
                .map(|key| format!("{key:?}"))
                .unwrap_or_default()
        },
    },
    public(
        "metrics_listen",
        "ADDRESS:PORT",
        "Where Prometheus may read GET /metrics [default: nowhere]",
        |c, text| put(&mut c.metrics_listen, optional(text, address)),
        |c| {
            c.metrics_listen
                .map(|address| address.to_string())
                .unwrap_or_default()
        },
    ),
    public(
        "allowed_hosts",
        "HOST,…",
        "Names under which the server may be asked [default: this machine's on loopback, any elsewhere]",
        |c, text| put(&mut c.allowed_hosts, list(text, host)),
        |c| c.allowed_hosts.join(","),
    ),
    public(
        "allowed_origins",
        "ORIGIN,…",
        "Other sites whose pages may call the API",
        |c, text| put(&mut c.allowed_origins, list(text, origin)),
        |c| c.allowed_origins.join(","),
    ),
    public(
        "public_url",
        "ORIGIN",
        "Where people find the server, such as https://chat.example.org [default: on loopback, wherever it is asked]",
        |c, text| put(&mut c.public_url, optional(text, origin)),
        |c| c.public_url.clone().unwrap_or_default(),
    ),
    public(
        "trusted_proxies",
        "NETWORK,…",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
        |c, text| put(&mut c.trusted_proxies, list(text, str::parse)),
        |c| joined(&c.trusted_proxies),
    ),
    public(
        "dialects",
        "NAME,…",
        "Older systems whose clients are served: must, awesome, platform, komunikator; chatroom always is",
        |c, text| put(&mut c.dialects, list(text, str::parse)),
        |c| joined(&c.dialects),
    ),
    public(
        "komunikator_timeout",
        "SECONDS",
        "How long somebody counts as here whose last connection was a komunikator client's",
        |c, text| put(&mut c.komunikator_timeout, seconds(text)),
        |c| c.komunikator_timeout.as_secs().to_string(),
    ),
    public(
        "messages_restore_window",
        "TIME",
        "How long people can restore what they have deleted; after it the content is erased",
        |c, text| put(&mut c.messages_restore_window, span(text)),
        |c| c.messages_restore_window.as_secs().to_string(),
    ),
    public(
        "require_factor",
        "none|admins|everyone",
        "Of whom a second factor is demanded; who has none can only set one up",
        |c, text| put(&mut c.require_factor, text.parse()),
        |c| c.require_factor.to_string(),
    ),
    public(
        "outgoing_networks",
        "NETWORK,…",
        "Networks that are not public in which servers may be asked that the settings name, unencrypted too",
        |c, text| put(&mut c.outgoing_networks, list(text, str::parse)),
        |c| joined(&c.outgoing_networks),
    ),
    public(
        "outgoing_certificates",
        "FILE.pem",
        "Authorities whose certificates are believed beside the usual ones, when other servers are asked",
        |c, text| {
            put(
                &mut c.outgoing_certificates,
                optional(text, |text| Ok(text.into())),
            )
        },
        |c| {
            let path = c.outgoing_certificates.as_ref();
            path.map(|path| path.display().to_string())
                .unwrap_or_default()
        },
    ),
    public(
        "outgoing_timeout",
        "SECONDS",
        "How long another server may take over an answer",
        |c, text| put(&mut c.outgoing_timeout, seconds(text)),
        |c| c.outgoing_timeout.as_secs().to_string(),
    ),
    public(
        "log_level",
        "LEVEL",
        "error, warn, info, debug, trace, or a filter such as info,parlor::http=debug",
        |c, text| put(&mut c.log_level, log_level(text)),
        |c| c.log_level.clone(),
    ),
    public(
        "drain_time",
        "SECONDS",
        "How long a server that is told to end may take over what it has accepted",
        |c, text| put(&mut c.drain_time, seconds(text)),
        |c| c.drain_time.as_secs().to_string(),
    ),
    public(
        "compression",
        "",
        "Compresses what WebSocket clients get who offer it: half the bytes for more of the processor",
        |c, text| put(&mut c.compression, switch(text)),
        |c| on_off(c.compression),
    ),
    public(
        "max_connections_per_address",
        "NUMBER",
        "Connections of one address; an IPv6 /64 counts as one",
        |c, text| put(&mut c.max_connections_per_address, count(text)),
        |c| c.max_connections_per_address.to_string(),
    ),
    public(
        "max_requests",
        "NUMBER",
        "Requests that are handled at the same time",
        |c, text| put(&mut c.max_requests, count(text)),
        |c| c.max_requests.to_string(),
    ),
];

fn put<T>(place: &mut T, value: Result<T, String>) -> Result<(), String> {
    *place = value?;
    Ok(())
}

fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no address and port such as 127.0.0.1:7100"))
}

fn filled(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(text.to_owned())
}

fn log_level(text: &str) -> Result<String, String> {
    let filter = EnvFilter::builder().parse(filled(text)?);
    filter.map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

fn optional<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some)
}

/// The address of a database.
pub(crate) fn database(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres:", "postgresql:", "mysql:", "mariadb:"];
    if !text.is_empty() && !known.iter().any(|scheme| text.starts_with(scheme)) {
        // The text may hold a password: it is not repeated.
        return Err("it does not begin with sqlite:, postgres: or mysql:".to_owned());
    }
    Ok(text.to_owned())
}

/// The address of a database with its password masked.
pub(crate) fn without_password(url: &str) -> String {
    let (place, query) = match url.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (url, None),
    };
    let masked = || {
        let (scheme, rest) = place.split_once("://")?;
        let (login, place) = rest.rsplit_once('@')?;
        let (name, _) = login.split_once(':')?;
        Some(format!("{scheme}://{name}:•••@{place}"))
    };
    let place = masked().unwrap_or_else(|| place.to_owned());
    let Some(query) = query else {
        return place;
    };
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if name.contains("password") => format!("{name}=•••"),
        _ => part.to_owned(),
    });
    format!("{place}?{}", parts.collect::<Vec<_>>().join("&"))
}

fn on_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn joined<T: Display + Debug>(items: &[T]) -> String {
    let items: Vec<_> = items.iter().map(T::to_string).collect();
    items.join(",")
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_never_shown_wherever_an_address_has_it() {
        for (address, shown) in [
            ("sqlite:/srv/parlor.db", "sqlite:/srv/parlor.db"),
            ("postgres://u:p@h/d", "postgres://u:•••@h/d"),
            (
                "postgres://u@h/d?password=p",
                "postgres://u@h/d?password=•••",
            ),
            (
                "mysql://u:p@h/d?ssl-mode=required&password=p",
                "mysql://u:•••@h/d?ssl-mode=required&password=•••",
            ),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
