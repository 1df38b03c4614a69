//! Asking the server: a running one over its socket, else one that this process builds over the same data.

use super::Refused;
use crate::app::{App, StartError};
use crate::cli::Failed;
use crate::http::{console, lock};
use crate::kernel::clock::Clock;
use crate::kernel::config::{Config, Tls};
use crate::kernel::fetch::exchange;
use axum::Router;
use axum::body::Body;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use parlor_protocol::Problem;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::UnixStream;
use tower::ServiceExt as _;

/// How long what was begun may take to end.
const LAST_COMMIT: Duration = Duration::from_secs(5);
/// How long a running server may take over an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server as the command line has it.
pub(super) struct Console {
    way: Way,
    address: String,
    /// Whether answers are shown as they are.
    pub(super) json: bool,
}

enum Way {
    /// Another process serves.
    Beside(PathBuf),
    /// Nobody does, and nobody can as long as this lasts.
    Alone(Box<Alone>),
}

struct Alone {
    app: App,
    router: Router,
    _lock: File,
}

impl Console {
    /// Finds the server, or builds one.
    pub(super) async fn open(config: Config, json: bool) -> Result<Self, Failed> {
        let scheme = match config.tls {
            Tls::Off => "http",
            _ => "https",
        };
        let address = format!("{scheme}://{}", config.listen);
        let way = match lock::take(&config.data_dir) {
            Ok(lock) => {
                let (app, delivery) = App::build(config, Clock::system()).await?;
                // Nobody is connected here.
                drop(delivery);
                Way::Alone(Box::new(Alone {
                    router: console::router(&app),
                    app,
                    _lock: lock,
                }))
            }
            Err(StartError::DataDirInUse(_)) => Way::Beside(console::path(&config.data_dir)),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { way, address, json })
    }

    /// Where people find the server, as far as the settings say.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Asks for something that is not answered by a list.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Refused> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/{path}"))
            .header(header::HOST, "localhost");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let unreachable = |error: &dyn std::fmt::Display| Refused::Unreachable(error.to_string());
        let request = request.body(body).map_err(|error| unreachable(&error))?;
        let response = match &self.way {
            Way::Alone(alone) => match alone.router.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Way::Beside(path) => {
                let answered = tokio::time::timeout(PATIENCE, ask_beside(path, request));
                let Ok(answered) = answered.await else {
                    return Err(unreachable(&"the server does not answer"));
                };
                answered?
            }
        };
        read(response).await
    }

    /// Asks for a list, page after page, up to `most` items.
    pub(super) async fn list(
        &self,
        path: &str,
        query: &[(&str, Option<String>)],
        most: usize,
    ) -> Result<Vec<Value>, Refused> {
        let mut items = Vec::new();
        let mut cursor = None;
        while items.len() < most {
            let left = (most - items.len()).min(200).to_string();
            let own = [("limit", Some(left)), ("cursor", cursor)];
            let query = query.iter().chain(&own);
            let given = query.filter_map(|(name, value)| Some((*name, value.as_deref()?)));
            let path = format!("{path}?{}", encode(given));
            let mut page = self.ask(Method::GET, &path, None).await?;
            if let Value::Array(page) = page["items"].take() {
                items.extend(page);
            }
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Ends what this process has built.
    pub(super) async fn close(self) {
        if let Way::Alone(alone) = self.way {
            alone.app.kernel.jobs.shut_down(LAST_COMMIT).await;
        }
    }
}

async fn ask_beside(path: &PathBuf, request: Request<Body>) -> Result<Response<Body>, Refused> {
    let unreachable = |error: &dyn std::fmt::Display| {
        let path = path.display();
        Refused::Unreachable(format!(
            "the data directory is in use, but no server answers at {path}: {error}"
        ))
    };
    let stream = UnixStream::connect(path).await;
    let stream = stream.map_err(|error| unreachable(&error))?;
    let answer = exchange(stream, request, usize::MAX).await;
    let answer = answer.map_err(|error| unreachable(&error))?;
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    Ok(response)
}

async fn read(response: Response<Body>) -> Result<Value, Refused> {
    let status = response.status();
    let body = response.into_body().collect().await;
    let body = body.map_err(|error| Refused::Unreachable(error.to_string()))?;
    let body = body.to_bytes();
    if status.is_success() {
        return Ok(serde_json::from_slice(&body).unwrap_or(Value::Null));
    }
    let problem = serde_json::from_slice::<Problem>(&body);
    Err(problem.map_or_else(|_| unexplained(status), Refused::Problem))
}

fn unexplained(status: StatusCode) -> Refused {
    Refused::Unreachable(format!("the server answers {status}"))
}

/// The query of a request: names that are plain, values that need not be.
fn encode<'a>(query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in query {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_carries_any_text() {
        let query = [("q", "Ünter & Über?"), ("limit", "5")];
        let text = encode(query.into_iter());
        assert_eq!(text, "q=%C3%9Cnter%20%26%20%C3%9Cber%3F&limit=5");
    }
}
