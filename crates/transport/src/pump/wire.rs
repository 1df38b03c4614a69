//! A WebSocket's byte stream.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::Unwrap;
use crate::conn::{Link, Queue};
use crate::stats::Counters;

/// A byte stream, and what was read from it with the request that opened it.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) stream: Stream,
    pub(crate) early: Vec<u8>,
    /// Compression was agreed on.
    pub(crate) compresses: bool,
}

/// What carries the bytes.
#[derive(Debug)]
pub(crate) enum Stream {
    /// A plain TCP connection, which anyone may write to.
    Tcp(Arc<TcpStream>),
    /// Anything else, TLS above all, which the connection's task alone writes to.
    Other(Box<TokioIo<Upgraded>>),
}

impl Wire {
    /// Frees what HTTP needed of an upgraded connection, if its stream is one we know.
    pub(crate) fn new(mut upgraded: Upgraded, unwrap: Option<Unwrap>) -> Self {
        if let Some(Unwrap(unwrap)) = unwrap {
            upgraded = match unwrap(upgraded) {
                Ok((stream, early)) => return Self::tcp(stream, &early),
                Err(upgraded) => upgraded,
            };
        }
        let upgraded =
            match hyper_util::server::conn::auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded)
            {
                Ok(parts) => return Self::tcp(parts.io.into_inner(), &parts.read_buf),
                Err(upgraded) => upgraded,
            };
        match upgraded.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => Self::tcp(parts.io.into_inner(), &parts.read_buf),
            Err(upgraded) => Self {
                stream: Stream::Other(Box::new(TokioIo::new(upgraded))),
                early: Vec::new(),
                compresses: false,
            },
        }
    }

    fn tcp(stream: TcpStream, early: &Bytes) -> Self {
        // Small messages must not wait for the acknowledgement of others. It works without, too.
        let _ = stream.set_nodelay(true);
        Self {
            stream: Stream::Tcp(Arc::new(stream)),
            // A copy: the original is a part of a larger buffer.
            early: early.to_vec(),
            compresses: false,
        }
    }
}

impl Stream {
    pub(crate) fn link(&self) -> Link {
        match self {
            Self::Tcp(stream) => Link::Tcp(stream.clone()),
            Self::Other(_) => Link::Stream,
        }
    }

    /// Reads what is there. 0: the client sends no more.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => loop {
                ready!(stream.poll_read_ready(cx))?;
                match stream.try_read(buffer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    result => return Poll::Ready(result),
                }
            },
            Self::Other(stream) => {
                let mut buffer = ReadBuf::new(buffer);
                ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
                Poll::Ready(Ok(buffer.filled().len()))
            }
        }
    }

    /// Writes the queue until it is empty and flushed (ready), or the stream takes no more.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        queue: &mut Queue,
        counters: &Counters,
    ) -> Poll<io::Result<()>> {
        while !queue.is_empty() {
            let written = match self {
                Self::Tcp(stream) => {
                    match queue.write(|slices| stream.try_write_vectored(slices)) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {
                            ready!(stream.poll_write_ready(cx))?;
                            continue;
                        }
                        result => result?,
                    }
                }
                Self::Other(stream) => {
                    let result = queue.write(|slices| {
                        match Pin::new(stream).poll_write_vectored(cx, slices) {
                            Poll::Ready(result) => result.map_err(Some),
                            Poll::Pending => Err(None),
                        }
                    });
                    match result {
                        Ok(written) => written,
                        Err(Some(error)) => return Poll::Ready(Err(error)),
                        Err(None) => return Poll::Pending,
                    }
                }
            };
            if written.0 == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            counters.wrote(written.1, written.0);
        }
        match self {
            Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Other(stream) => Pin::new(stream).poll_flush(cx),
        }
    }
}
