//! Where a request comes from: its network address, and what the program calls itself.

use super::actor::{Origin, Way};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// The longest name of a program that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// The address of the client, behind trusted proxies the one they report. The entry point puts it among the request's
/// extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

/// The number of a request in the log and in its answer. The entry point puts it among the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// Extracts where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address; unspecified where the entry point gave none.
    pub address: IpAddr,
    /// The program, as it named itself; shortened, and without control characters.
    pub user_agent: String,
    /// The request's number.
    pub request_id: Option<Arc<str>>,
}

impl Client {
    /// Where a request comes from.
    #[must_use]
    pub fn of(request: &Parts) -> Self {
        let address = request.extensions.get::<ClientAddr>();
        let id = request.extensions.get::<RequestId>();
        Self {
            address: address.map_or(Ipv4Addr::UNSPECIFIED.into(), |ClientAddr(ip)| *ip),
            user_agent: user_agent(&request.headers),
            request_id: id.map(|RequestId(id)| id.clone()),
        }
    }

    /// A program on this machine that names itself `user_agent`.
    #[must_use]
    pub fn local(user_agent: &str) -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            user_agent: user_agent.to_owned(),
            request_id: None,
        }
    }

    /// From where it acts.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            way: Way::Http,
            address: Some(self.address),
            request_id: self.request_id.clone(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::USER_AGENT)
        .map(http::HeaderValue::as_bytes);
    String::from_utf8_lossy(value.unwrap_or_default())
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect()
}
