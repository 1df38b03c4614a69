//! HTTP long polling.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use tokio::time::timeout;

use super::{Refused, Server, respond};
use crate::conn::{Conn, Link, Polling, Take};
use crate::core::{Place, lock};
use crate::proto::engine::{RequestError, SEPARATOR};
use crate::sid::Sid;
use crate::{DisconnectReason, Handshake};

const TEXT: &str = "text/plain; charset=UTF-8";

impl Server {
    /// Opens a connection that polls.
    pub(super) fn open_polling(
        &self,
        request: Handshake,
        place: Place,
    ) -> Result<Response<Body>, Refused> {
        let sid = Sid::random()
            .map_err(|_| Refused(StatusCode::INTERNAL_SERVER_ERROR, RequestError::BadRequest))?;
        let conn = Conn::new(
            self.core.clone(),
            Link::Polling(Box::new(Polling::new(sid))),
        );
        lock(&self.core.polling).insert(sid, conn.clone());
        self.start(conn, request, None, place);
        Ok(respond(
            StatusCode::OK,
            TEXT,
            self.open_packet(sid, &["websocket"]),
        ))
    }
}

/// Waits for what the server has to say.
pub(super) async fn get(conn: &Arc<Conn>) -> Result<Response<Body>, Refused> {
    loop {
        match conn.poll_out() {
            Take::Body(body) => return Ok(respond(StatusCode::OK, TEXT, body)),
            // Either way, to be looked at again.
            Take::Wait(told) => drop(told.await),
            Take::Gone => return Err(RequestError::UnknownSession.into()),
            Take::Overlap => return Err(violation(conn, StatusCode::BAD_REQUEST)),
        }
    }
}

/// Takes what the client has to say, and answers when it is dealt with.
pub(super) async fn post(conn: &Arc<Conn>, body: Body) -> Result<Response<Body>, Refused> {
    let config = &conn.core.config;
    let body = timeout(
        config.completion_timeout,
        Limited::new(body, config.max_payload).collect(),
    )
    .await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(violation(conn, StatusCode::PAYLOAD_TOO_LARGE));
        }
        Ok(Err(_)) => return Err(RequestError::BadRequest.into()),
        Err(_) => return Err(violation(conn, StatusCode::REQUEST_TIMEOUT)),
    };
    if body.split(|byte| *byte == SEPARATOR).count() > config.max_packets {
        return Err(violation(conn, StatusCode::PAYLOAD_TOO_LARGE));
    }
    let body =
        String::from_utf8(body.into()).map_err(|_| violation(conn, StatusCode::BAD_REQUEST))?;
    let told = conn
        .post(body)
        .ok_or_else(|| violation(conn, StatusCode::BAD_REQUEST))?;
    match told.await {
        Ok(Ok(())) => Ok(respond(StatusCode::OK, "text/html", "ok")),
        _ => Err(RequestError::BadRequest.into()),
    }
}

/// The client broke a limit or spoke twice at once: its connection is closed.
fn violation(conn: &Arc<Conn>, status: StatusCode) -> Refused {
    conn.order_close(&mut conn.lock(), DisconnectReason::Violation);
    Refused(status, RequestError::BadRequest)
}
