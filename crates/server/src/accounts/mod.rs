//! Accounts: who people are, how they prove it, and what they say about themselves.
//!
//! - [`register`], [`login`], [`guest`]: in; [`upgrade`]: a visit becomes an account
//! - [`session`]: refreshed, listed, ended; [`setup`]: the first administrator
//! - [`authenticate`], [`guard`]: who a request comes from, over [`tokens`], [`cookies`] and the [`cache`];
//!   [`connected`]: who is still behind a connection
//! - [`profile`], [`privacy`], [`password`], [`reset`], [`leave`]: what people change about themselves, up to leaving
//! - [`factors`]: what proves, besides the password, who somebody is; [`identities`]: signing in by others
//! - [`directory`]: how people see each other; [`administer`]: what administrators do
//! - [`records`]: what is stored of a person; [`placeholder`]: people whom only an archive knows
//! - [`names`], [`rules`]: which values hold, and who may
//! - [`passwords`]: the hashes, [`werkzeug`]'s too; [`decoys`]: that a wrong one tells nothing
//! - [`take_over`]: people of older systems
//! - [`model`], [`store`]: the tables; [`expire`]: what ends by itself; [`api`]: the routes

pub mod administer;
mod api;
mod authenticate;
mod avatar;
mod cache;
mod connected;
pub mod cookies;
mod decoys;
pub mod directory;
pub mod error;
pub mod expire;
mod factors;
pub mod guard;
pub mod guest;
pub mod identities;
pub mod leave;
pub mod login;
mod model;
pub mod names;
pub mod password;
mod passwords;
pub mod placeholder;
pub mod privacy;
pub mod profile;
pub mod records;
pub mod register;
pub mod reset;
pub mod rules;
pub mod session;
pub mod setup;
mod store;
pub mod take_over;
mod tokens;
pub mod upgrade;
mod werkzeug;

pub(crate) use api::{GivenPassword, NewAdministrator};
pub(crate) use api::{arrival, asked_at, lead_to, to_provider, wants_page};
pub use error::AccountsError;
pub use factors::MIGRATION as FACTORS;
pub use identities::MIGRATION as IDENTITIES;

use crate::kernel::Kernel;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::Tx;
use crate::kernel::secrets::SecretsError;
use cache::Cache;
use decoys::Decoys;
use directory::CountStats;
use futures_util::future::BoxFuture;
use parlor_protocol::UserId;
use parlor_protocol::accounts::{Privacy, UserBrief};
use passwords::Passwords;
use setup::Setup;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokens::Tokens;
use tokio::sync::OnceCell;
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0002_accounts",
    sql: include_str!("schema.sql"),
};

/// Sessions keep how their sign-in was spoken.
pub const DIALECTS: Migration = Migration {
    name: "0008_session_dialects",
    sql: include_str!("dialect.sql"),
};

/// Who stands for people of archives whom nobody here knows.
pub const IMPORTED_MIGRATION: Migration = Migration {
    name: "0014_imported_people",
    sql: include_str!("imported.sql"),
};

/// Runs inside the transaction that makes, renames or deletes an account, so that both hold or neither.
pub type AccountHook = Box<
    dyn for<'a, 't> Fn(&'a mut Tx<'t>, UserBrief) -> BoxFuture<'a, Result<(), StorageError>>
        + Send
        + Sync,
>;

/// Runs inside the transaction that changes what somebody lets others do and see.
pub type PrivacyHook = Box<
    dyn for<'a, 't> Fn(&'a mut Tx<'t>, UserId, Privacy) -> BoxFuture<'a, Result<(), StorageError>>
        + Send
        + Sync,
>;

/// The hooks of one kind.
type Hooks<H = AccountHook> = Vec<Arc<H>>;

/// The capability.
pub struct Accounts {
    kernel: Kernel,
    created: RwLock<Hooks>,
    renamed: RwLock<Hooks>,
    leaving: RwLock<Hooks>,
    deleted: RwLock<Hooks>,
    privacy_changed: RwLock<Hooks<PrivacyHook>>,
    hide_presence: OnceLock<privacy::HidePresence>,
    cache: Arc<Cache>,
    tokens: Tokens,
    passwords: Passwords,
    decoys: OnceCell<Decoys>,
    factor_keys: Arc<factors::Keys>,
    identities: identities::Identities,
    setup: Setup,
    count_stats: OnceLock<CountStats>,
}

impl Accounts {
    /// The capability over a kernel.
    pub fn new(kernel: Kernel) -> Result<Arc<Self>, SecretsError> {
        let cache = Arc::new(Cache::default());
        let reacting = cache.clone();
        kernel.bus.on_signal(move |signal| reacting.react(signal));
        let accounts = Arc::new(Self {
            tokens: Tokens::new(&kernel.secrets)?,
            factor_keys: Arc::new(factors::Keys::new(&kernel.secrets)),
            identities: identities::Identities::new(&kernel),
            kernel,
            created: RwLock::default(),
            renamed: RwLock::default(),
            leaving: RwLock::default(),
            deleted: RwLock::default(),
            privacy_changed: RwLock::default(),
            hide_presence: OnceLock::new(),
            cache,
            passwords: Passwords::default(),
            decoys: OnceCell::new(),
            setup: Setup::default(),
            count_stats: OnceLock::new(),
        });
        accounts.start_expiry();
        Ok(accounts)
    }

    /// Runs `hook` for every new account and guest.
    pub fn on_created(&self, hook: AccountHook) {
        add_hook(&self.created, hook);
    }

    /// Runs `hook` for everybody whom others see under another name from then on, or as a guest no longer.
    pub fn on_renamed(&self, hook: AccountHook) {
        add_hook(&self.renamed, hook);
    }

    /// Runs `hook` for the same as [`Accounts::on_deleted`], before anything of them is gone.
    pub fn before_deleted(&self, hook: AccountHook) {
        add_hook(&self.leaving, hook);
    }

    /// Runs `hook` for every account that is deleted, and every guest whose visit ends.
    pub fn on_deleted(&self, hook: AccountHook) {
        add_hook(&self.deleted, hook);
    }

    /// Lets those above count what a person has done, for [`Accounts::stats`].
    pub fn count_stats_with(&self, count: CountStats) {
        let _ = self.count_stats.set(count);
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self)
    }

    /// Those of them that administrators use, and the one that the console alone has.
    #[must_use]
    pub fn console_routes(self: &Arc<Self>) -> OpenApiRouter {
        api::console_routes(self)
    }
}

fn add_hook<H>(hooks: &RwLock<Hooks<H>>, hook: H) {
    let mut hooks = hooks.write().unwrap_or_else(PoisonError::into_inner);
    hooks.push(Arc::new(hook));
}

/// The hooks at this moment, to run inside a transaction.
fn hooks_of<H>(hooks: &RwLock<Hooks<H>>) -> Hooks<H> {
    hooks.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Runs hooks in their order, until one fails.
async fn run_hooks(hooks: &Hooks, tx: &mut Tx<'_>, person: &UserBrief) -> Result<(), StorageError> {
    for hook in hooks {
        hook(tx, person.clone()).await?;
    }
    Ok(())
}
