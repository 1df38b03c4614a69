//! A plain WebSocket with JSON in its text frames.

use crate::PATIENCE;
use crate::socket::dial;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// A connection.
pub struct Frames(WebSocketStream<TcpStream>);

impl Frames {
    /// Opens `path` at `base`; an error is the status of the refusal and its body.
    pub async fn open(base: &str, path: &str, token: Option<&str>) -> Result<Self, (u16, Value)> {
        let address = base.trim_start_matches("http://");
        let url = format!("ws://{address}{path}");
        let mut request = url.into_client_request().expect("an address");
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().expect("a header");
            request.headers_mut().insert("authorization", value);
        }
        let opened = tokio_tungstenite::client_async(request, dial(address).await).await;
        match opened {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body = serde_json::from_slice(body).unwrap_or_default();
                Err((response.status().as_u16(), body))
            }
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        let frame = Message::text(frame.to_string());
        self.0.send(frame).await.expect("the connection is open");
    }

    /// The next frame; `None` once the server has closed the connection.
    pub async fn next(&mut self) -> Option<Value> {
        let frame = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Some(serde_json::from_str(&text).expect("JSON"));
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, frame).await;
        in_time.unwrap_or_else(|_| panic!("waited in vain for a frame"))
    }
}
