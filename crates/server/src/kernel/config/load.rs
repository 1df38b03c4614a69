//! Where the settings are taken from.

use super::providers::{self, GivenProviders};
use super::settings::{self, ALL, Setting};
use super::{Config, Profile};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What the profile `development` logs where nobody says otherwise.
const DEVELOPERS_LOG: &str = "info,parlor=debug";

/// Settings that somebody gave, by key.
pub type Given = BTreeMap<&'static str, String>;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value makes no sense.
    #[error("{origin}: {reason}")]
    Value {
        /// Where it stands: a flag, a variable, a key of a file.
        origin: String,
        /// Why.
        reason: String,
    },
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// Settings that exclude each other.
    #[error("{0}")]
    Together(String),
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave it.
    Default,
    /// `parlor.toml`.
    File(PathBuf),
    /// An environment variable.
    Variable,
    /// The command line.
    Flag,
}

impl Origin {
    fn name(&self, setting: &Setting) -> String {
        match self {
            Self::Default => setting.key.to_owned(),
            Self::File(path) => format!("{}: {}", path.display(), setting.key),
            Self::Variable => setting.variable(),
            Self::Flag => format!("--{}", setting.flag()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable => f.write_str("variable"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Settings in force, and where each came from.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    origins: BTreeMap<&'static str, Origin>,
    providers: GivenProviders,
}

/// What stands in one place.
#[derive(Debug, Default)]
struct Source {
    settings: Given,
    providers: GivenProviders,
}

impl Loaded {
    /// From the flags that were given, the environment, and a file: `file`, or `parlor.toml` in the working directory
    /// where there is one.
    pub fn from_all(flags: &Given, file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(flags, &from_environment()?, file)
    }

    fn from_sources(
        flags: &Given,
        variables: &Source,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut loaded = Self {
            config: Config::default(),
            origins: BTreeMap::new(),
            providers: GivenProviders::new(),
        };
        let path = file.unwrap_or(Path::new("parlor.toml"));
        if file.is_some() || path.exists() {
            loaded.take(&read_file(path)?, &Origin::File(path.to_owned()))?;
        }
        loaded.take(variables, &Origin::Variable)?;
        loaded.apply(flags, &Origin::Flag)?;
        let config = &mut loaded.config;
        if config.profile == Profile::Development && !loaded.origins.contains_key("log_level") {
            DEVELOPERS_LOG.clone_into(&mut config.log_level);
        }
        let wrong = |(origin, reason)| ConfigError::Value { origin, reason };
        loaded.config.providers = providers::read(&loaded.providers).map_err(wrong)?;
        check(&loaded.config)?;
        Ok(loaded)
    }

    fn take(&mut self, source: &Source, origin: &Origin) -> Result<(), ConfigError> {
        for (name, keys) in &source.providers {
            let own = self.providers.entry(name.clone()).or_default();
            own.extend(keys.clone());
        }
        self.apply(&source.settings, origin)
    }

    fn apply(&mut self, given: &Given, origin: &Origin) -> Result<(), ConfigError> {
        for setting in ALL {
            if let Some(text) = given.get(setting.key) {
                (setting.set)(&mut self.config, text.trim()).map_err(|reason| {
                    ConfigError::Value {
                        origin: origin.name(setting),
                        reason,
                    }
                })?;
                self.origins.insert(setting.key, origin.clone());
            }
        }
        Ok(())
    }

    /// Every setting: its key, its value with secrets masked, and where it came from.
    pub fn describe(&self) -> impl Iterator<Item = (String, String, &Origin)> {
        let settings = ALL.iter().map(|setting| {
            let origin = self.origins.get(setting.key).unwrap_or(&Origin::Default);
            (setting.key.to_owned(), (setting.show)(&self.config), origin)
        });
        settings.chain(providers::describe(&self.providers))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn from_environment() -> Result<Source, ConfigError> {
    let mut source = Source::default();
    for setting in ALL {
        let variable = setting.variable();
        if let Some(text) = std::env::var_os(&variable) {
            source.settings.insert(setting.key, words(&variable, text)?);
        }
    }
    for (variable, text) in std::env::vars_os() {
        let Some(variable) = variable.to_str() else {
            continue;
        };
        if let Some(about) = providers::of_variable(variable) {
            let wrong = |reason| ConfigError::Value {
                origin: variable.to_owned(),
                reason,
            };
            let (name, key) = about.map_err(wrong)?;
            let given = (words(variable, text)?.trim().to_owned(), Origin::Variable);
            source.providers.entry(name).or_default().insert(key, given);
        }
    }
    Ok(source)
}

fn words(variable: &str, text: std::ffi::OsString) -> Result<String, ConfigError> {
    text.into_string().map_err(|_| ConfigError::Value {
        origin: variable.to_owned(),
        reason: "it is not UTF-8".to_owned(),
    })
}

fn read_file(path: &Path) -> Result<Source, ConfigError> {
    let fail = |reason: String| ConfigError::File {
        path: path.display().to_string(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // The whole error would quote the line, and with it perhaps a secret.
        let line = error.span().map_or(1, |span| {
            1 + text[..span.start.min(text.len())].matches('\n').count()
        });
        fail(format!("line {line}: {}", error.message()))
    })?;
    let mut source = Source::default();
    for (key, value) in &table {
        if key == "providers" {
            let origin = Origin::File(path.to_owned());
            source.providers = read_providers(value, &origin).map_err(fail)?;
            continue;
        }
        let setting = settings::find(key).ok_or_else(|| fail(format!("unknown key {key:?}")))?;
        let text = plain(value).ok_or_else(|| {
            fail(format!(
                "{key}: expected a text, a number, true or false, or a list of texts"
            ))
        })?;
        source.settings.insert(setting.key, text);
    }
    Ok(source)
}

/// The tables `[providers.NAME]`.
fn read_providers(tables: &toml::Value, origin: &Origin) -> Result<GivenProviders, String> {
    let expected = || "providers: expected tables such as [providers.google]".to_owned();
    let mut given = GivenProviders::new();
    for (name, table) in tables.as_table().ok_or_else(expected)? {
        let keys = given.entry(name.clone()).or_default();
        for (key, value) in table.as_table().ok_or_else(expected)? {
            let known = providers::key(key);
            let known = known.ok_or_else(|| format!("unknown key \"providers.{name}.{key}\""))?;
            let text = value.as_str().map(str::trim);
            let text = text.ok_or_else(|| format!("providers.{name}.{key}: expected a text"))?;
            keys.insert(known, (text.to_owned(), origin.clone()));
        }
    }
    Ok(given)
}

/// A TOML value as the text that a flag would carry.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(switch.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn check(config: &Config) -> Result<(), ConfigError> {
    if config.demo && !config.listen.ip().is_loopback() {
        return Err(ConfigError::Together(format!(
            "demo: its accounts have known passwords, so it needs a loopback address to listen on, not {}",
            config.listen
        )));
    }
    let has_one_name = config.listen.ip().is_loopback() && config.allowed_hosts.is_empty();
    if !config.providers.is_empty() && config.public_url.is_none() && !has_one_name {
        return Err(ConfigError::Together(
            "providers: they send people back to public_url, which is not set".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&'static str, &str)]) -> Given {
        pairs
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect()
    }

    fn load(
        file: &str,
        variables: &[(&'static str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Loaded, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("parlor.toml");
        std::fs::write(&path, file).unwrap();
        let variables = Source {
            settings: given(variables),
            providers: GivenProviders::new(),
        };
        Loaded::from_sources(&given(flags), &variables, Some(&path))
    }

    fn error(
        file: &str,
        variables: &[(&'static str, &str)],
        flags: &[(&'static str, &str)],
    ) -> String {
        load(file, variables, flags).unwrap_err().to_string()
    }

    #[test]
    fn flags_come_before_variables_before_the_file_before_defaults() {
        let file = "listen = '127.0.0.1:1'\ndata_dir = '/file'\ndrain_time = 3\ntrusted_proxies = ['10.0.0.0/8', '::1']\n";
        let loaded = load(
            file,
            &[("listen", "127.0.0.1:2"), ("data_dir", "/variable")],
            &[("listen", "127.0.0.1:3")],
        )
        .unwrap();
        let shown: BTreeMap<_, _> = loaded
            .describe()
            .map(|(key, value, origin)| (key, (value, origin.to_string())))
            .collect();
        let shown: BTreeMap<&str, _> = shown.iter().map(|(key, it)| (key.as_str(), it)).collect();
        let is = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
        assert_eq!(shown["listen"], &is("127.0.0.1:3", "flag"));
        assert_eq!(shown["data_dir"], &is("/variable", "variable"));
        assert_eq!(shown["drain_time"].0, "3");
        assert!(shown["drain_time"].1.ends_with("parlor.toml"));
        assert_eq!(shown["trusted_proxies"].0, "10.0.0.0/8,::1/128");
        assert_eq!(shown["profile"], &is("production", "default"));
        assert_eq!(shown["database_url"].0, "sqlite:/variable/parlor.db");
    }

    #[test]
    fn developers_see_more_in_the_log_unless_they_say_how_much() {
        let level = |flags: &[_]| load("", &[], flags).unwrap().config.log_level;
        assert_eq!(level(&[]), "info");
        assert_eq!(level(&[("profile", "development")]), "info,parlor=debug");
        let quiet = [("profile", "development"), ("log_level", "warn")];
        assert_eq!(level(&quiet), "warn");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert!(error("lisen = 'x'", &[], &[]).contains("unknown key \"lisen\""));
        assert!(
            error("listen = 'x'", &[], &[]).contains("parlor.toml: listen: \"x\" is no address")
        );
        assert!(error("listen = [1]", &[], &[]).contains("listen: expected"));
        assert!(error("a = \n", &[], &[]).contains("line 1"));
        assert!(error("", &[("demo", "maybe")], &[]).starts_with("PARLOR_DEMO: "));
        assert!(error("", &[], &[("max_requests", "0")]).starts_with("--max-requests: "));
        assert!(error("", &[], &[("allowed_origins", "*")]).contains("name the origins"));
        assert!(error("", &[], &[("demo", "on"), ("listen", "0.0.0.0:1")]).contains("loopback"));
        assert!(error("providers = 1", &[], &[]).contains("[providers.google]"));
        let unknown = "[providers.google]\nclient_key = 'x'";
        assert!(error(unknown, &[], &[]).contains("providers.google.client_key"));
        let google = "[providers.google]\nclient_id = 'us'";
        assert!(error(google, &[], &[("listen", "0.0.0.0:1")]).contains("public_url"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let loaded = load(
            "database_url = 'postgres://app:hunter2@db/app'",
            &[("secret_key", "kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA")],
            &[],
        )
        .unwrap();
        let all = format!(
            "{:?} {:?}",
            loaded.describe().collect::<Vec<_>>(),
            loaded.config.secret_key
        );
        assert!(!all.contains("kZ8m") && !all.contains("hunter2"), "{all}");
        let file = "[providers.google]\nclient_id = 'us'\nclient_secret = 'hunter3'\n";
        let loaded = load(file, &[], &[]).unwrap();
        let all = format!(
            "{:?} {:?}",
            loaded.describe().collect::<Vec<_>>(),
            loaded.config
        );
        assert!(
            all.contains("providers.google.client_id") && !all.contains("hunter3"),
            "{all}"
        );
        let wrong = error("secret_key = 'kZ8mQ2xV\n", &[], &[]);
        assert!(!wrong.contains("kZ8m"), "{wrong}");
    }
}
