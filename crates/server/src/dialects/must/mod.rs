//! `must`, a server for online meeting rooms: signing in under `/auth`, searching under `/user`, and chat in the
//! Socket.IO namespace `/chat`.
//!
//! - [`http`]: the paths; [`chat`]: the events; [`decode`]: what comes in; [`encode`]: what goes out, refusals too

mod chat;
mod decode;
mod encode;
mod http;

pub(super) use chat::Chat;
pub(super) use http::routes;

use super::Actions;
use super::floor::{Floor, deliver};
use crate::kernel::bus::Signal;
use crate::realtime::{Outlet, Plane};
use parlor_transport::Builder;
use std::sync::Arc;

/// Where it speaks.
pub(super) const NAMESPACE: &str = "/chat";

/// The dialect.
pub(super) struct Must {
    actions: Arc<Actions>,
    floor: Floor,
}

impl Must {
    pub(super) fn new(actions: Arc<Actions>, builder: &mut Builder) -> Arc<Self> {
        let floor = Floor::new(actions.clone(), builder.hub(NAMESPACE), Plane::NATIVE);
        Arc::new(Self { actions, floor })
    }
}

impl Outlet for Must {
    fn deliver(&self, signal: &Signal) {
        deliver(self, signal);
    }
}
