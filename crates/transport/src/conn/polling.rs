//! A connection by HTTP long polling: one request waits for what comes, others bring what the
//! client says.

use tokio::sync::oneshot;

use super::{Conn, Link};
use crate::proto::Fault;
use crate::sid::Sid;

/// The state of a connection that polls.
#[derive(Debug)]
pub(crate) struct Polling {
    pub(crate) sid: Sid,
    /// A request that waits for something to come.
    waiter: Option<oneshot::Sender<()>>,
    /// What the client said last, until it is dealt with.
    posted: Option<Posted>,
    /// A WebSocket tries to take over.
    pub(crate) probed: bool,
    /// It is about to: no request may wait.
    pub(crate) upgrading: bool,
}

/// A body the client posted.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) body: String,
    /// Told whether it was right, once it is dealt with.
    pub(crate) done: oneshot::Sender<Result<(), Fault>>,
}

/// What a waiting request gets.
#[derive(Debug)]
pub(crate) enum Take {
    Body(Vec<u8>),
    /// Ask again when this is told.
    Wait(oneshot::Receiver<()>),
    /// Another request waits already.
    Overlap,
    /// The connection polls no longer.
    Gone,
}

impl Polling {
    pub(crate) fn new(sid: Sid) -> Self {
        Self {
            sid,
            waiter: None,
            posted: None,
            probed: false,
            upgrading: false,
        }
    }

    /// Lets a waiting request look again.
    pub(crate) fn wake(&mut self) {
        if let Some(waiter) = self.waiter.take() {
            // It may have gone away.
            let _ = waiter.send(());
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.waiter
            .as_ref()
            .is_some_and(|waiter| !waiter.is_closed())
    }

    pub(crate) fn take_posted(&mut self) -> Option<Posted> {
        self.posted.take()
    }
}

impl Conn {
    /// Takes what waits for the client.
    pub(crate) fn poll_out(&self) -> Take {
        let out = &mut *self.lock();
        let Link::Polling(polling) = &mut out.link else {
            return Take::Gone;
        };
        if polling.is_waiting() {
            return Take::Overlap;
        }
        if out.queue.is_empty() {
            if polling.upgrading {
                return Take::Body(b"6".to_vec());
            }
            let (waiter, told) = oneshot::channel();
            polling.waiter = Some(waiter);
            return Take::Wait(told);
        }
        let (body, packets) = out.queue.take_body();
        self.core.counters.wrote(packets, body.len());
        if out.queue.is_empty() {
            out.flushed();
            // It may be the last of a connection that closes.
            self.wake();
        }
        Take::Body(body)
    }

    /// Hands over what the client posted. `None`: another body is not dealt with yet, or the
    /// connection polls no longer.
    pub(crate) fn post(&self, body: String) -> Option<oneshot::Receiver<Result<(), Fault>>> {
        let out = &mut *self.lock();
        let Link::Polling(polling) = &mut out.link else {
            return None;
        };
        if polling.posted.is_some() {
            return None;
        }
        let (done, told) = oneshot::channel();
        polling.posted = Some(Posted { body, done });
        self.hear();
        self.wake();
        Some(told)
    }
}
