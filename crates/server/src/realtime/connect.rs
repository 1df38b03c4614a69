//! Signing a connection in, and subscribing it to its person's rooms.

use super::session::Session;
use super::{Native, groups, resume};
use crate::kernel::actor::Actor;
use crate::kernel::body::from_json;
use http::{HeaderMap, HeaderValue, header};
use parlor_protocol::events::ConnectAuth;
use parlor_protocol::problem::SocketError;
use parlor_protocol::{Code, Problem};
use parlor_transport::{Handshake, NewSocket, Refusal};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The most connections of one person.
const MAX_CONNECTIONS: usize = 10;

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
        let actor = self.identify(request, auth.token.as_deref()).await?;
        if seen.is_some() {
            socket.hold();
        }
        self.subscribe(socket, &actor).await?;
        // A session that ended before the connection could be reached through its groups is noticed here.
        let actor = self.identify(request, auth.token.as_deref()).await?;
        self.count(&actor)?;
        let session = Arc::new(Session::new(self.next_connection(), actor, seen));
        self.registry.add(session.clone());
        Ok(session)
    }

    /// Who connects: by the token, else by the request's own headers.
    async fn identify(
        &self,
        request: &Handshake,
        token: Option<&str>,
    ) -> Result<Arc<Actor>, Problem> {
        if let Some(token) = token {
            return self.accounts.authenticate_token(token).await;
        }
        let mut headers = HeaderMap::new();
        for name in [header::AUTHORIZATION, header::COOKIE] {
            for value in request.headers(name.as_str()) {
                let value = HeaderValue::from_str(value).map_err(|_| Code::Unauthorized)?;
                headers.append(name.clone(), value);
            }
        }
        let actor = self.accounts.authenticate(&headers).await?;
        actor.ok_or_else(|| Code::Unauthorized.into())
    }

    async fn subscribe(&self, socket: &NewSocket, actor: &Actor) -> Result<(), Problem> {
        let entrance = self.doorway.enter(actor.user_id);
        socket.join(groups::user(actor.user_id));
        socket.join(groups::session(actor.session_id));
        let rooms = self.rooms.rooms_of(actor.user_id).await?;
        entrance.seat(
            &rooms,
            |room| socket.join(groups::room(room)),
            |room| socket.leave(groups::room(room)),
        );
        Ok(())
    }

    /// Counts the connection among its person's, unless there are enough.
    fn count(&self, actor: &Actor) -> Result<(), Problem> {
        let limit = self.kernel.config.limits_apply().then_some(MAX_CONNECTIONS);
        if self.presence.arrive(actor.user_id, limit) {
            return Ok(());
        }
        Err(Problem::new(Code::RateLimited).detail("There are enough connections of this account."))
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
