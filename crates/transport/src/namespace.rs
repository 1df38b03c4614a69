//! Handlers of different sessions behind one type.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

use crate::hub::HubCore;
use crate::{
    DisconnectReason, Encoded, Event, Handler, Handshake, NewSocket, Refusal, Socket, Verdict,
};

/// A namespace: its hub, and the way in.
pub(crate) struct Namespace {
    pub(crate) hub: Arc<HubCore>,
    /// `None`: closed to clients.
    pub(crate) entrance: Option<Arc<dyn Entrance>>,
}

impl Namespace {
    /// The path by which clients connect, if they may.
    pub(crate) fn path(&self) -> Option<&str> {
        self.entrance.as_ref().map(|_| &*self.hub.path)
    }
}

/// A handler, before anyone is connected to it.
pub(crate) trait Entrance: Send + Sync {
    fn connect(
        self: Arc<Self>,
        socket: NewSocket,
        request: Arc<Handshake>,
        auth: Option<Box<RawValue>>,
    ) -> BoxFuture<'static, Result<Arc<dyn Seat>, Refusal>>;

    fn overflow(&self) -> Option<Encoded>;
}

/// A handler together with one socket of its.
pub(crate) trait Seat: Send + Sync {
    fn connected(self: Arc<Self>) -> BoxFuture<'static, ()>;
    fn event(self: Arc<Self>, event: Event) -> BoxFuture<'static, Verdict>;
    fn disconnected(self: Arc<Self>, reason: DisconnectReason) -> BoxFuture<'static, ()>;
}

struct Seated<H: Handler> {
    handler: Arc<H>,
    socket: Socket<H::Session>,
}

impl<H: Handler> Entrance for H {
    fn connect(
        self: Arc<Self>,
        socket: NewSocket,
        request: Arc<Handshake>,
        auth: Option<Box<RawValue>>,
    ) -> BoxFuture<'static, Result<Arc<dyn Seat>, Refusal>> {
        async move {
            let session = Handler::connect(&*self, &socket, &request, auth).await?;
            let socket = Socket {
                handle: socket.0,
                session: Arc::new(session),
            };
            Ok(Arc::new(Seated {
                handler: self,
                socket,
            }) as Arc<dyn Seat>)
        }
        .boxed()
    }

    fn overflow(&self) -> Option<Encoded> {
        Handler::overflow(self)
    }
}

impl<H: Handler> Seat for Seated<H> {
    fn connected(self: Arc<Self>) -> BoxFuture<'static, ()> {
        async move { self.handler.connected(&self.socket).await }.boxed()
    }

    fn event(self: Arc<Self>, event: Event) -> BoxFuture<'static, Verdict> {
        async move { self.handler.event(&self.socket, event).await }.boxed()
    }

    fn disconnected(self: Arc<Self>, reason: DisconnectReason) -> BoxFuture<'static, ()> {
        async move { self.handler.disconnected(&self.socket, reason).await }.boxed()
    }
}
