//! HTTP/1.1 on one connection.

use super::framing::{self, Watched};
use super::front::{Framing, Front, Peer};
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parlor_protocol::{Code, Problem};
use parlor_transport::Unwrap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long a request's head may take, and how long a connection may idle between requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Beyond these, which are far above what [`super::head`] explains its refusals for, no explanation is given.
const HARD_MOST_HEADERS: usize = 256;
pub(super) const HARD_LARGEST_HEAD: usize = 64 * 1024;
/// How long, and for how many bytes, what a client still sends is read before its connection is cut. Cut at once, it
/// could lose the answer (RFC 9112, section 9.6).
const LINGER: Duration = Duration::from_millis(500);
const LINGER_BYTES: u64 = 1024 * 1024;

/// Serves a connection until its end, or `stop` and the end of the request that is being answered.
pub(super) async fn serve<T>(stream: T, peer: Peer, front: Arc<Front>, stop: CancellationToken)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    serve_with(stream, peer, front, stop, HEAD_TIMEOUT).await;
}

async fn serve_with<T>(
    stream: T,
    peer: Peer,
    front: Arc<Front>,
    stop: CancellationToken,
    head_timeout: Duration,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = Watched::new(stream);
    let verdict = stream.verdict();
    let requests = AtomicUsize::new(0);
    let service = service_fn(|mut request: http::Request<Incoming>| {
        let number = 1 + requests.fetch_add(1, Ordering::Relaxed);
        let framing = Framing {
            is_ambiguous: verdict.condemns(number),
        };
        request.extensions_mut().insert(Unwrap(framing::unwrap));
        let front = front.clone();
        async move { Ok::<Response<Body>, Infallible>(front.answer(request, framing, peer).await) }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_headers(HARD_MOST_HEADERS)
        .max_header_size(HARD_LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let result = tokio::select! {
        result = &mut connection => result,
        () = stop.cancelled() => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    // An upgraded connection has no parts left: it belongs to the transport.
    let Some(parts) = connection.into_parts() else {
        return;
    };
    let stream = parts.io.into_inner().into_inner();
    match result {
        Err(error) if error.is_timeout() && !parts.read_buf.is_empty() => {
            refuse(stream, Refusal::TooSlow).await;
        }
        Err(error) => tracing::debug!(peer = %peer.address, %error, "a connection ended"),
        Ok(()) if stop.is_cancelled() => {}
        Ok(()) => linger(stream).await,
    }
}

/// Why a connection ends without a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// Its address has too many.
    TooMany,
    /// Its request's head does not come to an end.
    TooSlow,
    /// It is not encrypted, but has to be.
    Plain,
}

/// Says why, and ends the connection.
pub(super) async fn refuse<T: AsyncRead + AsyncWrite + Unpin>(mut stream: T, why: Refusal) {
    let (line, problem) = match why {
        Refusal::TooMany => (
            "429 Too Many Requests",
            Problem::new(Code::RateLimited).detail("too many connections from this address"),
        ),
        Refusal::Plain => (
            "400 Bad Request",
            Problem::new(Code::InvalidRequest).detail("this port speaks HTTPS"),
        ),
        Refusal::TooSlow => ("408 Request Timeout", Code::RequestTimeout.into()),
    };
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {line}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let written = timeout(LINGER, async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    });
    if let Ok(Ok(())) = written.await {
        linger(stream).await;
    }
}

/// Reads on for a moment, so that the client gets to read the answer.
async fn linger<T: AsyncRead + Unpin>(stream: T) {
    let mut rest = stream.take(LINGER_BYTES);
    let mut sink = tokio::io::sink();
    let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut sink)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::config::Config;
    use axum::Router;
    use axum::routing::post;

    async fn broken() {
        panic!("the secret text");
    }

    /// What a client that sends `request`, and then waits, reads until its connection ends.
    async fn talk(request: &str) -> String {
        let echo = post(|body: String| async move { format!("echo {body}") });
        let router = Router::new()
            .route("/echo", echo)
            .route("/panic", post(broken));
        let front = Arc::new(Front::new(&Config::default(), router));
        let peer = Peer {
            address: ([127, 0, 0, 1], 1).into(),
            over_tls: false,
        };
        let (mut client, server) = tokio::io::duplex(1 << 20);
        let stop = CancellationToken::new();
        let serving = serve_with(server, peer, front, stop, Duration::from_millis(50));
        let talking = async {
            client.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            answer
        };
        tokio::join!(talking, serving).0
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_answered_and_cut() {
        let answer = talk("POST /echo HTTP/1.1\r\nHost: localhost\r\nX-Slow").await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
        assert_eq!(talk("").await, "");
    }

    #[tokio::test]
    async fn a_connection_serves_one_request_after_another() {
        let request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi";
        let answer = talk(&request.repeat(2)).await;
        assert_eq!(answer.matches("echo hi").count(), 2, "{answer}");
    }

    #[tokio::test]
    async fn a_panic_tells_nobody_anything_and_harms_nobody_else() {
        let broken = "POST /panic HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let fine = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        let answer = talk(&format!("{broken}{fine}")).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains("\"code\":\"internal\""), "{answer}");
        assert!(answer.contains("\"request_id\":"), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
        assert!(answer.contains("echo "), "{answer}");
    }
}
