//! The browser's session cookie, and the proof that a request which carries it comes from the server's own page.

use super::identities::FLOW_LASTS;
use super::model::SESSION_LONGEST;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use parlor_protocol::{Code, Problem};

/// The cookie over HTTPS: the prefix binds it to this host and to secure connections (RFC 6265bis, 4.1.3.2).
const SECURE_NAME: &str = "__Host-parlor_session";
/// The cookie over plain HTTP, on a machine of one's own.
const PLAIN_NAME: &str = "parlor_session";
/// The same for the cookie that binds a sign-in by others to the browser in which it was begun.
const FLOW_SECURE_NAME: &str = "__Host-parlor_flow";
/// The same over plain HTTP.
const FLOW_PLAIN_NAME: &str = "parlor_flow";
/// How long that lasts, in seconds: out to the provider, and then the first form.
const FLOW_SECONDS: i64 = 2 * FLOW_LASTS / 1000;
/// Proves that a script of an allowed origin wrote the request: no form can add it.
const CSRF_HEADER: &str = "x-csrf";

/// The session token that a request carries, if any.
pub(super) fn read(headers: &HeaderMap) -> Option<&str> {
    find(headers, SECURE_NAME, PLAIN_NAME)
}

/// What binds a sign-in by others to the browser in which it was begun, if the request carries it. Over HTTPS the plain
/// name says nothing: another server of the domain may have set it, to have somebody end what they have not begun.
#[must_use]
pub fn read_flow(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    let name = if is_secure {
        FLOW_SECURE_NAME
    } else {
        FLOW_PLAIN_NAME
    };
    find(headers, name, name)
}

/// The header that gives a browser that.
#[must_use]
pub fn set_flow(is_secure: bool, token: &str) -> Option<HeaderValue> {
    let age = format!("; Max-Age={FLOW_SECONDS}");
    let names = (FLOW_SECURE_NAME, FLOW_PLAIN_NAME);
    HeaderValue::from_str(&cookie(names, is_secure, token, &age)).ok()
}

fn find<'a>(headers: &'a HeaderMap, secure_name: &str, plain_name: &str) -> Option<&'a str> {
    let pairs = || {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
    };
    let named = |name: &str| pairs().find(|(given, _)| *given == name);
    let (_, token) = named(secure_name).or_else(|| named(plain_name))?;
    (!token.is_empty()).then_some(token)
}

/// Whether a sign-in comes from a browser, which is to get a cookie.
pub(super) fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) || headers.contains_key(CSRF_HEADER)
}

/// Whether the page that a request comes from was loaded over HTTPS.
pub(super) fn is_secure(headers: &HeaderMap) -> bool {
    headers
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

/// The header that gives a browser its session. Without `remember` the cookie is gone when the browser closes.
pub(super) fn set(is_secure: bool, token: &str, remember: bool) -> Option<HeaderValue> {
    let age = remember.then(|| format!("; Max-Age={}", SESSION_LONGEST / 1000));
    HeaderValue::from_str(&cookie(
        (SECURE_NAME, PLAIN_NAME),
        is_secure,
        token,
        age.as_deref().unwrap_or_default(),
    ))
    .ok()
}

/// The headers that take the session away from a browser.
#[must_use]
pub fn clear() -> [HeaderValue; 2] {
    [true, false].map(|secure| {
        HeaderValue::from_str(&cookie(
            (SECURE_NAME, PLAIN_NAME),
            secure,
            "",
            "; Max-Age=0",
        ))
        .unwrap_or(HeaderValue::from_static(""))
    })
}

fn cookie(names: (&str, &str), secure: bool, token: &str, age: &str) -> String {
    let (name, flag) = if secure {
        (names.0, "; Secure")
    } else {
        (names.1, "")
    };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{flag}{age}")
}

/// What writes with the cookie have to carry: `X-CSRF: 1`, and the server's own origin.
pub(super) fn check_csrf(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = text("origin").and_then(|origin| origin.split_once("://"));
    let is_own = match (origin, host) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    };
    if is_own && text(CSRF_HEADER) == Some("1") {
        return Ok(());
    }
    Err(Problem::new(Code::CsrfFailed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = |value| read(&headers(&[("cookie", value)])).map(str::to_owned);
        assert_eq!(found("a=b; parlor_session=t; c=d"), Some("t".to_owned()));
        assert_eq!(
            found("parlor_session=planted; __Host-parlor_session=own"),
            Some("own".to_owned())
        );
        for without in ["", "a=b", "parlor_session=", "xparlor_session=t", ";;=;"] {
            assert_eq!(found(without), None, "{without}");
        }
    }

    #[test]
    fn a_cookie_is_bound_to_https_where_the_page_is() {
        let https = headers(&[("origin", "https://chat.example")]);
        let cookie = set(is_secure(&https), "t", true).unwrap();
        let text = cookie.to_str().unwrap();
        assert_eq!(
            text,
            "__Host-parlor_session=t; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=7776000"
        );
        let http = headers(&[("origin", "http://localhost:7100")]);
        let cookie = set(is_secure(&http), "t", false).unwrap();
        assert_eq!(
            cookie.to_str().unwrap(),
            "parlor_session=t; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_write_with_a_cookie_comes_from_the_own_page() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            check_csrf(&Method::POST, &Uri::from_static("/x"), &headers(pairs)).is_ok()
        };
        let host = ("host", "localhost:7100");
        let own = ("origin", "http://localhost:7100");
        assert!(check(&[host, own, ("x-csrf", "1")]));
        assert!(!check(&[host, own]));
        assert!(!check(&[host, ("x-csrf", "1")]));
        assert!(!check(&[host, own, ("x-csrf", "0")]));
        for foreign in [
            "https://elsewhere.example",
            "http://localhost:7101",
            "http://localhost",
            "http://localhost:7100.elsewhere.example",
            "null",
            "",
        ] {
            assert!(
                !check(&[host, ("origin", foreign), ("x-csrf", "1")]),
                "{foreign}"
            );
        }
        let read = check_csrf(&Method::GET, &Uri::from_static("/x"), &headers(&[host]));
        assert!(read.is_ok());
    }
}
