//! The application's work for one connection: handlers that run.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use crate::namespace::Seat;
use crate::proto::session::Namespace;
use crate::{Refusal, SocketId, Verdict};

/// What a handler came to.
pub(crate) enum Done {
    Connect(SocketId, Namespace, Result<Arc<dyn Seat>, Refusal>),
    Event(SocketId, Verdict),
    /// The handler's last word on a socket.
    Disconnected(SocketId),
}

/// The handlers that run. Owns no memory while there are none.
#[derive(Default)]
pub(crate) struct Work(Option<Box<FuturesUnordered<BoxFuture<'static, Done>>>>);

impl Work {
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |running| running.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Polls a handler for the first time, and keeps it if it is not done by then. `panicked` is
    /// what a panic comes to.
    pub(crate) fn start(
        &mut self,
        cx: &mut Context<'_>,
        handler: impl Future<Output = Done> + Send + 'static,
        panicked: Done,
    ) -> Option<Done> {
        let caught = AssertUnwindSafe(handler).catch_unwind();
        let mut handler = async move { caught.await.unwrap_or(panicked) }.boxed();
        match handler.poll_unpin(cx) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => {
                self.0.get_or_insert_default().push(handler);
                None
            }
        }
    }

    /// The next handler that is done.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Option<Done> {
        let running = self.0.as_mut()?;
        match running.poll_next_unpin(cx) {
            Poll::Ready(Some(done)) => {
                if running.is_empty() {
                    self.0 = None;
                }
                Some(done)
            }
            Poll::Ready(None) => {
                self.0 = None;
                None
            }
            Poll::Pending => None,
        }
    }
}
