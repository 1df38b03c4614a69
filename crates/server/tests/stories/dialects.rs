//! Clients of older systems, who know nothing of this server's own interface.

mod chatroom;
mod documents;
mod imposture;
mod settings;
mod together;
mod transcript;

use transcript::play;

#[tokio::test]
async fn must_is_spoken_as_documented() {
    play(include_str!("dialects/transcripts/must.txt")).await;
}

#[tokio::test]
async fn awesome_is_spoken_as_documented() {
    play(include_str!("dialects/transcripts/awesome.txt")).await;
}

#[tokio::test]
async fn platform_is_spoken_as_documented() {
    play(include_str!("dialects/transcripts/platform.txt")).await;
}

#[tokio::test]
async fn komunikator_is_spoken_as_documented() {
    play(include_str!("dialects/transcripts/komunikator.txt")).await;
}
