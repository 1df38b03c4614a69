//! Notices requests whose body has two lengths: `Content-Length` beside `Transfer-Encoding`. A proxy in front may
//! believe the other one than this server does, and then what one client sends passes for another's request (request
//! smuggling). RFC 9112, section 6.3, lets a server refuse them; hyper quietly drops `Content-Length` instead, so they
//! are looked for in the bytes that it reads.

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A stream whose heads are watched as they are read.
pub(super) struct Watched<T> {
    stream: T,
    at: At,
    heads: usize,
    verdict: Verdict,
}

/// Which of a connection's requests, counted from 1, is ambiguous. After it, nothing on the connection is believed.
#[derive(Clone, Debug)]
pub(super) struct Verdict(Arc<AtomicUsize>);

impl Verdict {
    /// Whether the request with this number, or one before it, is ambiguous.
    pub(super) fn condemns(&self, request: usize) -> bool {
        request >= self.0.load(Ordering::Acquire)
    }
}

/// Where in the stream reading is.
enum At {
    /// In a head, of which this much was read before.
    Head(Vec<u8>),
    /// In a body of which so many bytes are to come.
    Body(u64),
    /// Where one cannot tell any more: in a chunked body, after which the connection ends.
    Lost,
}

impl<T> Watched<T> {
    /// Watches from a connection's first byte on.
    pub(super) fn new(stream: T) -> Self {
        Self {
            stream,
            at: At::Head(Vec::new()),
            heads: 0,
            verdict: Verdict(Arc::new(AtomicUsize::new(usize::MAX))),
        }
    }

    /// What is found out.
    pub(super) fn verdict(&self) -> Verdict {
        self.verdict.clone()
    }

    /// The stream underneath.
    pub(super) fn into_inner(self) -> T {
        self.stream
    }

    fn look(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match &mut self.at {
                At::Lost => return,
                At::Body(left) => {
                    let skipped = usize::try_from(*left)
                        .unwrap_or(usize::MAX)
                        .min(bytes.len());
                    *left -= skipped as u64;
                    if *left == 0 {
                        self.at = At::Head(Vec::new());
                    }
                    &bytes[skipped..]
                }
                At::Head(before) => {
                    // Empty lines before a request are passed over (RFC 9112, section 2.2).
                    if before.is_empty() && matches!(bytes[0], b'\r' | b'\n') {
                        bytes = &bytes[1..];
                        continue;
                    }
                    let known = before.len();
                    before.extend_from_slice(bytes);
                    let Some(end) = end_of_head(before, known) else {
                        if before.len() > super::connection::HARD_LARGEST_HEAD {
                            self.at = At::Lost;
                        }
                        return;
                    };
                    let (length, is_chunked) = body_of(&before[..end]);
                    self.heads += 1;
                    self.at = match (length, is_chunked) {
                        (Some(_), true) => {
                            self.verdict.0.store(self.heads, Ordering::Release);
                            At::Lost
                        }
                        (None, true) => At::Lost,
                        (None | Some(0), false) => At::Head(Vec::new()),
                        (Some(length), false) => At::Body(length),
                    };
                    &bytes[end - known..]
                }
            };
        }
    }
}

/// The place after the empty line that ends a head; nothing of it ends before `known`.
fn end_of_head(head: &[u8], known: usize) -> Option<usize> {
    let from = known.saturating_sub(3);
    let breaks = (from..head.len()).filter(|at| head[*at] == b'\n');
    breaks
        .filter(|at| matches!(head[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]))
        .map(|at| {
            if head[at + 1] == b'\n' {
                at + 2
            } else {
                at + 3
            }
        })
        .next()
}

/// The length of the body that a head announces, and whether it has a transfer coding.
fn body_of(head: &[u8]) -> (Option<u64>, bool) {
    let (mut length, mut coded) = (None, false);
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            // What is no number hyper refuses.
            let number = str::from_utf8(value)
                .ok()
                .and_then(|text| text.parse().ok());
            length = Some(number.unwrap_or(0));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            coded = true;
        }
    }
    (length, coded)
}

/// Gives the transport its TCP connection back: what clients say there is not HTTP.
pub(super) fn unwrap(upgraded: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
    let parts = upgraded.downcast::<TokioIo<Watched<TcpStream>>>()?;
    Ok((parts.io.into_inner().into_inner(), parts.read_buf))
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        this.look(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const LONG: &str = "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\n\r\n\r\n12345";
    const BOTH: &str = "POST / HTTP/1.1\r\nContent-Length : 5\r\nA: b\r\ntransfer-encoding:chunked\r\n\r\n0\r\n\r\n";

    /// The number of the first ambiguous request, where the stream comes in pieces of this size.
    fn first(text: &str, size: usize) -> Option<usize> {
        let mut watched = Watched::new(());
        text.as_bytes()
            .chunks(size)
            .for_each(|piece| watched.look(piece));
        (1..10).find(|request| watched.verdict().condemns(*request))
    }

    #[test]
    fn a_request_of_two_lengths_is_found_wherever_it_stands() {
        for size in [1, 2, 3, 7, 40, 1000] {
            assert_eq!(first(BOTH, size), Some(1), "{size}");
            assert_eq!(
                first(&[PLAIN, LONG, BOTH].concat(), size),
                Some(3),
                "{size}"
            );
            assert_eq!(first(&BOTH.replace('\r', ""), size), Some(1), "{size}");
        }
    }

    #[test]
    fn what_is_said_in_a_body_is_no_head() {
        let body = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{BOTH}",
            BOTH.len()
        );
        let chunked =
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        for text in [PLAIN, LONG, &body, chunked, &PLAIN.repeat(5)] {
            for size in [1, 3, 1000] {
                assert_eq!(first(text, size), None, "{text} by {size}");
            }
        }
    }
}
