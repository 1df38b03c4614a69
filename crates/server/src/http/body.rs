//! Request bodies that have to keep coming.

use crate::kernel::body::BodyTooSlow;
use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// How fast a body has to come.
#[derive(Clone, Copy)]
struct Pace {
    /// The time of waiting after which it is judged.
    window: Duration,
    /// The bytes that must have come in that time.
    least: usize,
}

/// One KiB a second.
const PACE: Pace = Pace {
    window: Duration::from_secs(30),
    least: 30 * 1024,
};

/// A body that fails with [`BodyTooSlow`] where its sender drips. Only time spent waiting for the sender counts.
pub(super) struct PatientBody<B = Incoming> {
    inner: B,
    pace: Pace,
    waited: Duration,
    bytes: usize,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> PatientBody<B> {
    pub(super) fn new(inner: B) -> Self {
        Self::with_pace(inner, PACE)
    }

    fn with_pace(inner: B, pace: Pace) -> Self {
        Self {
            inner,
            pace,
            waited: Duration::ZERO,
            bytes: 0,
            waiting: None,
        }
    }

    /// Ends a window that is over. `Err`: too little came in it.
    fn judge(&mut self) -> Result<(), BodyTooSlow> {
        if self.waited < self.pace.window {
            return Ok(());
        }
        if self.bytes < self.pace.least {
            return Err(BodyTooSlow);
        }
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        Ok(())
    }

    /// Waits for the sender until the window is over.
    fn poll_window(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.pace.window.saturating_sub(self.waited);
        let (since, timer) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + left)))
        });
        ready!(timer.as_mut().poll(cx));
        self.waited += since.elapsed();
        self.waiting = None;
        Poll::Ready(())
    }
}

impl<B> Body for PatientBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        loop {
            let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
                ready!(this.poll_window(cx));
                this.judge()?;
                continue;
            };
            if let Some((since, _)) = this.waiting.take() {
                this.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                this.bytes += frame.data_ref().map_or(0, bytes::Buf::remaining);
                this.judge()?;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::body::Json;
    use axum::extract::DefaultBodyLimit;
    use futures_util::{StreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};
    use parlor_protocol::{Code, Problem};
    use std::convert::Infallible;
    use tower::ServiceExt as _;

    /// `chunks` of `size` bytes, `pause` apart, where 1,000 bytes have to come in 50 ms of waiting.
    fn body(chunks: usize, size: usize, pause: Duration) -> axum::body::Body {
        let pace = Pace {
            window: Duration::from_millis(50),
            least: 1000,
        };
        let frames = stream::iter(0..chunks).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b' '; size])))
        });
        let body = StreamBody::new(Box::pin(frames));
        axum::body::Body::new(PatientBody::with_pace(body, pace))
    }

    async fn send(chunks: usize, size: usize, pause: Duration) -> Result<usize, axum::Error> {
        let body = body(chunks, size, pause).collect().await?;
        Ok(body.to_bytes().len())
    }

    #[tokio::test]
    async fn a_body_that_drips_or_stops_is_given_up() {
        for (size, pause) in [(1, Duration::from_millis(2)), (1, Duration::from_hours(1))] {
            let error = send(1_000_000, size, pause).await.unwrap_err();
            assert!(error.into_inner().is::<BodyTooSlow>());
        }
    }

    #[tokio::test]
    async fn a_json_body_that_drips_is_answered_that_it_took_too_long() {
        async fn read(_: Json<serde_json::Value>) {}
        let router = axum::Router::new()
            .route("/", axum::routing::post(read))
            .layer(DefaultBodyLimit::max(64 * 1024));
        let request = http::Request::post("/")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body(1_000_000, 1, Duration::from_millis(2)));
        let answer = router.oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), http::StatusCode::REQUEST_TIMEOUT);
        let problem = answer.extensions().get::<Problem>();
        assert_eq!(problem.unwrap().code, Code::RequestTimeout);
    }

    #[tokio::test]
    async fn a_body_that_keeps_coming_may_take_as_long_as_it_likes() {
        let sent = send(20, 1_000_000, Duration::from_millis(10)).await;
        assert_eq!(sent.unwrap(), 20_000_000);
    }
}
