//! Building, mounting and stopping a transport.

use std::time::Duration;

use axum::Router;

use crate::{Config, Encoded, Handler, Handshake, Hub, Stats};

/// An Engine.IO and Socket.IO server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {}

impl Transport {
    /// Starts to build a transport.
    #[must_use]
    pub fn builder(config: Config) -> Builder {
        let _ = config;
        Builder {}
    }

    /// Serves `/socket.io/`. The client's address comes from the request extension
    /// [`ClientAddr`](crate::ClientAddr), else from axum's `ConnectInfo<SocketAddr>`.
    pub fn router(&self) -> Router {
        Router::new()
    }

    /// The hub of a namespace; `None` if there is no such namespace.
    #[must_use]
    pub fn hub(&self, namespace: &str) -> Option<Hub> {
        let _ = namespace;
        None
    }

    /// Refuses new connections, sends `last` to the sockets of its namespace, lets handlers finish
    /// and clients take what waits for them, and closes all connections so that clients reconnect.
    /// What is not done after `grace` is cut off.
    pub async fn shutdown(&self, last: Option<Encoded>, grace: Duration) {
        let _ = (last, grace);
        std::future::ready(()).await;
    }

    /// Figures for metrics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats::default()
    }
}

/// Builds a [`Transport`].
#[derive(Debug)]
pub struct Builder {}

impl Builder {
    /// The hub of a namespace, before its handler is known.
    pub fn hub(&mut self, namespace: &str) -> Hub {
        let _ = namespace;
        Hub {}
    }

    /// Adds a namespace (`/`, `/chat`) and what is done with its connections.
    #[must_use]
    pub fn namespace<H: Handler>(self, path: &str, handler: H) -> Self {
        let _ = (path, handler);
        self
    }

    /// Decides about each connection before it exists, e.g. by its `Origin`; `false` answers 403.
    #[must_use]
    pub fn admit(self, admit: impl Fn(&Handshake) -> bool + Send + Sync + 'static) -> Self {
        let _ = admit;
        self
    }

    /// The transport. Must be called within a Tokio runtime, on which its connections will run.
    #[must_use]
    pub fn build(self) -> Transport {
        Transport {}
    }
}
