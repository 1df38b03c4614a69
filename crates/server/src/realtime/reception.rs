//! Letting connections in, of whatever kind: who they are, how many they may be, and that they are looked after.

use super::guard::Registry;
use super::resume::Seen;
use super::session::Session;
use crate::accounts::Accounts;
use crate::app::App;
use crate::kernel::Kernel;
use crate::kernel::actor::{Actor, Origin};
use crate::kernel::dialect::Dialect;
use crate::presence::{PATIENCE, Presence};
use http::{HeaderMap, HeaderValue, header};
use parlor_protocol::{Code, Problem};
use parlor_transport::Handshake;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most connections of one person.
const MAX_CONNECTIONS: usize = 10;

/// By what a connection shows who it is: a token, else what its request carries.
pub(crate) struct Proof {
    token: Option<String>,
    /// Only tokens of this system hold.
    only: Option<Dialect>,
    headers: HeaderMap,
    address: IpAddr,
}

impl Proof {
    /// A Socket.IO connection's.
    pub(crate) fn of_socket(request: &Handshake, token: Option<&str>) -> Self {
        let mut headers = HeaderMap::new();
        for name in [header::AUTHORIZATION, header::COOKIE] {
            let values = request.headers(name.as_str());
            for value in values.filter_map(|value| HeaderValue::from_str(value).ok()) {
                headers.append(name.clone(), value);
            }
        }
        Self {
            token: token.map(str::to_owned),
            only: None,
            headers,
            address: request.address(),
        }
    }

    /// A plain WebSocket's. Cookies are no part of it: a page's WebSocket carries them unasked.
    pub(crate) fn of_request(request: &HeaderMap, address: IpAddr) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(value) = request.get(header::AUTHORIZATION) {
            headers.insert(header::AUTHORIZATION, value.clone());
        }
        Self {
            token: None,
            only: None,
            headers,
            address,
        }
    }

    /// The same with the token that its address names, if it does. Addresses are written into logs: only a system that
    /// knew no better has its own tokens there, and no others hold.
    pub(crate) fn in_address(self, token: Option<String>, of: Dialect) -> Self {
        if token.is_none() {
            return self;
        }
        Self {
            token,
            only: Some(of),
            ..self
        }
    }
}

/// Lets connections in and out.
pub(crate) struct Reception {
    kernel: Kernel,
    accounts: Arc<Accounts>,
    presence: Arc<Presence>,
    pub(super) registry: Arc<Registry>,
    connections: AtomicU64,
}

impl Reception {
    pub(super) fn new(app: &App) -> Self {
        Self {
            kernel: app.kernel.clone(),
            accounts: app.accounts.clone(),
            presence: app.presence.clone(),
            registry: Arc::default(),
            connections: AtomicU64::new(1),
        }
    }

    /// Who connects.
    pub(crate) async fn identify(&self, proof: &Proof) -> Result<Arc<Actor>, Problem> {
        let actor = if let Some(token) = &proof.token {
            self.accounts.authenticate_token(token).await?
        } else {
            let actor = self.accounts.authenticate(&proof.headers).await?;
            actor.ok_or(Code::Unauthorized)?
        };
        if proof.only.is_some_and(|only| only != actor.dialect) {
            return Err(Code::Unauthorized.into());
        }
        Ok(Arc::new(actor.acting_from(Origin::socket(proof.address))))
    }

    /// Counts the connection among its person's, unless there are enough, and has it looked after until it
    /// [parts](Reception::part). Whoever passes an actor here has asked for it after the connection could be reached
    /// by what ends its session.
    pub(crate) fn seat(&self, actor: Arc<Actor>) -> Result<Arc<Session>, Problem> {
        self.seat_resuming(actor, None)
    }

    /// The same for a connection that says what it has.
    pub(super) fn seat_resuming(
        &self,
        actor: Arc<Actor>,
        seen: Option<Seen>,
    ) -> Result<Arc<Session>, Problem> {
        let limit = self.kernel.config.limits_apply().then_some(MAX_CONNECTIONS);
        if !self.presence.arrive(&actor, limit) {
            let refused = Problem::new(Code::RateLimited);
            return Err(refused.detail("There are enough connections of this account."));
        }
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let session = Arc::new(Session::new(number, actor, seen));
        self.registry.add(session.clone());
        Ok(session)
    }

    /// A connection is gone.
    pub(crate) fn part(&self, session: &Session) {
        self.registry.remove(session);
        let actor = session.actor();
        let patience = match actor.dialect {
            Dialect::Komunikator => self.kernel.config.komunikator_timeout,
            _ => PATIENCE,
        };
        self.presence.depart(&actor, session.connection(), patience);
    }
}
