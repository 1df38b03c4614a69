//! `GET /ws/rooms/{room_id}`: what is said in a room, both ways, a text frame for each message.

use super::errors::Refused;
use super::{Awesome, Here, decode, encode};
use crate::dialects::input::read_id;
use crate::kernel::actor::Actor;
use crate::realtime::{Session, may_connect};
use crate::rooms::rules;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, header};
use parlor_protocol::{Code, Problem, RoomId};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The largest frame, in bytes.
const LARGEST: usize = 64 * 1024;
/// How often a client is asked whether it is there, and how often in a row it may be silent.
const ASK: Duration = Duration::from_secs(25);
const SILENCE: u32 = 2;
/// How long a client may take over a frame.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Asked {
    token: Option<String>,
}

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new().route("/ws/rooms/{room_id}", get(open))
}

async fn open(
    State(here): Here,
    Path(room): Path<String>,
    query: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origins = &here.actions.kernel.config.allowed_origins;
    if !may_connect(text(header::ORIGIN), text(header::HOST), origins) {
        return Err(Code::OriginNotAllowed.into());
    }
    let token = query.ok().and_then(|Query(query)| query.token);
    let proof = Proof { token, headers };
    let actor = here.identify(&proof).await?;
    let room = read_id("room_id", &room)?;
    rules::may_read(&here.actions.rooms.access(room, &actor).await?)?;
    let upgrade = upgrade.map_err(|_| {
        let problem = Problem::new(Code::InvalidRequest);
        problem.field("upgrade", "this path is a WebSocket")
    })?;
    let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
    Ok(upgrade.on_upgrade(move |socket| async move { here.serve(socket, room, &proof).await }))
}

/// What a client proves by who it is. Cookies are no part of it: a page's WebSocket carries them unasked.
struct Proof {
    token: Option<String>,
    headers: HeaderMap,
}

impl Awesome {
    async fn identify(&self, proof: &Proof) -> Result<Arc<Actor>, Problem> {
        let accounts = &self.actions.accounts;
        if let Some(token) = &proof.token {
            return accounts.authenticate_token(token).await;
        }
        let mut headers = HeaderMap::new();
        if let Some(value) = proof.headers.get(header::AUTHORIZATION) {
            headers.insert(header::AUTHORIZATION, value.clone());
        }
        let actor = accounts.authenticate(&headers).await?;
        actor.ok_or_else(|| Code::Unauthorized.into())
    }

    async fn serve(&self, mut socket: WebSocket, room: RoomId, proof: &Proof) {
        match self.admit(room, proof).await {
            Ok((session, queue)) => {
                self.talk(&mut socket, &session, room, queue).await;
                self.listeners.remove(session.connection(), room);
                self.actions.reception.part(&session);
            }
            Err(problem) => {
                send(&mut socket, encode::refusal(&problem)).await;
                close(&mut socket, close_code::POLICY, "refused").await;
            }
        }
    }

    /// Lets a connection in, so that nothing that ends its right to be here is missed.
    async fn admit(
        &self,
        room: RoomId,
        proof: &Proof,
    ) -> Result<(Arc<Session>, mpsc::Receiver<Utf8Bytes>), Problem> {
        let session = self.actions.reception.seat(self.identify(proof).await?)?;
        let (actor, number) = (session.actor(), session.connection());
        let place = (room, actor.user_id, actor.session_id);
        let queue = self.listeners.add(number, place);
        let still = async {
            self.identify(proof).await?;
            let access = self.actions.rooms.access(room, &actor).await?;
            rules::may_read(&access).map_err(Problem::from)
        };
        if let Err(problem) = still.await {
            self.listeners.remove(number, room);
            self.actions.reception.part(&session);
            return Err(problem);
        }
        Ok((session, queue))
    }

    async fn talk(
        &self,
        socket: &mut WebSocket,
        session: &Session,
        room: RoomId,
        mut queue: mpsc::Receiver<Utf8Bytes>,
    ) {
        let stop = self.actions.kernel.jobs.stopping();
        let mut ask = tokio::time::interval(ASK);
        let mut silent = 0;
        loop {
            tokio::select! {
                frame = queue.recv() => {
                    let Some(frame) = frame else {
                        return close(socket, close_code::POLICY, "the room is closed to you").await;
                    };
                    if !send(socket, Some(frame)).await {
                        return;
                    }
                }
                message = socket.recv() => {
                    silent = 0;
                    let Some(Ok(message)) = message else { return };
                    if !self.take(socket, session, room, message).await {
                        return;
                    }
                }
                _ = ask.tick() => {
                    silent += 1;
                    if silent > SILENCE || !put(socket, Message::Ping(Vec::new().into())).await {
                        return;
                    }
                }
                () = stop.cancelled() => {
                    return close(socket, close_code::RESTART, "the server is going down").await;
                }
            }
        }
    }

    /// Deals with what a client sent. False: the connection is to end.
    async fn take(
        &self,
        socket: &mut WebSocket,
        session: &Session,
        room: RoomId,
        message: Message,
    ) -> bool {
        let said = match message {
            Message::Text(text) => self.say(session, room, &text).await,
            Message::Binary(_) => {
                let problem = Problem::new(Code::InvalidJson);
                Err(problem.detail("A frame is a JSON object as text."))
            }
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => return false,
        };
        match said {
            Ok(()) => true,
            Err(problem) => {
                send(socket, encode::refusal(&problem)).await && session.bear(problem.code)
            }
        }
    }

    async fn say(&self, session: &Session, room: RoomId, text: &str) -> Result<(), Problem> {
        let actor = session.actor();
        let draft = decode::frame(text, &actor)?;
        self.actions.messages.send(&actor, room, draft).await?;
        Ok(())
    }
}

async fn send(socket: &mut WebSocket, frame: Option<Utf8Bytes>) -> bool {
    match frame {
        Some(frame) => put(socket, Message::Text(frame)).await,
        None => true,
    }
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let reason = reason.into();
    put(socket, Message::Close(Some(CloseFrame { code, reason }))).await;
}

/// Sends, as long as the client takes it in time.
async fn put(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(PATIENCE, socket.send(message)).await, Ok(Ok(())))
}
