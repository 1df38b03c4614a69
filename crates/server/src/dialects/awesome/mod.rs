//! `awesome`: users, rooms, communities and files at the root, and chat by a plain WebSocket for each room.
//!
//! - [`routes`]: the paths; [`users`], [`rooms`], [`communities`]: what they do; [`talk`]: the WebSocket
//! - [`decode`]: what comes in; [`encode`]: what goes out, refusals too

mod communities;
mod decode;
mod encode;
mod rooms;
mod talk;
mod users;

use super::Actions;
use super::by_others::{ByOthers, begin, callback};
use super::entry::{Entry, change_password};
use super::frames::Frames;
use super::later::later;
use super::{input, refused};
use crate::kernel::bus::Signal;
use crate::kernel::dialect::Dialect;
use crate::realtime::Outlet;
use axum::extract::State;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use parlor_protocol::accounts::SignedIn;
use serde_json::{Value, json};
use std::sync::Arc;

type Here = State<Arc<Awesome>>;
type Me = input::Me<Awesome>;
type Body = input::Body<Awesome>;
type Form = input::Form<Awesome>;
type Ids<const N: usize> = input::Ids<Awesome, N>;
type Refused = refused::Refused<Awesome>;
type Answer = Result<Json<Value>, Refused>;
type Made = Result<(StatusCode, Json<Value>), Refused>;

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
    let files = || later::<Awesome>("files");
    Router::new()
        .route("/users/register", post(users::register))
        .route("/users/login", post(users::login))
        .route("/users/logout", post(users::logout))
        .route(
            "/users/me",
            get(users::me)
                .put(users::change_me)
                .delete(users::delete_me),
        )
        .route("/users/me/password", put(change_password::<Awesome>))
        .route("/users/oauth/callback", get(callback::<Awesome>))
        .route("/users/oauth/{provider}", get(begin::<Awesome>))
        .route("/users/{user_id}/files", get(files()))
        .route("/users/{user_id}/communities", get(communities::of_user))
        .route("/files/upload", post(files()))
        .route("/files/{file_id}", get(files()).delete(files()))
        .route("/files/download/{file_id}", get(files()))
        .route("/rooms", get(rooms::list).post(rooms::create))
        .route(
            "/rooms/{room_id}",
            get(rooms::view).put(rooms::change).delete(rooms::delete),
        )
        .route("/rooms/{room_id}/join", post(rooms::join))
        .route("/rooms/{room_id}/leave", post(rooms::leave))
        .route("/rooms/{room_id}/members/{user_id}/kick", post(rooms::kick))
        .route("/rooms/{room_id}/members/{user_id}/mute", post(rooms::mute))
        .route("/communities", post(communities::found))
        .route("/communities/{community_id}", get(communities::view))
        .route("/communities/{community_id}/join", post(communities::join))
        .route(
            "/communities/{community_id}/leave",
            post(communities::leave),
        )
        .route(
            "/communities/{community_id}/members/{user_id}/role",
            post(communities::appoint),
        )
        .route("/ws/rooms/{room_id}", get(talk::open))
        .with_state(awesome)
}

impl Entry for Awesome {
    const DIALECT: Dialect = Dialect::Awesome;

    fn actions(&self) -> &Actions {
        &self.actions
    }

    fn done(what: &str) -> Json<Value> {
        Json(json!({ "detail": what }))
    }
}

impl ByOthers for Awesome {
    const BACK_TO: &'static str = "/users/oauth/callback";

    fn signed_in(signed: &SignedIn) -> Json<Value> {
        let (token, user) = (&signed.access_token, encode::user(&signed.user));
        Json(json!({ "access_token": token, "token_type": "bearer", "user": user }))
    }
}

impl Outlet for Awesome {
    fn deliver(&self, signal: &Signal) {
        self.frames.deliver(signal);
    }
}
