//! Accounts: who people are, how they prove it, and what they say about themselves.

use crate::kernel::Kernel;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::db::migrate::Migration;
use crate::kernel::log::Tx;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::{Problem, UserId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use utoipa_axum::router::OpenApiRouter;

/// The tables of this capability.
pub const MIGRATION: Migration = Migration {
    name: "0002_accounts",
    sql: include_str!("schema.sql"),
};

/// Runs inside the transaction that makes or deletes an account, so that both hold or neither.
pub type AccountHook = Box<
    dyn for<'a, 't> Fn(&'a mut Tx<'t>, UserBrief) -> BoxFuture<'a, Result<(), StorageError>>
        + Send
        + Sync,
>;

/// The capability.
pub struct Accounts {
    /// What it stands on.
    #[expect(dead_code, reason = "skeleton")]
    kernel: Kernel,
    created: RwLock<Vec<Arc<AccountHook>>>,
    deleted: RwLock<Vec<Arc<AccountHook>>>,
}

impl Accounts {
    /// The capability over a kernel.
    #[must_use]
    pub fn new(kernel: Kernel) -> Arc<Self> {
        Arc::new(Self {
            kernel,
            created: RwLock::default(),
            deleted: RwLock::default(),
        })
    }

    /// Runs `hook` for every new account and guest.
    pub fn on_created(&self, hook: AccountHook) {
        self.created
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(Arc::new(hook));
    }

    /// Runs `hook` for every account that is deleted, and every guest whose visit ends.
    pub fn on_deleted(&self, hook: AccountHook) {
        self.deleted
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(Arc::new(hook));
    }

    /// Who a request or a handshake comes from: `Authorization: Bearer`, else the session cookie. `Ok(None)` where it
    /// carries neither; an error where what it carries does not hold.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn authenticate(&self, _headers: &HeaderMap) -> Result<Option<Arc<Actor>>, Problem> {
        Ok(None)
    }

    /// Who an access token belongs to.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn authenticate_token(&self, _token: &str) -> Result<Arc<Actor>, Problem> {
        Err(parlor_protocol::Code::Unauthorized.into())
    }

    /// Names and pictures of people, from memory where known. Deleted accounts are among them, under a tombstone name.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn briefs(
        &self,
        _ids: &[UserId],
    ) -> Result<HashMap<UserId, UserBrief>, StorageError> {
        Ok(HashMap::new())
    }

    /// The routes under `/api`.
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        OpenApiRouter::new()
    }
}
