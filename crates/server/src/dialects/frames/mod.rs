//! Rooms heard by plain `WebSockets`, a text frame for each message.
//!
//! - [`knock`]: a request for one; [`listeners`]: who hears which room; [`carry`]: frames both ways

mod carry;
mod knock;
mod listeners;

pub(super) use knock::Knock;

use super::Actions;
use super::entry::Entry;
use crate::audit::refusals;
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::realtime::{Proof, Session};
use crate::rooms::rules;
use axum::extract::ws::{Utf8Bytes, WebSocket};
use axum::response::Response;
use carry::{Reply, carry, turn_away};
use listeners::Listeners;
use parlor_protocol::messages::{Draft, Message};
use parlor_protocol::{Code, Problem, RoomId};
use serde_json::Value;
use std::marker::PhantomData;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The largest frame of a client, in bytes.
const LARGEST: usize = 64 * 1024;

/// What a client is to be sent. It ends when the connection is to be closed.
type Queue = mpsc::Receiver<Utf8Bytes>;

/// What a system's frames look like.
pub(super) trait Script: Entry {
    /// What a client says.
    fn read(frame: &str, actor: &Actor) -> Result<Draft, Problem>;
    /// A message, under its own id or its sender's for it.
    fn write(message: &Message, own_id: Option<&str>) -> Value;
    /// A refusal.
    fn refusal(problem: &Problem) -> Value;
}

/// The `WebSockets` of a system.
pub(super) struct Frames<T> {
    actions: Arc<Actions>,
    listeners: Listeners,
    script: PhantomData<fn() -> T>,
}

impl<T: Script> Frames<T> {
    pub(super) fn new(actions: Arc<Actions>) -> Arc<Self> {
        Arc::new(Self {
            actions,
            listeners: Listeners::default(),
            script: PhantomData,
        })
    }

    /// Tells of what is delivered, and closes who may no longer hear.
    pub(super) fn deliver(&self, signal: &Signal) {
        self.listeners.deliver(signal, |message, own_id| {
            text_of(&T::write(message, own_id))
        });
    }

    /// Opens a room to who knocks, if it is theirs to hear.
    pub(super) async fn open(
        self: Arc<Self>,
        knock: Knock,
        room: RoomId,
    ) -> Result<Response, Problem> {
        let (proof, upgrade) =
            knock.admit(&self.actions.kernel.config.allowed_origins, T::DIALECT)?;
        let actor = self.actions.reception.identify(&proof).await?;
        self.check(&actor, room).await?;
        let upgrade = upgrade.ok_or_else(|| {
            let problem = Problem::new(Code::InvalidRequest);
            problem.field("upgrade", "this path is a WebSocket")
        })?;
        let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
        Ok(upgrade.on_upgrade(move |socket| async move { self.serve(socket, room, &proof).await }))
    }

    async fn check(&self, actor: &Actor, room: RoomId) -> Result<(), Problem> {
        let access = self.actions.rooms.access(room, actor).await?;
        rules::may_read(&access).map_err(Problem::from)
    }

    async fn serve(&self, mut socket: WebSocket, room: RoomId, proof: &Proof) {
        let (session, queue) = match self.admit(room, proof).await {
            Ok(admitted) => admitted,
            Err(problem) => return turn_away(socket, text_of(&T::refusal(&problem))).await,
        };
        let stop = self.actions.kernel.jobs.stopping();
        let take = |frame| self.take(&session, room, frame);
        carry(&mut socket, queue, stop, take).await;
        self.dismiss(&session, room);
    }

    /// Lets a connection in, so that nothing that ends its right to be here is missed.
    async fn admit(&self, room: RoomId, proof: &Proof) -> Result<(Arc<Session>, Queue), Problem> {
        let reception = &self.actions.reception;
        let session = reception.seat(reception.identify(proof).await?)?;
        let (actor, number) = (session.actor(), session.connection());
        let place = (room, actor.user_id, actor.session_id);
        let queue = self.listeners.add(number, place);
        let still = async {
            reception.identify(proof).await?;
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
        let refusal = text_of(&T::refusal(&problem));
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
        let draft = T::read(&frame, &actor)?;
        self.actions.messages.send(&actor, room, draft).await?;
        Ok(())
    }
}

fn text_of(content: &Value) -> Utf8Bytes {
    content.to_string().into()
}
