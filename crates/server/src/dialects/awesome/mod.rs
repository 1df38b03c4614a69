//! `awesome`: users, rooms, communities and files at the root, and chat by a plain WebSocket for each room.
//!
//! - [`users`], [`rooms`], [`later`]: the paths; [`talk`]: the WebSocket; [`listeners`]: who hears which room by one
//! - [`decode`]: what comes in; [`encode`]: what goes out; [`errors`]: refusals

mod decode;
mod encode;
mod errors;
mod later;
mod listeners;
mod rooms;
mod talk;
mod users;

use super::Actions;
use crate::kernel::bus::{Audience, Signal};
use crate::realtime::Outlet;
use axum::Router;
use axum::extract::State;
use listeners::Listeners;
use parlor_protocol::events::ServerEvent;
use std::sync::Arc;

type Here = State<Arc<Awesome>>;

/// The dialect.
pub(super) struct Awesome {
    actions: Arc<Actions>,
    listeners: Listeners,
}

impl Awesome {
    pub(super) fn new(actions: Arc<Actions>) -> Arc<Self> {
        Arc::new(Self {
            actions,
            listeners: Listeners::default(),
        })
    }
}

pub(super) fn routes(awesome: Arc<Awesome>) -> Router {
    Router::new()
        .merge(users::routes())
        .merge(rooms::routes())
        .merge(later::routes())
        .merge(talk::routes())
        .with_state(awesome)
}

impl Outlet for Awesome {
    fn deliver(&self, signal: &Signal) {
        if self.listeners.is_empty() {
            return;
        }
        match signal {
            Signal::Event(Audience::Room(room), event) => match &**event {
                ServerEvent::NewMessage(said) => self.listeners.tell(&said.message),
                ServerEvent::UserLeft(left) => {
                    self.listeners
                        .dismiss(|it| it.room == *room && it.user == left.user.id);
                }
                _ => {}
            },
            Signal::RoomDeleted(room) => self.listeners.dismiss(|it| it.room == *room),
            Signal::SessionEnded(session) => {
                self.listeners.dismiss(|it| it.session == *session);
            }
            Signal::SessionsEnded { user_id, except } => {
                self.listeners
                    .dismiss(|it| it.user == *user_id && Some(it.session) != *except);
            }
            _ => {}
        }
    }
}
