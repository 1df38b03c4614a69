//! Signing in by others: OAuth 2 and OpenID Connect.
//!
//! - [`begin`]: out to a provider, and [`flow`]: what was begun in which browser; [`sign_in`]: back again
//! - [`newcomer`]: who has no account yet; [`link`]: sign-ins elsewhere that open an account; [`prove`]: as a new proof
//! - [`provider`]: a provider, whichever way it speaks: [`oidc`] with [`discovery`] and [`id_token`], [`oauth`] as GitHub
//!   and Facebook have it, [`wechat`], [`qq`]; [`wire`]: asking any of them
//! - [`store`]: the tables
//!
//! No token of a provider is kept: all that is taken from one is who somebody is, and with it a name.

mod begin;
mod discovery;
mod flow;
mod id_token;
mod link;
mod newcomer;
mod oauth;
mod oidc;
mod prove;
mod provider;
mod qq;
mod sign_in;
pub(super) mod store;
mod wechat;
mod wire;

pub use begin::{Beginning, Begun};
pub(super) use flow::LASTS as FLOW_LASTS;
pub use flow::{Arrival, Flow, Purpose};
pub use sign_in::Arrived;

use crate::kernel::Kernel;
use crate::kernel::db::migrate::Migration;
use crate::kernel::seal::Seal;
use flow::FlowKeys;
use provider::Provider;
use std::sync::Arc;

/// The tables of linked identities and of what was begun, and by whom a sign-in came.
pub const MIGRATION: Migration = Migration {
    name: "0017_identities",
    sql: include_str!("schema.sql"),
};

/// By whom people sign in, and the keys of that.
pub(super) struct Identities {
    providers: Vec<Arc<Provider>>,
    flows: FlowKeys,
    newcomers: Seal,
}

impl Identities {
    /// Those that the settings name.
    pub(super) fn new(kernel: &Kernel) -> Self {
        let configured = kernel.config.providers.iter();
        let provider = |settings: &_| Arc::new(Provider::new(settings, kernel));
        Self {
            providers: configured.map(provider).collect(),
            flows: FlowKeys::new(&kernel.secrets),
            newcomers: Seal::new(&kernel.secrets, "newcomers"),
        }
    }

    /// The one of this name.
    fn provider(&self, name: &str) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|it| it.settings.name == name)
    }

    /// What people call the one of this name.
    fn label(&self, name: &str) -> String {
        let provider = self.provider(name);
        provider.map_or_else(|| name.to_owned(), |it| it.settings.label.clone())
    }
}
