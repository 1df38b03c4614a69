//! Which request heads are acceptable. Pure: a head in, a problem out.

use crate::kernel::config::Config;
use http::header::{CONTENT_ENCODING, HOST, HeaderMap};
use http::request::Parts;
use http::uri::Authority;
use parlor_protocol::{Code, Problem};

/// Headers beyond this many are refused.
const MOST_HEADERS: usize = 100;
/// Headers of more bytes than this, names and values together, are refused.
const LARGEST: usize = 16 * 1024;

/// Names under which the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hosts {
    /// Whatever leads to it.
    Any,
    /// These, in lower case; one with a port is meant with that port alone.
    Only(Vec<String>),
}

impl Hosts {
    /// What the settings say. A server that listens on loopback answers to the names of this machine too; that keeps
    /// pages from elsewhere out, whose name servers say they are here (DNS rebinding).
    pub(super) fn of(config: &Config) -> Self {
        let mut names = config.allowed_hosts.clone();
        if config.listen.ip().is_loopback() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        if names.is_empty() {
            return Self::Any;
        }
        Self::Only(names)
    }

    fn include(&self, host: Option<&str>) -> bool {
        let Self::Only(names) = self else {
            return true;
        };
        let Some(authority) = host.and_then(|host| host.parse::<Authority>().ok()) else {
            return false;
        };
        names.iter().any(|name| {
            authority.as_str().eq_ignore_ascii_case(name)
                || authority.host().eq_ignore_ascii_case(name)
        })
    }
}

/// The host that a request is for (RFC 9112, section 3.2).
pub(super) fn host(parts: &Parts) -> Option<&str> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.as_str());
    }
    parts.headers.get(HOST)?.to_str().ok()
}

/// Refuses heads that are too large, for another host, or announce a body that is packed.
pub(super) fn check(parts: &Parts, hosts: &Hosts) -> Result<(), Problem> {
    check_size(&parts.headers)?;
    if parts.headers.get_all(HOST).iter().count() > 1 {
        return Err(Problem::new(Code::InvalidHost).detail("there is more than one Host"));
    }
    // Probes of load balancers and supervisors know addresses, not names.
    let is_probe = matches!(parts.uri.path(), "/healthz" | "/readyz");
    if !is_probe && !hosts.include(host(parts)) {
        return Err(Code::InvalidHost.into());
    }
    let packed = parts.headers.get(CONTENT_ENCODING);
    if packed.is_some_and(|coding| coding != "identity") {
        return Err(Problem::new(Code::UnsupportedMediaType).detail("send the body unpacked"));
    }
    Ok(())
}

fn check_size(headers: &HeaderMap) -> Result<(), Problem> {
    let lengths = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    if headers.len() > MOST_HEADERS || lengths.sum::<usize>() > LARGEST {
        return Err(Code::HeadersTooLarge.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(path: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::get(path), |request, (name, value)| {
                request.header(*name, *value)
            });
        request.body(()).unwrap().into_parts().0
    }

    fn code(hosts: &Hosts, headers: &[(&str, &str)]) -> Option<Code> {
        check(&parts("/", headers), hosts)
            .err()
            .map(|problem| problem.code)
    }

    #[test]
    fn a_server_on_loopback_answers_to_the_names_of_its_machine() {
        let hosts = Hosts::of(&Config::default());
        for host in ["localhost", "LOCALHOST:7100", "127.0.0.1:1", "[::1]:7100"] {
            assert_eq!(code(&hosts, &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.2",
            "",
            "a b",
        ] {
            assert_eq!(
                code(&hosts, &[("host", host)]),
                Some(Code::InvalidHost),
                "{host}"
            );
        }
        assert_eq!(code(&hosts, &[]), Some(Code::InvalidHost));
        let twice = [("host", "localhost"), ("host", "localhost")];
        assert_eq!(code(&hosts, &twice), Some(Code::InvalidHost));
        assert!(check(&parts("/healthz", &[("host", "10.0.0.1")]), &hosts).is_ok());
    }

    #[test]
    fn a_server_elsewhere_answers_to_the_names_it_was_given() {
        let listening = |hosts: &[&str]| {
            Hosts::of(&Config {
                listen: ([0, 0, 0, 0], 80).into(),
                allowed_hosts: hosts.iter().map(ToString::to_string).collect(),
                ..Config::default()
            })
        };
        assert_eq!(code(&listening(&[]), &[("host", "anything")]), None);
        let hosts = listening(&["chat.example.org", "other.example:8443"]);
        assert_eq!(code(&hosts, &[("host", "Chat.example.org:443")]), None);
        assert_eq!(code(&hosts, &[("host", "other.example:8443")]), None);
        for host in ["other.example", "localhost"] {
            assert_eq!(
                code(&hosts, &[("host", host)]),
                Some(Code::InvalidHost),
                "{host}"
            );
        }
    }

    #[test]
    fn large_heads_and_packed_bodies_are_refused() {
        let large = "x".repeat(LARGEST);
        assert_eq!(
            code(&Hosts::Any, &[("a", &large)]),
            Some(Code::HeadersTooLarge)
        );
        let many = [("a", "b"); MOST_HEADERS + 1];
        assert_eq!(code(&Hosts::Any, &many), Some(Code::HeadersTooLarge));
        assert_eq!(code(&Hosts::Any, &many[1..]), None);
        let packed = [("content-encoding", "gzip")];
        assert_eq!(code(&Hosts::Any, &packed), Some(Code::UnsupportedMediaType));
        assert_eq!(code(&Hosts::Any, &[("content-encoding", "identity")]), None);
    }
}
