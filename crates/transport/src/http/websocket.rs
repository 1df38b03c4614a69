//! WebSocket handshakes (RFC 6455, 4.2), for new connections and for those that polled.

use std::future::poll_fn;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use tokio::time::timeout;

use super::{Refused, Server};
use crate::conn::{Conn, Item, Link, Queue};
use crate::core::Place;
use crate::proto::deflate;
use crate::proto::engine::{Packet, RequestError};
use crate::proto::frame::{Decoder, Message};
use crate::pump::Wire;
use crate::sid::Sid;
use crate::{Encoded, Handshake, Unwrap};

impl Server {
    /// Opens a connection that begins as a WebSocket.
    pub(super) fn open_websocket(
        self: &Arc<Self>,
        request: Handshake,
        place: Place,
        mut parts: Parts,
    ) -> Result<Response<Body>, Refused> {
        let compress = self.core.config.compress;
        let (response, upgrade) = switch(&mut parts, compress.is_some())?;
        let sid = Sid::random()
            .map_err(|_| Refused(StatusCode::INTERNAL_SERVER_ERROR, RequestError::BadRequest))?;
        let server = self.clone();
        self.core.spawner.spawn(async move {
            let patience = server.core.config.upgrade_timeout;
            let Ok(Some(wire)) = timeout(patience, upgrade.wire()).await else {
                return;
            };
            let conn = Conn::new(server.core.clone(), wire.stream.link());
            let open = Encoded::text(&server.open_packet(sid, &[]));
            {
                let out = &mut *conn.lock();
                out.compress = compress.filter(|_| wire.compresses);
                conn.send(out, Item::control(open));
            }
            server.start(conn, request, Some(wire), place);
        });
        Ok(response)
    }

    /// Lets a WebSocket take over from polling.
    pub(super) fn upgrade(
        self: &Arc<Self>,
        conn: Arc<Conn>,
        mut parts: Parts,
    ) -> Result<Response<Body>, Refused> {
        let (response, upgrade) = switch(&mut parts, self.core.config.compress.is_some())?;
        let probe = Probe::begin(conn).ok_or(RequestError::BadRequest)?;
        let server = self.clone();
        self.core.spawner.spawn(async move {
            let attempt = async {
                let wire = upgrade.wire().await?;
                probe.run(wire).await
            };
            // The client keeps polling if this comes to nothing.
            let _ = timeout(server.core.config.upgrade_timeout, attempt).await;
        });
        Ok(response)
    }
}

/// A WebSocket that wants to take over from polling. Dropping it gives up.
struct Probe(Arc<Conn>);

impl Probe {
    /// `None`: another is at it already, or the connection polls no longer.
    fn begin(conn: Arc<Conn>) -> Option<Self> {
        match &mut conn.lock().link {
            Link::Polling(polling) if !polling.probed => polling.probed = true,
            _ => return None,
        }
        Some(Self(conn))
    }

    /// Waits for the client's probe, answers it, lets go of waiting requests, and hands the stream to
    /// the connection's task when the client says so. `None`: it broke off, or made no sense.
    async fn run(self, mut wire: Wire) -> Option<()> {
        let limit = self.0.core.config.max_payload;
        let mut decoder = Decoder::new(limit).expanding(wire.compresses);
        expect(&mut wire, &mut decoder, Packet::Probe).await?;
        let mut queue = Queue::default();
        queue.push(Item::control(Encoded::text("3probe")));
        poll_fn(|cx| {
            wire.stream
                .poll_write(cx, &mut queue, &self.0.core.counters)
        })
        .await
        .ok()?;
        if let Link::Polling(polling) = &mut self.0.lock().link {
            polling.upgrading = true;
            polling.wake();
        }
        expect(&mut wire, &mut decoder, Packet::Upgrade).await?;
        self.0.lock().orders.upgrade = Some(Box::new(wire));
        self.0.wake();
        Some(())
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let out = &mut *self.0.lock();
        if let (Link::Polling(polling), None) = (&mut out.link, &out.orders.upgrade) {
            polling.probed = false;
            polling.upgrading = false;
        }
    }
}

/// Reads one message, which must be the packet that is expected now; leaves the rest with the wire.
async fn expect(wire: &mut Wire, decoder: &mut Decoder, expected: Packet<'static>) -> Option<()> {
    loop {
        while let Some((used, message)) = decoder.next(&mut wire.early).ok()? {
            let found = match message {
                Message::Text(text) if Packet::decode(&text) == Ok(expected) => true,
                Message::Part | Message::Ping(_) | Message::Pong => false,
                _ => return None,
            };
            wire.early.drain(..used);
            if found {
                return Some(());
            }
        }
        let mut buffer = [0; 512];
        let len = poll_fn(|cx| wire.stream.poll_read(cx, &mut buffer))
            .await
            .ok()?;
        if len == 0 {
            return None;
        }
        wire.early.extend_from_slice(buffer.get(..len)?);
    }
}

/// What becomes the stream once the answer is out.
struct Upgrade {
    on: OnUpgrade,
    unwrap: Option<Unwrap>,
    compresses: bool,
}

impl Upgrade {
    /// The stream; `None` where the connection broke before.
    async fn wire(self) -> Option<Wire> {
        let wire = Wire::new(self.on.await.ok()?, self.unwrap);
        Some(Wire {
            compresses: self.compresses,
            ..wire
        })
    }
}

/// Checks a handshake: the answer to it, and what becomes the stream; `compress`: with compression
/// where the client offers it.
fn switch(parts: &mut Parts, compress: bool) -> Result<(Response<Body>, Upgrade), Refused> {
    let headers = &parts.headers;
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    let upgrades =
        has_token(headers, CONNECTION, "upgrade") && has_token(headers, UPGRADE, "websocket");
    let valid = upgrades
        && headers
            .get(SEC_WEBSOCKET_VERSION)
            .is_some_and(|version| version == "13")
        && STANDARD.decode(key).is_ok_and(|key| key.len() == 16);
    let offers = headers.get_all(SEC_WEBSOCKET_EXTENSIONS).into_iter();
    let offers = offers.filter_map(|offer| offer.to_str().ok());
    let compression = compress.then(|| deflate::negotiate(offers)).flatten();
    let compression = compression.and_then(|answer| HeaderValue::try_from(answer).ok());
    let upgrade = parts.extensions.remove::<OnUpgrade>().filter(|_| valid);
    let upgrade = Upgrade {
        compresses: compression.is_some(),
        on: upgrade.ok_or(RequestError::BadRequest)?,
        unwrap: parts.extensions.remove(),
    };

    let accept = STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &[key, MAGIC].concat()));
    let accept = HeaderValue::try_from(accept).map_err(|_| RequestError::BadRequest)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(answer) = compression {
        headers.insert(SEC_WEBSOCKET_EXTENSIONS, answer);
    }
    Ok((response, upgrade))
}

/// RFC 6455, 1.3.
const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Whether a header lists a token, in any case.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(token))
}
