//! `awesome`: users, rooms, communities and files at the root, and chat by a plain WebSocket for each room.
//!
//! - [`users`], [`rooms`], [`communities`], [`later`]: the paths; [`talk`]: the WebSocket
//! - [`decode`]: what comes in; [`encode`]: what goes out, refusals too

mod communities;
mod decode;
mod encode;
mod later;
mod rooms;
mod talk;
mod users;

use super::Actions;
use super::frames::Frames;
use super::{input, refused};
use crate::kernel::bus::Signal;
use crate::realtime::Outlet;
use axum::extract::State;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

type Here = State<Arc<Awesome>>;
type Me = input::Me<Awesome>;
type Body = input::Body<Awesome>;
type Form = input::Form<Awesome>;
type Ids<const N: usize> = input::Ids<Awesome, N>;
type Refused = refused::Refused<Awesome>;
type Answer = Result<Json<Value>, Refused>;

/// The dialect.
pub(super) struct Awesome {
    actions: Arc<Actions>,
    frames: Arc<Frames<Self>>,
}

impl Awesome {
    pub(super) fn new(actions: Arc<Actions>) -> Arc<Self> {
        let frames = Frames::new(actions.clone());
        Arc::new(Self { actions, frames })
    }
}

pub(super) fn routes(awesome: Arc<Awesome>) -> Router {
    Router::new()
        .merge(users::routes())
        .merge(rooms::routes())
        .merge(communities::routes())
        .merge(later::routes())
        .merge(talk::routes())
        .with_state(awesome)
}

/// What was done.
fn done(detail: &str) -> Json<Value> {
    Json(json!({ "detail": detail }))
}

impl Outlet for Awesome {
    fn deliver(&self, signal: &Signal) {
        self.frames.deliver(signal);
    }
}
