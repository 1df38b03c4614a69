//! The browser client, embedded by `build.rs`: its page at `/` and under `/app`, its assets beside it.
//!
//! Built without the feature `web`, or with `PARLOR_WEB=skip`, a plain page says that it was left out.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use std::borrow::Cow;

/// The page that starts the client, whatever part of it the address names.
const INDEX: &str = "index.html";

/// Files under here carry a hash of their content in their name, so they never change.
const HASHED: &str = "assets/";

/// Forms in which a file lies beside itself, best first: the content coding and what it adds to the name.
const CODINGS: &[(&str, &str)] = &[("br", ".br"), ("gzip", ".gz")];

/// Said where there is no client to serve.
const LEFT_OUT: &str =
    "Parlor is running. Its browser client was left out of this build; the API is under /api.\n";

/// Routes to the client's page and files.
pub fn router() -> Router {
    let mut router = Router::new()
        .route("/", get(index))
        .route("/app", get(index))
        .route("/app/{*path}", get(index))
        .route("/assets/{*path}", get(asset));
    for name in files::names().filter(|name| stands_at_the_root(name)) {
        let path = format!("/{name}");
        router = router.route(
            &path,
            get(move |headers: HeaderMap| async move { serve(&name, &headers) }),
        );
    }
    router
}

/// Icons and the like, which have fixed addresses.
fn stands_at_the_root(name: &str) -> bool {
    let precompressed = CODINGS.iter().any(|(_, suffix)| name.ends_with(suffix));
    name != INDEX && !name.starts_with(HASHED) && !precompressed
}

async fn index(headers: HeaderMap) -> Response {
    if files::get(INDEX).is_some() {
        serve(INDEX, &headers)
    } else {
        LEFT_OUT.into_response()
    }
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("{HASHED}{path}"), &headers)
}

/// Answers with a file, in the best coding the browser takes; 304 where the browser has it already.
fn serve(name: &str, headers: &HeaderMap) -> Response {
    let Some(plain) = files::get(name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let content_type = plain.content_type.clone();
    let coded = CODINGS
        .iter()
        .filter(|(coding, _)| accepts(headers, coding))
        .find_map(|(coding, suffix)| Some((coding, files::get(&format!("{name}{suffix}"))?)));
    let (coding, file) = match coded {
        Some((coding, file)) => (Some(HeaderValue::from_static(coding)), file),
        None => (None, plain),
    };

    let mut answer = HeaderMap::new();
    answer.insert(CONTENT_TYPE, content_type);
    answer.insert(ETAG, file.etag.clone());
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let lifetime = if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(lifetime));
    if is_known(headers, &file.etag) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    if let Some(coding) = coding {
        answer.insert(CONTENT_ENCODING, coding);
    }
    (answer, file.bytes).into_response()
}

/// Whether `Accept-Encoding` (RFC 9110, 12.5.3) names the coding without refusing it by `q=0`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    listed(headers, ACCEPT_ENCODING).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .any(|q| q.parse() == Ok(0.0_f32));
        named && !refused
    })
}

/// Whether `If-None-Match` (RFC 9110, 13.1.2) names the tag.
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    listed(headers, IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/").as_bytes() == etag)
}

/// The entries of a header that is a comma-separated list.
fn listed(headers: &HeaderMap, name: http::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// A file of the client.
struct File {
    bytes: Cow<'static, [u8]>,
    content_type: HeaderValue,
    etag: HeaderValue,
}

#[cfg(feature = "web")]
mod files {
    use super::{File, HeaderValue};
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use rust_embed::{Embed, EmbeddedFile};

    /// What `build.rs` left in `OUT_DIR/web`; empty where the client was left out.
    #[derive(Embed)]
    #[folder = "$OUT_DIR/web"]
    struct Client;

    pub(super) fn names() -> impl Iterator<Item = String> {
        Client::iter().map(String::from)
    }

    pub(super) fn get(name: &str) -> Option<File> {
        // Debug builds read from disk, where such a name would climb out of its folder.
        if name.split('/').any(|part| part == "..") {
            return None;
        }
        let EmbeddedFile { data, metadata } = Client::get(name)?;
        let hash = BASE64_URL_SAFE_NO_PAD.encode(metadata.sha256_hash());
        let etag = HeaderValue::try_from(format!("\"{hash}\"")).ok()?;
        let kind = metadata.mimetype();
        let is_text = kind.starts_with("text/") || kind.ends_with("+xml");
        let content_type = if is_text {
            format!("{kind}; charset=utf-8")
        } else {
            kind.to_owned()
        };
        Some(File {
            bytes: data,
            content_type: HeaderValue::try_from(content_type).ok()?,
            etag,
        })
    }
}

#[cfg(not(feature = "web"))]
mod files {
    use super::File;

    pub(super) fn names() -> impl Iterator<Item = String> {
        std::iter::empty()
    }

    pub(super) fn get(_name: &str) -> Option<File> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, Request};
    use tower::ServiceExt;

    async fn fetch(path: &str, headers: &[(HeaderName, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let answer = router()
            .oneshot(request.body(axum::body::Body::empty()).unwrap())
            .await
            .unwrap();
        let (head, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (head.status, head.headers, bytes.to_vec())
    }

    /// The address of the last script that the page names, for the first may be too small to be worth compressing; none
    /// where the client was left out.
    async fn script() -> Option<String> {
        let (_, _, page) = fetch("/", &[]).await;
        let page = String::from_utf8(page).unwrap();
        let script = page.rsplit(".js\"").nth(1)?;
        let path = script.rsplit('"').next()?;
        path.starts_with("/assets/").then(|| format!("{path}.js"))
    }

    #[tokio::test]
    async fn the_page_answers_wherever_in_the_client_one_enters() {
        let (status, home, page) = fetch("/", &[]).await;
        assert_eq!(status, StatusCode::OK);
        for path in ["/app", "/app/rooms/7", "/app/setup"] {
            assert_eq!(
                fetch(path, &[]).await,
                (StatusCode::OK, home.clone(), page.clone()),
                "{path}"
            );
        }
        if files::get(INDEX).is_some() {
            assert_eq!(home[CONTENT_TYPE], "text/html; charset=utf-8");
            assert_eq!(home[CACHE_CONTROL], "no-cache");
        } else {
            assert_eq!(page, LEFT_OUT.as_bytes());
        }
    }

    #[tokio::test]
    async fn what_does_not_exist_is_not_found() {
        for path in [
            "/assets/none.js",
            "/assets/../index.html",
            "/assets/%2e%2e/index.html",
            "/nothing.svg",
        ] {
            assert_eq!(fetch(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn scripts_are_kept_for_good_and_travel_compressed() {
        let Some(script) = script().await else { return };
        let (status, plain, bytes) = fetch(&script, &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(plain[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(plain[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert!(!plain.contains_key(CONTENT_ENCODING));

        let (_, coded, fewer) = fetch(&script, &[(ACCEPT_ENCODING, "gzip, deflate, br")]).await;
        assert_eq!(coded[CONTENT_ENCODING], "br");
        assert_eq!(coded[CONTENT_TYPE], plain[CONTENT_TYPE]);
        assert_ne!(coded[ETAG], plain[ETAG]);
        assert!(fewer.len() < bytes.len());
        let (_, coded, _) = fetch(&script, &[(ACCEPT_ENCODING, "br;q=0, gzip")]).await;
        assert_eq!(coded[CONTENT_ENCODING], "gzip");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let Some(script) = script().await else { return };
        let (_, first, _) = fetch(&script, &[]).await;
        let known = format!("\"other\", W/{}", first[ETAG].to_str().unwrap());
        let (status, again, body) = fetch(&script, &[(IF_NONE_MATCH, &known)]).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(again[ETAG], first[ETAG]);
        assert_eq!(
            fetch(&script, &[(IF_NONE_MATCH, "\"other\"")]).await.0,
            StatusCode::OK
        );
    }
}
