//! HTTP requests by hand, one connection each.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::soon;

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.to_owned(),
        }
    }
}

/// Sends a request to `/socket.io/` and reads the answer.
pub(crate) async fn request(
    server: SocketAddr,
    method: &str,
    query: &str,
    headers: &[&str],
    body: &[u8],
) -> Reply {
    let mut head =
        format!("{method} /socket.io/?{query} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    if method == "POST" {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut stream = soon(TcpStream::connect(server)).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server may refuse a body before it has all of it.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    Reply {
        status: status(head),
        body: body.to_owned(),
    }
}

/// The status in an answer's first line.
pub(crate) fn status(head: &str) -> u16 {
    head.split(' ')
        .nth(1)
        .unwrap_or_default()
        .parse()
        .unwrap_or(0)
}
