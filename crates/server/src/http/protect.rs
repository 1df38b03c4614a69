//! Headers that protect whoever reads an answer in a browser.

use http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Nothing but what this server itself serves (<https://www.w3.org/TR/CSP3/>).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; connect-src 'self'";

/// Adds them; a policy that the answer brings itself is left alone.
pub(super) fn add_headers(headers: &mut HeaderMap, host: Option<&str>, over_tls: bool) {
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy(host));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(COOP, HeaderValue::from_static("same-origin"));
    headers.insert(CORP, HeaderValue::from_static("same-origin"));
    if over_tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
}

/// To some browsers `'self'` does not mean a WebSocket to the same host, so it is named.
fn policy(host: Option<&str>) -> HeaderValue {
    let is_plain = |host: &&str| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
    };
    let named = host
        .filter(is_plain)
        .map(|host| format!("{POLICY} ws://{host} wss://{host}"));
    named
        .and_then(|policy| HeaderValue::try_from(policy).ok())
        .unwrap_or(HeaderValue::from_static(POLICY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_write_the_policy() {
        let ends = |host| {
            policy(host)
                .to_str()
                .unwrap()
                .rsplit(';')
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            ends(Some("[::1]:7100")),
            " connect-src 'self' ws://[::1]:7100 wss://[::1]:7100"
        );
        for host in [None, Some("a;script-src *"), Some("a b"), Some("a'")] {
            assert_eq!(ends(host), " connect-src 'self'", "{host:?}");
        }
    }
}
