//! The server under test.

use crate::{Browser, Person, Visitor, database, person};
use parlor::app::App;
use parlor::http::Running;
use parlor::kernel::actor::Actor;
use parlor::kernel::clock::Clock;
use parlor::kernel::config::{self, Config, Profile};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

type Change = Box<dyn FnOnce(&mut Config) + Send>;

/// How a server is set up, where the defaults do not do.
#[derive(Default)]
pub struct Setup {
    changes: Vec<Change>,
    clock: Option<Clock>,
    home: Option<Home>,
}

/// What outlives a server: its data.
pub(crate) struct Home {
    dir: TempDir,
    database_url: String,
}

impl Setup {
    /// Changes a setting.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Config) + Send + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// With these providers to sign in by, on this machine.
    #[must_use]
    pub fn with_providers(self, providers: Vec<config::Provider>) -> Self {
        self.with(move |config| {
            config.providers = providers;
            config.outgoing_networks = vec!["127.0.0.0/8".parse().expect("a network")];
            config.outgoing_timeout = Duration::from_millis(500);
        })
    }

    /// With rate limits and connection caps in force.
    #[must_use]
    pub fn with_limits(self) -> Self {
        self.with(|config| config.profile = Profile::Production)
    }

    /// With a clock that the test turns.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Over data that is there already.
    #[must_use]
    pub fn over(mut self, dir: TempDir, database_url: String) -> Self {
        self.home = Some(Home { dir, database_url });
        self
    }

    /// Starts it.
    pub async fn start(self) -> Server {
        let home = if let Some(home) = self.home {
            home
        } else {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let database_url = database::prepared(dir.path()).await;
            Home { dir, database_url }
        };
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: home.dir.path().to_owned(),
            database_url: home.database_url.clone(),
            profile: Profile::Testing,
            allow_weak_durability: true,
            ..Config::default()
        };
        self.changes
            .into_iter()
            .for_each(|change| change(&mut config));
        let clock = self.clock.unwrap_or_else(Clock::system);
        let running = parlor::http::start(config, clock.clone())
            .await
            .expect("the server starts");
        let base = format!("http://{}", running.address());
        Server {
            home,
            running,
            clock,
            base,
        }
    }
}

/// A running server. Dropped, it ends with the test's runtime.
pub struct Server {
    home: Home,
    running: Running,
    clock: Clock,
    base: String,
}

impl Server {
    /// A server with a database of its own, on a free port, without rate limits.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    /// A server that is set up otherwise.
    #[must_use]
    pub fn setup() -> Setup {
        Setup::default()
    }

    /// Its address, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its data directory.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.home.dir.path()
    }

    /// The address of its database.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.home.database_url
    }

    /// Its clock, to be turned if it was set up with one.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The product inside, for what no public interface offers yet.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        self.running.app()
    }

    /// Somebody without an account.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.base)
    }

    /// A browser that nobody has used.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// Somebody who reads the figures of a server that was set up to give them.
    #[must_use]
    pub fn operator(&self) -> Visitor {
        let address = self.running.figures_address();
        Visitor::new(&format!("http://{}", address.expect("metrics_listen")))
    }

    /// Somebody who has just registered under this name.
    pub async fn person(&self, name: &str) -> Person {
        Person::register(&self.base, name).await
    }

    /// Somebody who runs the server.
    pub async fn administrator(&self, name: &str) -> Person {
        let (address, password) = (person::address(name), person::PASSWORD.to_owned());
        let accounts = &self.app().accounts;
        accounts
            .create_administrator(&Actor::console(), name.to_owned(), address, password)
            .await
            .expect("an administrator");
        Person::sign_in(&self.base, name).await
    }

    /// A guest.
    pub async fn guest(&self, nickname: &str) -> Person {
        Person::guest(&self.base, nickname).await
    }

    /// Stops the server and starts another on the same data.
    pub async fn restart(self) -> Self {
        self.running.stop().await;
        Setup {
            home: Some(self.home),
            clock: Some(self.clock),
            ..Setup::default()
        }
        .start()
        .await
    }

    /// Stops the server as SIGTERM does.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
