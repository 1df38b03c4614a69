//! The HTTP side: handshakes, polling requests and upgrades under `/socket.io/`.

mod polling;
mod websocket;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{Method, Response, StatusCode};

use crate::Handshake;
use crate::conn::Conn;
use crate::core::{Core, Place, lock};
use crate::handshake::{ClientAddr, query};
use crate::namespace::Namespace;
use crate::proto::engine::RequestError;
use crate::pump::{Pump, Wire};
use crate::sid::Sid;
use crate::stats::Counters;

/// What requests need.
pub(crate) struct Server {
    pub(crate) core: Arc<Core>,
    pub(crate) namespaces: Arc<[Namespace]>,
    pub(crate) admit: Box<dyn Fn(&Handshake) -> bool + Send + Sync>,
}

/// A refused request: HTTP status and Engine.IO error.
#[derive(Clone, Copy, Debug)]
struct Refused(StatusCode, RequestError);

impl From<RequestError> for Refused {
    fn from(error: RequestError) -> Self {
        let status = if error == RequestError::Forbidden {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::BAD_REQUEST
        };
        Self(status, error)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransportName {
    Polling,
    WebSocket,
}

/// The routes.
pub(crate) fn router(server: Arc<Server>) -> Router {
    let methods = get(serve).post(serve);
    Router::new()
        .route("/socket.io/", methods)
        .with_state(server)
}

async fn serve(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let result = server.dispatch(parts, body).await;
    result.unwrap_or_else(|Refused(status, error)| {
        tracing::debug!(?error, %status, "refusing a request");
        let body = serde_json::json!({ "code": error.code(), "message": error.message() });
        respond(status, "application/json", body.to_string())
    })
}

fn respond(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Server {
    async fn dispatch(
        self: &Arc<Self>,
        parts: Parts,
        body: Body,
    ) -> Result<Response<Body>, Refused> {
        let parameter = |name| query(parts.uri.query().unwrap_or_default(), name);
        let transport = match parameter("transport").as_deref() {
            Some("polling") => TransportName::Polling,
            Some("websocket") => TransportName::WebSocket,
            _ => return Err(RequestError::UnknownTransport.into()),
        };
        if parameter("EIO").as_deref() != Some("4") {
            return Err(RequestError::UnsupportedVersion.into());
        }
        let Some(sid) = parameter("sid") else {
            if parts.method != Method::GET {
                return Err(RequestError::BadMethod.into());
            }
            return self
                .handshake(transport, parts)
                .inspect_err(|_| Counters::add(&self.core.counters.refused));
        };
        let conn = Sid::decode(&sid).and_then(|sid| lock(&self.core.polling).get(&sid).cloned());
        let conn = conn.ok_or(RequestError::UnknownSession)?;
        match transport {
            TransportName::WebSocket => self.upgrade(conn, parts),
            TransportName::Polling if parts.method == Method::GET => polling::get(&conn).await,
            TransportName::Polling if parts.method == Method::POST => {
                polling::post(&conn, body).await
            }
            TransportName::Polling => Err(RequestError::BadMethod.into()),
        }
    }

    /// A new client.
    fn handshake(
        self: &Arc<Self>,
        transport: TransportName,
        parts: Parts,
    ) -> Result<Response<Body>, Refused> {
        if self.core.shutting_down.load(Ordering::Acquire) {
            return Err(Refused(
                StatusCode::SERVICE_UNAVAILABLE,
                RequestError::Forbidden,
            ));
        }
        let request = Handshake::new(address(&parts), &parts, &self.core.config.headers);
        if !(self.admit)(&request) {
            return Err(RequestError::Forbidden.into());
        }
        let place = self.core.place(request.address());
        let place = place.ok_or(Refused(
            StatusCode::TOO_MANY_REQUESTS,
            RequestError::Forbidden,
        ))?;
        match transport {
            TransportName::Polling => self.open_polling(request, place),
            TransportName::WebSocket => self.open_websocket(request, place, parts),
        }
    }

    /// Starts a connection's task.
    fn start(&self, conn: Arc<Conn>, request: Handshake, wire: Option<Wire>, place: Place) {
        let pump = Pump::new(
            conn,
            self.namespaces.clone(),
            Arc::new(request),
            wire,
            place,
        );
        self.core.spawner.spawn(pump);
    }

    /// The packet that opens a connection.
    fn open_packet(&self, sid: Sid, upgrades: &[&str]) -> String {
        let config = &self.core.config;
        crate::proto::engine::open(
            &sid.encode(),
            upgrades,
            config.ping_interval,
            config.ping_timeout,
            config.max_payload,
        )
    }
}

/// The client's address; the unspecified one if nobody said.
fn address(parts: &Parts) -> IpAddr {
    let extensions = &parts.extensions;
    let given = extensions.get::<ClientAddr>().map(|address| address.0);
    let connected = || {
        extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip())
    };
    given
        .or_else(connected)
        .unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}
