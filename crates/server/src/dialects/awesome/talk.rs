//! `GET /ws/rooms/{room_id}`: what is said in a room, both ways, a text frame for each message.

use super::{Awesome, Here, Ids, Refused, decode, encode};
use crate::audit::refusals;
use crate::dialects::frames::{LARGEST, Queue, Reply, carry, turn_away};
use crate::kernel::actor::{Actor, Origin};
use crate::kernel::client::Client;
use crate::realtime::{Session, may_connect};
use crate::rooms::rules;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, header};
use parlor_protocol::{Code, Problem, RoomId};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;

#[derive(Deserialize)]
struct Asked {
    token: Option<String>,
}

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new().route("/ws/rooms/{room_id}", get(open))
}

async fn open(
    State(here): Here,
    ids: Ids<1>,
    query: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    client: Client,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origins = &here.actions.kernel.config.allowed_origins;
    if !may_connect(text(header::ORIGIN), text(header::HOST), origins) {
        return Err(Code::OriginNotAllowed.into());
    }
    let token = query.ok().and_then(|Query(query)| query.token);
    let proof = Proof {
        token,
        headers,
        address: client.address,
    };
    let room = ids.one();
    here.check(&*here.identify(&proof).await?, room).await?;
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
    address: IpAddr,
}

impl Awesome {
    async fn identify(&self, proof: &Proof) -> Result<Arc<Actor>, Problem> {
        let actor = self.proved(proof).await?;
        let origin = Origin::socket(proof.address);
        Ok(Arc::new(actor.acting_from(origin)))
    }

    async fn proved(&self, proof: &Proof) -> Result<Arc<Actor>, Problem> {
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

    async fn check(&self, actor: &Actor, room: RoomId) -> Result<(), Problem> {
        let access = self.actions.rooms.access(room, actor).await?;
        rules::may_read(&access).map_err(Problem::from)
    }

    async fn serve(&self, mut socket: WebSocket, room: RoomId, proof: &Proof) {
        let (session, queue) = match self.admit(room, proof).await {
            Ok(admitted) => admitted,
            Err(problem) => return turn_away(socket, encode::refusal(&problem)).await,
        };
        let stop = self.actions.kernel.jobs.stopping();
        let take = |frame| self.take(&session, room, frame);
        carry(&mut socket, queue, stop, take).await;
        self.dismiss(&session, room);
    }

    /// Lets a connection in, so that nothing that ends its right to be here is missed.
    async fn admit(&self, room: RoomId, proof: &Proof) -> Result<(Arc<Session>, Queue), Problem> {
        let session = self.actions.reception.seat(self.identify(proof).await?)?;
        let (actor, number) = (session.actor(), session.connection());
        let place = (room, actor.user_id, actor.session_id);
        let queue = self.listeners.add(number, place);
        let still = async {
            self.identify(proof).await?;
            self.check(&actor, room).await
        };
        if let Err(problem) = still.await {
            self.dismiss(&session, room);
            return Err(problem);
        }
        Ok((session, queue))
    }

    fn dismiss(&self, session: &Session, room: RoomId) {
        self.listeners.remove(session.connection(), room);
        self.actions.reception.part(session);
    }

    async fn take(&self, session: &Session, room: RoomId, frame: Option<Utf8Bytes>) -> Reply {
        let Err(problem) = self.say(session, room, frame).await else {
            return Reply::Silence;
        };
        refusals::note(&self.actions.kernel, &session.actor(), &problem).await;
        let refusal = encode::refusal(&problem);
        if session.bear(problem.code) {
            Reply::Refusal(refusal)
        } else {
            Reply::LastRefusal(refusal)
        }
    }

    async fn say(
        &self,
        session: &Session,
        room: RoomId,
        frame: Option<Utf8Bytes>,
    ) -> Result<(), Problem> {
        let no_text =
            || Problem::new(Code::InvalidJson).detail("A frame is a JSON object as text.");
        let (frame, actor) = (frame.ok_or_else(no_text)?, session.actor());
        let draft = decode::frame(&frame, &actor)?;
        self.actions.messages.send(&actor, room, draft).await?;
        Ok(())
    }
}
