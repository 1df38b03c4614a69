//! Building, mounting and stopping a transport.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::time::{Instant, timeout_at};

use crate::core::Core;
use crate::http::{self, Server};
use crate::hub::HubCore;
use crate::namespace::Namespace;
use crate::proto::session::MAX_NAMESPACES;
use crate::{Config, Encoded, Handler, Handshake, Hub, Stats};

/// An Engine.IO and Socket.IO server. Cheap to clone.
#[derive(Clone)]
pub struct Transport(Arc<Server>);

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Starts to build a transport.
    #[must_use]
    pub fn builder(config: Config) -> Builder {
        Builder {
            core: Arc::new(Core::new(config)),
            namespaces: Vec::new(),
            admit: Box::new(|_| true),
        }
    }

    /// Serves `/socket.io/`. The client's address comes from the request extension
    /// [`ClientAddr`](crate::ClientAddr), else from axum's `ConnectInfo<SocketAddr>`.
    pub fn router(&self) -> Router {
        http::router(self.0.clone())
    }

    /// The hub of a namespace; `None` if there is no such namespace.
    #[must_use]
    pub fn hub(&self, namespace: &str) -> Option<Hub> {
        let mut namespaces = self.0.namespaces.iter();
        namespaces
            .find(|known| &*known.hub.path == namespace)
            .map(|known| Hub(known.hub.clone()))
    }

    /// Refuses new connections, sends each socket of a namespace what `last` says, which is given the
    /// connection's number, lets handlers finish and clients take what waits for them, and closes
    /// all connections so that clients reconnect. What is not done after `grace` is cut off.
    pub async fn shutdown(&self, last: impl Fn(usize) -> Option<Encoded>, grace: Duration) {
        let core = &self.0.core;
        core.shutting_down.store(true, Ordering::Release);
        let deadline = Instant::now() + grace;
        let mut told = false;
        loop {
            // Registered before looking, so that no end is missed.
            let ended = core.ended.notified();
            for (number, conn) in core.wheel.connections().into_iter().enumerate() {
                let last = if told { None } else { last(number) };
                let socket = last.and_then(|last| {
                    let namespace = self
                        .0
                        .namespaces
                        .iter()
                        .find(|n| n.hub.path.as_bytes() == last.namespace())?;
                    Some((conn.lock().seat(namespace.hub.namespace)?.socket, last))
                });
                if let Some((socket, last)) = socket {
                    conn.emit(socket, last);
                }
                conn.lock().orders.drain = true;
                conn.wake();
            }
            told = true;
            if core.counters.open() == 0 {
                return;
            }
            if timeout_at(deadline, ended).await.is_err() {
                break;
            }
        }
        for conn in core.wheel.connections() {
            conn.lock().orders.cut = true;
            conn.wake();
        }
    }

    /// Figures for metrics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.core.counters.read()
    }
}

/// Builds a [`Transport`].
pub struct Builder {
    core: Arc<Core>,
    namespaces: Vec<Namespace>,
    admit: Box<dyn Fn(&Handshake) -> bool + Send + Sync>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("core", &self.core)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// The hub of a namespace, before its handler is known.
    pub fn hub(&mut self, namespace: &str) -> Hub {
        Hub(self.entry(namespace).hub.clone())
    }

    /// Adds a namespace (`/`, `/chat`) and what is done with its connections.
    ///
    /// # Panics
    /// At the 65th namespace.
    #[must_use]
    pub fn namespace<H: Handler>(mut self, path: &str, handler: H) -> Self {
        self.entry(path).entrance = Some(Arc::new(handler));
        self
    }

    fn entry(&mut self, path: &str) -> &mut Namespace {
        let mut known = self.namespaces.iter();
        let position = known.position(|namespace| &*namespace.hub.path == path);
        let position = position.unwrap_or_else(|| {
            let number = u8::try_from(self.namespaces.len()).unwrap_or(u8::MAX);
            assert!(usize::from(number) < MAX_NAMESPACES, "too many namespaces");
            let hub = Arc::new(HubCore::new(self.core.clone(), number, path));
            self.namespaces.push(Namespace {
                hub,
                entrance: None,
            });
            self.namespaces.len() - 1
        });
        &mut self.namespaces[position]
    }

    /// Decides about each connection before it exists, e.g. by its `Origin`; `false` answers 403.
    #[must_use]
    pub fn admit(self, admit: impl Fn(&Handshake) -> bool + Send + Sync + 'static) -> Self {
        Self {
            admit: Box::new(admit),
            ..self
        }
    }

    /// The transport, on the current Tokio runtime. A namespace whose hub was asked for, but which
    /// was given no handler, does not exist for clients.
    ///
    /// # Panics
    /// Outside a runtime.
    #[must_use]
    pub fn build(self) -> Transport {
        self.core.start();
        let namespaces = self.namespaces.iter();
        let overflow = namespaces.map(|namespace| namespace.entrance.as_ref()?.overflow());
        // Set once: a builder builds once.
        let _ = self.core.overflow.set(overflow.collect());
        Transport(Arc::new(Server {
            core: self.core,
            namespaces: self.namespaces.into(),
            admit: self.admit,
        }))
    }
}
