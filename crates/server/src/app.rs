//! The one list of capabilities: builds them over a kernel, and their routes, events and tables.

use crate::accounts::{self, Accounts, AccountsError};
use crate::admin::{self, Admin};
use crate::announcements::{self, Announcements};
use crate::archives::{self, Archives};
use crate::audit;
use crate::communities::Communities;
use crate::friends::{self, Friends};
use crate::holds;
use crate::imports;
use crate::kernel::Kernel;
use crate::kernel::bus::{Bus, Signal};
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::db::migrate::{self, Migration};
use crate::kernel::db::{Db, StorageError};
use crate::kernel::fetch::Fetch;
use crate::kernel::ids::Ids;
use crate::kernel::jobs::Jobs;
use crate::kernel::limits::Limits;
use crate::kernel::log::{self, Log, epoch};
use crate::kernel::online::Online;
use crate::kernel::outbox::Tray;
use crate::kernel::secrets::{Secrets, SecretsError, random_token};
use crate::kernel::socket::EventTable;
use crate::messages::{self, Messages};
use crate::notifications::{self, Notifications};
use crate::presence::Presence;
use crate::retention::Retention;
use crate::rooms::{self, Rooms};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;

/// All schema changes, in order.
pub const MIGRATIONS: &[Migration] = &[
    log::MIGRATION,
    accounts::MIGRATION,
    rooms::MIGRATION,
    messages::MIGRATION,
    accounts::privacy::MIGRATION,
    friends::MIGRATION,
    rooms::COMMUNITIES_MIGRATION,
    accounts::DIALECTS,
    imports::MIGRATION,
    rooms::SHELF_MIGRATION,
    holds::MIGRATION,
    messages::REMOVED_MIGRATION,
    rooms::RETENTION_MIGRATION,
    archives::MIGRATION,
    accounts::IMPORTED_MIGRATION,
    messages::IMPORTED_MIGRATION,
    audit::MIGRATION,
    accounts::reset::MIGRATION,
    announcements::MIGRATION,
    admin::MIGRATION,
    holds::REACH_MIGRATION,
    accounts::FACTORS,
    accounts::IDENTITIES,
    notifications::MIGRATION,
];

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The accounts that a start brings along.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The keys.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Another server runs over the same data.
    #[error("another server is using the data directory {}", .0.display())]
    DataDirInUse(PathBuf),
    /// Files and sockets.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

fn fetch(config: &Config) -> Result<Fetch, StartError> {
    let certificates = config.outgoing_certificates.as_deref();
    let inside = config.outgoing_networks.clone();
    Fetch::new(inside, certificates, config.outgoing_timeout).map_err(|error| {
        let path = certificates.map(|path| path.display().to_string());
        StartError::Io(path.unwrap_or_default(), error)
    })
}

/// The product: capabilities over a kernel.
pub struct App {
    /// What they stand on.
    pub kernel: Kernel,
    /// Who people are.
    pub accounts: Arc<Accounts>,
    /// Whom they know.
    pub friends: Arc<Friends>,
    /// Where they talk.
    pub rooms: Arc<Rooms>,
    /// What groups they make.
    pub communities: Arc<Communities>,
    /// What they say.
    pub messages: Arc<Messages>,
    /// What they are told of.
    pub notifications: Arc<Notifications>,
    /// Who is here.
    pub presence: Arc<Presence>,
    /// What is stored of them, to take along and to bring in.
    pub archives: Arc<Archives>,
    /// For how long what they say is kept.
    pub retention: Arc<Retention>,
    /// What everybody is told.
    pub announcements: Arc<Announcements>,
    /// What those see who run the server.
    pub admin: Arc<Admin>,
}

impl App {
    /// Opens the database, brings its schema up to date and builds the capabilities. The second value is the queue of
    /// what is to be delivered to connections.
    pub async fn build(
        config: Config,
        clock: Clock,
    ) -> Result<(Self, mpsc::Receiver<Vec<Signal>>), StartError> {
        let data_dir = config.data_dir.clone();
        std::fs::create_dir_all(&data_dir)
            .map_err(|e| StartError::Io(data_dir.display().to_string(), e))?;
        let secrets = Arc::new(Secrets::load(
            config.secret_key.as_ref().map(|key| key.0.as_str()),
            &data_dir,
        )?);
        let fetch = fetch(&config)?;
        let db = Db::connect(&config.database_url(), config.allow_weak_durability).await?;
        migrate::run(&db, MIGRATIONS).await?;
        let epoch = epoch::load(&db, random_token()?).await?;
        let (bus, delivery) = Bus::new();
        let jobs = Jobs::default();
        let limits = Limits::new(config.limits_apply(), &jobs);
        let ids = Ids::new(db.clone());
        let tray = Tray::new(ids.clone());
        let kernel = Kernel {
            config: Arc::new(config),
            clock: clock.clone(),
            ids,
            log: Log::start(db.clone(), clock, bus.clone(), tray.clone(), &jobs),
            tray,
            online: Online::default(),
            epoch: epoch.into(),
            db,
            bus,
            jobs,
            limits,
            secrets,
            fetch,
        };
        let app = Self::over(kernel)?;
        app.rooms.prepare().await?;
        app.accounts.prepare().await?;
        app.messages.prepare().await?;
        app.notifications.prepare().await?;
        Ok((app, delivery))
    }

    fn over(kernel: Kernel) -> Result<Self, StartError> {
        let accounts = Accounts::new(kernel.clone())?;
        let friends = Friends::new(kernel.clone(), accounts.clone());
        let rooms = Rooms::new(kernel.clone(), accounts.clone(), friends.clone());
        let communities = Communities::new(kernel.clone(), rooms.clone());
        let messages = Messages::new(
            kernel.clone(),
            accounts.clone(),
            friends.clone(),
            rooms.clone(),
        );
        let notifications = Notifications::new(
            kernel.clone(),
            accounts.clone(),
            friends.clone(),
            rooms.clone(),
            messages.clone(),
        );
        let presence = Presence::new(
            kernel.clone(),
            accounts.clone(),
            friends.clone(),
            rooms.clone(),
        );
        let archives = Archives::new(
            kernel.clone(),
            accounts.clone(),
            friends.clone(),
            rooms.clone(),
            messages.clone(),
            notifications.clone(),
        );
        let retention = Retention::new(
            kernel.clone(),
            accounts.clone(),
            rooms.clone(),
            messages.clone(),
            archives.clone(),
        );
        let announcements = Announcements::new(kernel.clone(), accounts.clone());
        let admin = Admin::new(kernel.clone(), accounts.clone());
        Ok(Self {
            kernel,
            accounts,
            friends,
            rooms,
            communities,
            messages,
            notifications,
            presence,
            archives,
            retention,
            announcements,
            admin,
        })
    }

    /// The REST interface, to be nested under `/api`.
    #[must_use]
    pub fn routes(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .merge(self.accounts.routes())
            .merge(self.friends.routes())
            .merge(self.rooms.routes())
            .merge(self.communities.routes())
            .merge(self.messages.routes())
            .merge(self.notifications.routes())
            .merge(self.presence.routes())
            .merge(self.archives.routes())
            .merge(self.retention.routes())
            .merge(self.announcements.routes())
            .merge(self.admin.routes())
    }

    /// What is done on the command line, to be nested under `/api`.
    #[must_use]
    pub fn console_routes(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .merge(self.accounts.console_routes())
            .merge(self.retention.console_routes())
            .merge(self.announcements.console_routes())
            .merge(self.admin.routes())
    }

    /// The socket events of all capabilities.
    #[must_use]
    pub fn events(&self) -> EventTable {
        let mut table = EventTable::default();
        self.rooms.events(&mut table);
        self.messages.events(&mut table);
        self.presence.events(&mut table);
        table
    }
}
