//! Signing a connection in, and subscribing it to its person's rooms.

use super::groups::{self, Plane};
use super::reception::Proof;
use super::session::Session;
use super::{Native, resume};
use crate::dialects::Komunikator;
use crate::kernel::actor::Actor;
use crate::kernel::body::from_json;
use crate::kernel::dialect::Dialect;
use parlor_protocol::events::ConnectAuth;
use parlor_protocol::problem::SocketError;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Group, Handshake, NewSocket, Refusal, SocketRef};
use serde_json::value::RawValue;
use std::sync::Arc;

impl Native {
    /// Lets a connection in, or says why not.
    pub(super) async fn let_in(
        &self,
        socket: &NewSocket,
        request: &Handshake,
        auth: Option<Box<RawValue>>,
    ) -> Result<Arc<Session>, Problem> {
        let auth = match &auth {
            Some(auth) => from_json::<ConnectAuth>(auth.get().as_bytes())?,
            None => ConnectAuth::default(),
        };
        let mut seen = auth.resume.as_ref().map(resume::check_resume).transpose()?;
        if let (Some(seen), Some(epoch)) = (&mut seen, &auth.epoch) {
            seen.is_of_another_past = **epoch != *self.kernel.epoch;
        }
        let is_asked = auth.token.is_none() && self.komunikator.is_some();
        let address = request.query("token").filter(|_| is_asked);
        let proof = Proof::of_socket(request, auth.token.as_deref());
        let proof = proof.in_address(address.map(Into::into), Dialect::Komunikator);
        let actor = self.reception.identify(&proof).await?;
        let komunikator = self.komunikator_for(&actor);
        socket.join(groups::session(actor.session_id));
        if komunikator.is_some() {
            Komunikator::subscribe(socket, actor.user_id);
            seen = None;
        } else {
            if seen.is_some() {
                socket.hold();
            }
            self.follow(Plane::NATIVE, &actor, Place::New(socket))
                .await?;
        }
        let is_platform = self.platform && auth.dialect.as_deref() == Some("platform");
        if is_platform && komunikator.is_none() {
            self.follow(Plane::PLATFORM, &actor, Place::New(socket))
                .await?;
        }
        // A session that ended before the connection could be reached through its groups is noticed here.
        let actor = self.reception.identify(&proof).await?;
        self.reception.seat_resuming(actor, seen)
    }

    /// Subscribes a connection to its person's rooms, now and as they come and go.
    pub(super) async fn follow(
        &self,
        plane: Plane,
        actor: &Actor,
        at: Place<'_>,
    ) -> Result<(), Problem> {
        let entrance = self.doorway.enter(actor.user_id);
        at.join(plane.user(actor.user_id));
        if plane == Plane::NATIVE {
            at.join(plane.everybody());
        }
        let rooms = self.rooms.rooms_of(actor.user_id).await?;
        entrance.seat(
            &rooms,
            |room| at.join(plane.room(room)),
            |room| at.leave(plane.room(room)),
        );
        Ok(())
    }

    /// The older system whose events a person's connections here speak instead of the native ones.
    pub(super) fn komunikator_for(&self, actor: &Actor) -> Option<&Komunikator> {
        let komunikator = self.komunikator.as_deref();
        komunikator.filter(|_| actor.dialect == Dialect::Komunikator)
    }
}

/// A connection that is coming in, or is there already.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    New(&'a NewSocket),
    Old(&'a SocketRef),
}

impl Place<'_> {
    fn join(self, group: Group) {
        match self {
            Self::New(socket) => socket.join(group),
            Self::Old(socket) => socket.join(group),
        }
    }

    fn leave(self, group: Group) {
        match self {
            Self::New(socket) => socket.leave(group),
            Self::Old(socket) => socket.leave(group),
        }
    }
}

/// A problem as the reason of a `connect_error`. The client's `error.message` is the code; where there is more to say,
/// `error.data` does.
pub(super) fn refusal(problem: Problem) -> Refusal {
    let code = problem.code;
    let plain = || Refusal::new(code.as_str());
    if code == Code::Unauthorized {
        return plain();
    }
    plain()
        .with_data(&SocketError::from(problem))
        .unwrap_or_else(|_| plain())
}
