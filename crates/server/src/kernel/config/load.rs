//! Where the settings are taken from.

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
}

impl Loaded {
    /// From the flags that were given, the environment, and a file: `file`, or `parlor.toml` in the working directory
    /// where there is one.
    pub fn from_all(flags: &Given, file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(flags, &from_environment()?, file)
    }

    fn from_sources(
        flags: &Given,
        variables: &Given,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let mut loaded = Self {
            config: Config::default(),
            origins: BTreeMap::new(),
        };
        let path = file.unwrap_or(Path::new("parlor.toml"));
        if file.is_some() || path.exists() {
            loaded.apply(&read_file(path)?, &Origin::File(path.to_owned()))?;
        }
        loaded.apply(variables, &Origin::Variable)?;
        loaded.apply(flags, &Origin::Flag)?;
        let config = &mut loaded.config;
        if config.profile == Profile::Development && !loaded.origins.contains_key("log_level") {
            DEVELOPERS_LOG.clone_into(&mut config.log_level);
        }
        check(&loaded.config)?;
        Ok(loaded)
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
    pub fn describe(&self) -> impl Iterator<Item = (&'static str, String, &Origin)> {
        ALL.iter().map(|setting| {
            let origin = self.origins.get(setting.key).unwrap_or(&Origin::Default);
            (setting.key, (setting.show)(&self.config), origin)
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn from_environment() -> Result<Given, ConfigError> {
    let mut given = Given::new();
    for setting in ALL {
        match std::env::var(setting.variable()) {
            Ok(text) => {
                given.insert(setting.key, text);
            }
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(ConfigError::Value {
                    origin: setting.variable(),
                    reason: "it is not UTF-8".to_owned(),
                });
            }
        }
    }
    Ok(given)
}

fn read_file(path: &Path) -> Result<Given, ConfigError> {
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
    let mut given = Given::new();
    for (key, value) in &table {
        let setting = settings::find(key).ok_or_else(|| fail(format!("unknown key {key:?}")))?;
        let text = plain(value).ok_or_else(|| {
            fail(format!(
                "{key}: expected a text, a number, true or false, or a list of texts"
            ))
        })?;
        given.insert(setting.key, text);
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
        Loaded::from_sources(&given(flags), &given(variables), Some(&path))
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
        assert_eq!(shown["listen"], ("127.0.0.1:3".into(), "flag".into()));
        assert_eq!(shown["data_dir"], ("/variable".into(), "variable".into()));
        assert_eq!(shown["drain_time"].0, "3");
        assert!(shown["drain_time"].1.ends_with("parlor.toml"));
        assert_eq!(shown["trusted_proxies"].0, "10.0.0.0/8,::1/128");
        assert_eq!(shown["profile"], ("production".into(), "default".into()));
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
        let wrong = error("secret_key = 'kZ8mQ2xV\n", &[], &[]);
        assert!(!wrong.contains("kZ8m"), "{wrong}");
    }
}
