//! How many requests are handled at a time.
//!
//! A body that a server without more to do would take as it comes is read before its request counts: who sends slowly
//! waits alone.

use super::LARGEST_BODY;
use crate::kernel::problem::Failure;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use parlor_protocol::{Code, Problem};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Over a router: up to `most` of its requests are handled at a time, and one more is refused, so that those end soon.
pub(super) fn layer(router: Router, most: usize) -> Router {
    router.layer(from_fn_with_state(Arc::new(Semaphore::new(most)), admit))
}

async fn admit(State(busy): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let request = gather(request).await;
    match busy.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => Failure(Problem::new(Code::Overloaded).retry_after_ms(1000)).into_response(),
    }
}

/// Waits for as much of a body as is taken from anybody. One that says itself that it has more is refused unread, or
/// taken from somebody who is known.
async fn gather(request: Request) -> Request {
    let size = request.body().size_hint();
    if request.body().is_end_stream() || size.lower() > LARGEST_BODY as u64 {
        return request;
    }
    let (parts, body) = request.into_parts();
    let (mut rest, mut gathered) = (body.into_data_stream(), BytesMut::new());
    let body = loop {
        match rest.next().await {
            None => break Body::from(gathered.freeze()),
            Some(Ok(bytes)) => gathered.extend_from_slice(&bytes),
            Some(Err(error)) => break Body::from_stream(stream::iter([Err::<Bytes, _>(error)])),
        }
        if gathered.len() > LARGEST_BODY {
            let first = stream::iter([Ok(gathered.freeze())]);
            break Body::from_stream(first.chain(rest));
        }
    };
    Request::from_parts(parts, body)
}
