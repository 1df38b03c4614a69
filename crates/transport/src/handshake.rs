//! What a client said in the request that opened its connection.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::Bytes;
use http::request::Parts;
use hyper::upgrade::Upgraded;
use tokio::net::TcpStream;

/// The client's address, where a trusted proxy or another listener knows better than the TCP
/// connection: a request extension that takes precedence over axum's `ConnectInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

/// Gives the TCP connection under an upgraded one, and what was read from it beyond the request, where the HTTP server
/// wrapped it in something of its own: a request extension. Without it, such a connection costs more memory.
#[derive(Clone, Copy, Debug)]
pub struct Unwrap(pub fn(Upgraded) -> Result<(TcpStream, Bytes), Upgraded>);

/// The request that opened a connection, kept in little memory for as long as the connection lives.
#[derive(Clone, Debug)]
pub struct Handshake {
    address: IpAddr,
    query: Box<str>,
    headers: Box<str>,
}

impl Handshake {
    pub(crate) fn new(address: IpAddr, request: &Parts, remembered: &[String]) -> Self {
        let mut headers = String::new();
        for name in remembered {
            for value in request.headers.get_all(name.as_str()) {
                if let Ok(value) = value.to_str() {
                    headers.extend([name, "\n", value, "\n"]);
                }
            }
        }
        Self {
            address,
            query: request.uri.query().unwrap_or_default().into(),
            headers: headers.into_boxed_str(),
        }
    }

    /// The client's address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The first value of a header, if it is one of [`Config::headers`](crate::Config::headers)
    /// and printable ASCII. `name` is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All values of such a header, in the order of the request.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let mut lines = self.headers.lines();
        std::iter::from_fn(move || Some((lines.next()?, lines.next()?)))
            .filter_map(move |(key, value)| (key == name).then_some(value))
    }

    /// The first value of a query parameter, percent-decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        query(&self.query, name)
    }
}

/// The first value of parameter `name` in a query string, percent-decoded.
pub(crate) fn query<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode(key)? == name).then(|| percent_decode(value))?
    })
}

/// `None`: not percent-encoded UTF-8.
fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
