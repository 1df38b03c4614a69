//! Asking other servers over HTTP. This is the one way out, and it leads to no place inside: what an address resolves to
//! is looked at where the connection is made, so that a name cannot mean one thing when it is checked and another when it
//! is used. Redirections are answers like any other, every answer has a size and a time, and nothing goes unencrypted but
//! to networks that the operator has named.
//!
//! - [`address`]: which addresses may be connected to

mod address;

use super::config::Network;
use address::may_connect;
use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT,
};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// A connection stands within this time, encryption included.
const CONNECT: Duration = Duration::from_secs(5);
/// One of several addresses answers within this time, or the next one is tried.
const EACH_ADDRESS: Duration = Duration::from_secs(2);
/// The largest answer, in bytes.
const LARGEST: usize = 256 * 1024;
/// So many servers are asked at the same time.
const AT_ONCE: usize = 64;
/// What this server calls itself.
const OWN_NAME: &str = concat!("Parlor/", env!("CARGO_PKG_VERSION"));

/// Who has chosen the address that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// Who runs this server: it may lie inside a network that they have named.
    Operator,
    /// Anybody else: it is a public one, at the port that is usual.
    Anybody,
}

/// A question to another server.
#[derive(Clone, Debug)]
pub struct Outgoing {
    method: Method,
    url: Url,
    chosen_by: ChosenBy,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Outgoing {
    /// A `GET`.
    #[must_use]
    pub fn get(url: Url, chosen_by: ChosenBy) -> Self {
        Self {
            method: Method::GET,
            url,
            chosen_by,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A `POST` of a body of some type.
    #[must_use]
    pub fn post(url: Url, chosen_by: ChosenBy, content_type: &'static str, body: Bytes) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self {
            method: Method::POST,
            body,
            headers: vec![(CONTENT_TYPE, content_type)],
            ..Self::get(url, chosen_by)
        }
    }

    /// The same, for an answer of this type.
    #[must_use]
    pub fn accept(self, content_type: &'static str) -> Self {
        self.header(ACCEPT, HeaderValue::from_static(content_type))
    }

    /// The same, authorised: `Bearer …`, `Basic …`. What no header can carry is left out.
    #[must_use]
    pub fn authorized(self, credentials: &str) -> Self {
        let Ok(mut value) = HeaderValue::from_str(credentials) else {
            return self;
        };
        value.set_sensitive(true);
        self.header(AUTHORIZATION, value)
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What another server answers.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The status; redirections are not followed.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Why another server gave no answer that could be used.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is no address that could be asked.
    #[error("the address {0}")]
    Address(&'static str),
    /// The address leads to where nothing is asked.
    #[error("the address leads inside, or is not encrypted; see outgoing_networks")]
    NotAllowed,
    /// It took too long.
    #[error("no answer in time")]
    TooSlow,
    /// The answer is too large.
    #[error("the answer is too large")]
    TooLarge,
    /// Too many others are being asked.
    #[error("too many servers are being asked")]
    Busy,
    /// There was no connection, or it ended.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// What came was no HTTP.
    #[error("{0}")]
    Http(#[from] hyper::Error),
    /// The answer ended early.
    #[error("{0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
}

/// Asks other servers. Cheap to clone.
#[derive(Clone)]
pub struct Fetch(Arc<Inner>);

struct Inner {
    tls: TlsConnector,
    inside: Vec<Network>,
    patience: Duration,
    places: Semaphore,
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").finish_non_exhaustive()
    }
}

/// To whom a connection goes.
struct Target {
    host: Host<String>,
    port: u16,
    is_encrypted: bool,
}

impl Fetch {
    /// Who may be asked `inside`, whose `certificates` are believed beside those of the usual authorities (a PEM file), and
    /// how long an answer may take.
    pub fn new(
        inside: Vec<Network>,
        certificates: Option<&Path>,
        patience: Duration,
    ) -> io::Result<Self> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        if let Some(path) = certificates {
            let all = CertificateDer::pem_file_iter(path).map_err(io::Error::other)?;
            for certificate in all {
                let certificate = certificate.map_err(io::Error::other)?;
                roots.add(certificate).map_err(io::Error::other)?;
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(Inner {
            tls: TlsConnector::from(Arc::new(tls)),
            inside,
            patience,
            places: Semaphore::new(AT_ONCE),
        })))
    }

    /// Asks, once.
    pub async fn send(&self, question: Outgoing) -> Result<Fetched, FetchError> {
        let place = self.0.places.try_acquire();
        let _place = place.map_err(|_| FetchError::Busy)?;
        let answered = timeout(self.0.patience, self.ask(question)).await;
        answered.map_err(|_| FetchError::TooSlow)?
    }

    async fn ask(&self, question: Outgoing) -> Result<Fetched, FetchError> {
        let target = target(&question.url, question.chosen_by)?;
        let chosen_by = question.chosen_by;
        let request = request(question)?;
        if !target.is_encrypted {
            let stream = timeout(CONNECT, self.connect(&target, chosen_by)).await;
            return exchange(stream.map_err(|_| FetchError::TooSlow)??, request, LARGEST).await;
        }
        let connecting = async {
            let stream = self.connect(&target, chosen_by).await?;
            let name = match &target.host {
                Host::Domain(name) => {
                    ServerName::try_from(name.clone()).map_err(io::Error::other)?
                }
                Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
                Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
            };
            Ok::<_, FetchError>(self.0.tls.connect(name, stream).await?)
        };
        let stream = timeout(CONNECT, connecting).await;
        exchange(stream.map_err(|_| FetchError::TooSlow)??, request, LARGEST).await
    }

    /// Connects to the first address of a server that may be connected to and answers.
    async fn connect(&self, target: &Target, chosen_by: ChosenBy) -> Result<TcpStream, FetchError> {
        let inside: &[Network] = match chosen_by {
            ChosenBy::Operator => &self.0.inside,
            ChosenBy::Anybody => &[],
        };
        let mut failed = FetchError::NotAllowed;
        for address in resolve(target).await? {
            if !may_connect(address.ip(), target.is_encrypted, inside) {
                continue;
            }
            match timeout(EACH_ADDRESS, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failed = error.into(),
                Err(_) => failed = FetchError::TooSlow,
            }
        }
        Err(failed)
    }
}

async fn resolve(target: &Target) -> io::Result<Vec<SocketAddr>> {
    let port = target.port;
    match &target.host {
        Host::Domain(name) => {
            let found = tokio::net::lookup_host((name.as_str(), port)).await?;
            Ok(found.collect())
        }
        Host::Ipv4(address) => Ok(vec![SocketAddr::from((*address, port))]),
        Host::Ipv6(address) => Ok(vec![SocketAddr::from((*address, port))]),
    }
}

fn target(url: &Url, chosen_by: ChosenBy) -> Result<Target, FetchError> {
    let is_encrypted = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return Err(FetchError::Address("is neither https: nor http:")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Address("names who asks"));
    }
    let host = url.host().ok_or(FetchError::Address("has no host"))?;
    let port = url.port_or_known_default().unwrap_or(443);
    if chosen_by == ChosenBy::Anybody && port != 443 {
        return Err(FetchError::Address("has an unusual port"));
    }
    Ok(Target {
        host: host.to_owned(),
        port,
        is_encrypted,
    })
}

fn request(question: Outgoing) -> Result<Request<Full<Bytes>>, FetchError> {
    const UNFIT: FetchError = FetchError::Address("fits in no request");
    let url = &question.url;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::new(Full::new(question.body));
    *request.method_mut() = question.method;
    *request.uri_mut() = path.parse().map_err(|_| UNFIT)?;
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(host).map_err(|_| UNFIT)?);
    headers.insert(USER_AGENT, HeaderValue::from_static(OWN_NAME));
    headers.extend(question.headers);
    Ok(request)
}

/// Sends a request over a connection that is there, and reads the whole answer, of `largest` bytes at most.
pub(crate) async fn exchange<B>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<B>,
    largest: usize,
) -> Result<Fetched, FetchError>
where
    B: hyper::body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "the one way out")]
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answered = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, largest).collect().await;
        let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
            Ok(_) => FetchError::TooLarge,
            Err(error) => FetchError::Body(error),
        })?;
        Ok(Fetched {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    };
    tokio::pin!(answered);
    // The connection does the work while the answer is awaited. What it has read before it ends is still to be had.
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        ended = connection => {
            ended?;
            answered.await
        }
    }
}

#[cfg(test)]
mod tests;
