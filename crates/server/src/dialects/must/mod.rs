//! `must`, a server for online meeting rooms: signing in under `/auth`, searching under `/user`, and chat in the
//! Socket.IO namespace `/chat`.
//!
//! - [`http`]: the paths; [`chat`]: the events; [`decode`]: what comes in; [`encode`]: what goes out; [`errors`]: refusals

mod chat;
mod decode;
mod encode;
mod errors;
mod http;

pub(super) use chat::Chat;
pub(super) use http::routes;

use super::Actions;
use crate::kernel::bus::{Audience, Signal};
use crate::realtime::{Outlet, Plane, sign_out};
use parlor_protocol::events::ServerEvent;
use parlor_transport::{Builder, Hub};
use std::sync::Arc;

/// Where it speaks.
pub(super) const NAMESPACE: &str = "/chat";

/// The groups of its namespace.
const PLANE: Plane = Plane::NATIVE;

/// The dialect.
pub(super) struct Must {
    actions: Arc<Actions>,
    hub: Hub,
}

impl Must {
    pub(super) fn new(actions: Arc<Actions>, builder: &mut Builder) -> Arc<Self> {
        let hub = builder.hub(NAMESPACE);
        Arc::new(Self { actions, hub })
    }
}

impl Outlet for Must {
    fn deliver(&self, signal: &Signal) {
        match signal {
            Signal::Event(Audience::Room(room), event) => {
                let group = PLANE.room(*room);
                if self.hub.group_len(group) == 0 {
                    return;
                }
                if let Some(packet) = encode::event(event) {
                    self.hub.broadcast(group, &packet);
                }
                if let ServerEvent::UserLeft(left) = &**event {
                    self.hub.leave_members(PLANE.user(left.user.id), group);
                }
            }
            Signal::RoomDeleted(room) => {
                let group = PLANE.room(*room);
                self.hub.leave_members(group, group);
            }
            other => sign_out(&self.hub, other, |user| PLANE.user(user)),
        }
    }
}
