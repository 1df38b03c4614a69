//! Carrying frames both ways over one connection.

use super::Queue;
use axum::extract::ws::{CloseFrame, Message as Part, Utf8Bytes, WebSocket, close_code};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How often a client is asked whether it is there, and how often in a row it may be silent.
const ASK: Duration = Duration::from_secs(25);
const SILENCE: u32 = 2;
/// How long a client may take over a frame.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client's frame is answered.
pub(super) enum Reply {
    /// Nothing.
    Silence,
    /// A refusal.
    Refusal(Utf8Bytes),
    /// A refusal, which is one too many.
    LastRefusal(Utf8Bytes),
}

/// Carries frames both ways until one side ends it. `take` deals with what a client sent: `None` for what is no text.
pub(super) async fn carry<F: Future<Output = Reply>>(
    socket: &mut WebSocket,
    mut queue: Queue,
    stop: CancellationToken,
    take: impl Fn(Option<Utf8Bytes>) -> F,
) {
    let mut ask = tokio::time::interval(ASK);
    let mut silent = 0;
    loop {
        tokio::select! {
            frame = queue.recv() => {
                let Some(frame) = frame else {
                    return close(socket, close_code::POLICY, "the room is closed to you").await;
                };
                if !send(socket, frame).await {
                    return;
                }
            }
            part = socket.recv() => {
                silent = 0;
                let frame = match part {
                    Some(Ok(Part::Text(text))) => Some(text),
                    Some(Ok(Part::Binary(_))) => None,
                    Some(Ok(Part::Ping(_) | Part::Pong(_))) => continue,
                    Some(Ok(Part::Close(_)) | Err(_)) | None => return,
                };
                let goes_on = match take(frame).await {
                    Reply::Silence => true,
                    Reply::Refusal(frame) => send(socket, frame).await,
                    Reply::LastRefusal(frame) => {
                        send(socket, frame).await;
                        false
                    }
                };
                if !goes_on {
                    return;
                }
            }
            _ = ask.tick() => {
                silent += 1;
                if silent > SILENCE || !put(socket, Part::Ping(Vec::new().into())).await {
                    return;
                }
            }
            () = stop.cancelled() => {
                return close(socket, close_code::RESTART, "the server is going down").await;
            }
        }
    }
}

/// Says why not, and closes.
pub(super) async fn turn_away(mut socket: WebSocket, refusal: Utf8Bytes) {
    send(&mut socket, refusal).await;
    close(&mut socket, close_code::POLICY, "refused").await;
}

async fn send(socket: &mut WebSocket, frame: Utf8Bytes) -> bool {
    put(socket, Part::Text(frame)).await
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let reason = reason.into();
    put(socket, Part::Close(Some(CloseFrame { code, reason }))).await;
}

/// Sends, as long as the client takes it in time.
async fn put(socket: &mut WebSocket, part: Part) -> bool {
    matches!(timeout(PATIENCE, socket.send(part)).await, Ok(Ok(())))
}
