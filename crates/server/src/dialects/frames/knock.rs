//! A request for a room's WebSocket.

use crate::kernel::client::Client;
use crate::kernel::dialect::Dialect;
use crate::realtime::{Proof, may_connect};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use http::{HeaderMap, header};
use parlor_protocol::{Code, Problem};
use serde::Deserialize;
use std::convert::Infallible;
use std::net::IpAddr;

/// Who asks for a WebSocket. The token stands in the address or in the header.
pub(in crate::dialects) struct Knock {
    token: Option<String>,
    headers: HeaderMap,
    address: IpAddr,
    upgrade: Option<WebSocketUpgrade>,
}

#[derive(Default, Deserialize)]
struct Asked {
    token: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Knock {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let asked = Query::<Asked>::try_from_uri(&parts.uri);
        let upgrade = WebSocketUpgrade::from_request_parts(parts, state).await;
        Ok(Self {
            token: asked.ok().and_then(|Query(asked)| asked.token),
            headers: parts.headers.clone(),
            address: Client::of(parts).address,
            upgrade: upgrade.ok(),
        })
    }
}

impl Knock {
    /// What it shows to a system, if it comes from a page that may connect, and the way in where it asked for one.
    pub(super) fn admit(
        self,
        origins: &[String],
        dialect: Dialect,
    ) -> Result<(Proof, Option<WebSocketUpgrade>), Problem> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        if !may_connect(text(header::ORIGIN), text(header::HOST), origins) {
            return Err(Code::OriginNotAllowed.into());
        }
        let proof = Proof::of_request(&self.headers, self.address);
        let proof = proof.in_address(self.token, dialect);
        Ok((proof, self.upgrade))
    }
}
