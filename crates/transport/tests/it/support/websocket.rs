//! A WebSocket client by hand.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::http::{Reply, status};
use super::soon;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(String),
    Pong(Vec<u8>),
    Close(u16),
    /// The server closed the stream.
    End,
}

pub(crate) struct WebSocket {
    stream: TcpStream,
    read: Vec<u8>,
    acks: u64,
    /// The head of the answer to the handshake.
    pub(crate) head: String,
    /// How many messages came compressed.
    pub(crate) compressed: usize,
}

impl WebSocket {
    /// Asks for a WebSocket; the answer if it is refused.
    pub(crate) async fn connect(
        server: SocketAddr,
        query: &str,
        headers: &[&str],
    ) -> Result<Self, Reply> {
        let socket = TcpSocket::new_v4().unwrap();
        // Small, so that a client that does not read is soon found out.
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut stream = soon(socket.connect(server)).await.unwrap();
        let mut head = format!("GET /socket.io/?{query} HTTP/1.1\r\nHost: here\r\n");
        for header in [
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
        ] {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut client = Self {
            stream,
            read: Vec::new(),
            acks: 0,
            head: String::new(),
            compressed: 0,
        };
        let end = loop {
            if let Some(end) = client.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(client.fill().await, "no answer");
        };
        let head: Vec<_> = client.read.drain(..end).collect();
        let head = String::from_utf8(head).unwrap();
        if status(&head) == 101 {
            // The example of RFC 6455, 1.3.
            assert!(
                head.to_lowercase()
                    .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="),
                "{head}"
            );
            client.head = head;
            return Ok(client);
        }
        let length = head
            .to_lowercase()
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        while client.read.len() < length.unwrap_or(0) && client.fill().await {}
        Err(Reply {
            status: status(&head),
            body: String::from_utf8(client.read).unwrap(),
        })
    }

    async fn fill(&mut self) -> bool {
        soon(self.stream.read_buf(&mut self.read))
            .await
            .is_ok_and(|len| len > 0)
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        // The server may have closed.
        let _ = soon(self.stream.write_all(bytes)).await;
    }

    /// Sends a frame, given its first byte.
    pub(crate) async fn frame(&mut self, first: u8, payload: &[u8]) {
        self.raw(&masked(first, payload)).await;
    }

    /// Sends a text message.
    pub(crate) async fn send(&mut self, text: &str) {
        self.frame(0x81, text.as_bytes()).await;
    }

    /// The next frame.
    pub(crate) async fn next(&mut self) -> Frame {
        loop {
            if let Some((opcode, start, end)) = header(&self.read) {
                let frame: Vec<_> = self.read.drain(..end).skip(start).collect();
                return match opcode {
                    0x81 => Frame::Text(String::from_utf8(frame).unwrap()),
                    0xc1 => {
                        self.compressed += 1;
                        Frame::Text(expanded(frame))
                    }
                    0x88 => Frame::Close(u16::from_be_bytes([frame[0], frame[1]])),
                    0x8a => Frame::Pong(frame),
                    other => panic!("unexpected opcode {other:x}"),
                };
            }
            if !self.fill().await {
                return Frame::End;
            }
        }
    }

    /// The next text message, pings aside.
    pub(crate) async fn text(&mut self) -> String {
        loop {
            match self.next().await {
                Frame::Text(ping) if ping == "2" => self.send("3").await,
                Frame::Text(text) => return text,
                other => panic!("expected text, not {other:?}"),
            }
        }
    }

    /// How the server closes the connection; everything before that is skipped.
    pub(crate) async fn closed(&mut self) -> Frame {
        loop {
            match self.next().await {
                Frame::Text(_) | Frame::Pong(_) => {}
                close => return close,
            }
        }
    }

    /// Connects to a namespace under a name.
    pub(crate) async fn join_namespace(&mut self, path: &str, name: &str) {
        self.connect_with(path, json!({ "name": name })).await;
        let answer = self.text().await;
        assert!(answer.contains("\"sid\":\""), "{answer}");
    }

    pub(crate) async fn connect_with(&mut self, path: &str, auth: Value) {
        let path = if path == "/" {
            String::new()
        } else {
            format!("{path},")
        };
        self.send(&format!("40{path}{auth}")).await;
    }

    /// Sends an event without asking for an answer.
    pub(crate) async fn emit(&mut self, name: &str, argument: impl Into<Value>) {
        self.send(&format!("42{}", json!([name, argument.into()])))
            .await;
    }

    /// Sends an event and returns the answer; nothing else may come before it.
    pub(crate) async fn ask(&mut self, name: &str, argument: impl Into<Value>) -> Value {
        self.acks += 1;
        let id = self.acks;
        self.send(&format!("42{id}{}", json!([name, argument.into()])))
            .await;
        let answer = self.text().await;
        let answer = answer
            .strip_prefix(&format!("43{id}"))
            .unwrap_or_else(|| panic!("no answer: {answer}"));
        serde_json::from_str::<Value>(answer).unwrap()[0].take()
    }

    /// The next text that is said.
    pub(crate) async fn said(&mut self) -> Value {
        let text = self.text().await;
        let event = text
            .strip_prefix("42")
            .unwrap_or_else(|| panic!("no event: {text}"));
        let event: Value = serde_json::from_str(event).unwrap();
        assert_eq!(event[0], "said", "{text}");
        event[1].clone()
    }
}

/// A message as permessage-deflate sends it (RFC 7692, 7.2.1).
pub(crate) fn compressed(text: &str) -> Vec<u8> {
    let mut deflate = flate2::Compress::new(flate2::Compression::best(), false);
    let mut out = Vec::with_capacity(text.len() + 1_000);
    let flush = flate2::FlushCompress::Sync;
    deflate
        .compress_vec(text.as_bytes(), &mut out, flush)
        .unwrap();
    out.truncate(out.len() - 4);
    out
}

fn expanded(mut message: Vec<u8>) -> String {
    message.extend([0, 0, 0xff, 0xff]);
    let mut out = Vec::with_capacity(1_000_000);
    flate2::Decompress::new(false)
        .decompress_vec(&message, &mut out, flate2::FlushDecompress::Sync)
        .unwrap();
    String::from_utf8(out).unwrap()
}

/// A masked frame.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [7, 77, 177, 200];
    let mut frame = vec![first];
    match u16::try_from(payload.len()) {
        Ok(len @ 0..126) => frame.push(0x80 | u8::try_from(len).unwrap()),
        Ok(len) => {
            frame.push(0xfe);
            frame.extend(len.to_be_bytes());
        }
        Err(_) => {
            frame.push(0xff);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(
        payload
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

/// The first whole frame of a server: first byte, start and end of its payload.
fn header(data: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, len) = (*data.first()?, usize::from(*data.get(1)?));
    let (start, len) = match len {
        126 => (
            4,
            usize::from(u16::from_be_bytes(data.get(2..4)?.try_into().unwrap())),
        ),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(data.get(2..10)?.try_into().unwrap())).unwrap(),
        ),
        len => (2, len),
    };
    (data.len() >= start + len).then_some((first, start, start + len))
}
