//! Which pages may open connections. A browser names the page's origin, and no page can forge it; programs name none.

/// Whether a connection may be opened from `origin` to `host` (the request's headers): by this server's own pages, by
/// those of the `allowed` origins, and by programs, which have no origin.
///
/// Only host and port are compared with `Host`: behind a proxy that ends TLS the server does not know its own scheme.
#[must_use]
pub(crate) fn may_connect(origin: Option<&str>, host: Option<&str>, allowed: &[String]) -> bool {
    let Some(origin) = origin else {
        return true;
    };
    if allowed.iter().any(|own| own.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    host.is_some_and(|host| {
        let host = host.strip_suffix(default_port).unwrap_or(host);
        host.eq_ignore_ascii_case(authority)
    })
}

#[cfg(test)]
mod tests {
    use super::may_connect;

    fn may(origin: &str, host: &str) -> bool {
        may_connect(
            Some(origin),
            Some(host),
            &["https://chat.example.org".to_owned()],
        )
    }

    #[test]
    fn own_pages_and_allowed_origins_may() {
        assert!(may("http://localhost:7100", "localhost:7100"));
        assert!(may("https://Example.org", "example.org"));
        assert!(may("https://example.org", "example.org:443"));
        assert!(may("http://[::1]:7100", "[::1]:7100"));
        assert!(may("https://chat.example.org", "internal:7100"));
    }

    #[test]
    fn programs_without_an_origin_may() {
        assert!(may_connect(None, Some("localhost:7100"), &[]));
        assert!(may_connect(None, None, &[]));
    }

    #[test]
    fn foreign_pages_may_not() {
        assert!(!may("https://elsewhere.example", "localhost:7100"));
        assert!(!may("http://localhost:7101", "localhost:7100"));
        assert!(!may("http://localhost:7100.evil.example", "localhost:7100"));
        assert!(!may("http://chat.example.org", "internal:7100"));
        assert!(!may("null", "localhost:7100"));
        assert!(!may("", ""));
        assert!(!may("file://localhost:7100", "localhost:7100"));
        assert!(!may_connect(Some("http://localhost:7100"), None, &[]));
    }
}
