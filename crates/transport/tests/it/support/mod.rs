//! A server with a small chat on it, and clients that speak the protocols by hand.

mod app;
mod http;
mod listener;
mod websocket;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::{Extension, Router};
use parlor_transport::{ClientAddr, Config, Hub, Transport};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

pub(crate) use app::{App, Gate, room, said};
pub(crate) use http::{Reply, request};
pub(crate) use listener::Wrapped;
pub(crate) use websocket::{Frame, WebSocket, compressed};

/// Long enough for anything, short enough to notice that it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that must come.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("it never came")
}

/// Runs something beside the test.
pub(crate) fn beside<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    Handle::current().spawn(task)
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) transport: Transport,
    pub(crate) hub: Hub,
    /// Opens for handlers that wait.
    pub(crate) gate: Gate,
    /// What handlers were called for, in order.
    pub(crate) calls: mpsc::UnboundedReceiver<String>,
}

impl Server {
    /// A server with default limits.
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let (server, router, listener) = Self::prepare(config).await;
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        beside(async move { axum::serve(listener, service).await });
        server
    }

    /// A server whose connections are not bare TCP streams.
    pub(crate) async fn wrapped(config: Config) -> Self {
        let (server, router, listener) = Self::prepare(config).await;
        let router = router.layer(Extension(ClientAddr(server.address.ip())));
        beside(async move { axum::serve(Wrapped(listener), router).await });
        server
    }

    async fn prepare(config: Config) -> (Self, Router, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, calls) = mpsc::unbounded_channel();
        let gate = Gate::default();
        let mut builder = Transport::builder(config);
        let hub = builder.hub("/");
        let transport = builder
            .namespace("/", App::new("/", gate.clone(), tell.clone()))
            .namespace("/chat", App::new("/chat", gate.clone(), tell))
            .admit(|request| {
                request
                    .header("origin")
                    .is_none_or(|origin| origin == "http://here")
            })
            .build();
        let router = transport.router();
        (
            Self {
                address,
                transport,
                hub,
                gate,
                calls,
            },
            router,
            listener,
        )
    }

    /// The next call of a handler.
    pub(crate) async fn call(&mut self) -> String {
        soon(self.calls.recv()).await.unwrap()
    }

    /// A client that is connected by WebSocket.
    pub(crate) async fn client(&self, name: &str) -> WebSocket {
        let mut client = self.websocket().await;
        client.join_namespace("/", name).await;
        client
    }

    /// A WebSocket that has got its opening packet.
    pub(crate) async fn websocket(&self) -> WebSocket {
        let mut client = WebSocket::connect(self.address, "EIO=4&transport=websocket", &[])
            .await
            .unwrap();
        let open = client.text().await;
        assert!(open.starts_with("0{"), "{open}");
        client
    }
}
