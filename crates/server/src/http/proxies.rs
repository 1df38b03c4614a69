//! Who sent a request, where trusted proxies stand in between.

use super::front::Peer;
use crate::kernel::config::Network;
use http::HeaderMap;
use std::net::IpAddr;

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    /// The client's address.
    pub(super) address: IpAddr,
    /// Whether the client's own connection is encrypted.
    pub(super) over_tls: bool,
}

/// The peer, or where that is a trusted proxy, whom it reports: the last address that no trusted proxy has. What
/// stands before it was written by somebody who is not trusted.
pub(super) fn sender(headers: &HeaderMap, peer: Peer, trusted: &[Network]) -> Sender {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.address.ip().to_canonical();
    let mut over_tls = peer.over_tls;
    if is_trusted(address) {
        over_tls |= last(headers, "x-forwarded-proto").next() == Some("https");
        for hop in last(headers, "x-forwarded-for") {
            let Ok(hop) = hop.parse::<IpAddr>() else {
                break;
            };
            address = hop.to_canonical();
            if !is_trusted(address) {
                break;
            }
        }
    }
    Sender { address, over_tls }
}

/// The entries of a header that is a list, the last first.
fn last<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    lines
        .into_iter()
        .rev()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_static(line));
        }
        let peer = Peer {
            address: (peer.parse::<IpAddr>().unwrap(), 1).into(),
            over_tls: false,
        };
        let trusted: Vec<Network> = trusted.iter().map(|n| n.parse().unwrap()).collect();
        sender(&headers, peer, &trusted).address.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(
            seen("192.0.2.1", &["198.51.100.7"], &["192.0.2.1"]),
            "198.51.100.7"
        );
        assert_eq!(
            seen("192.0.2.1", &["198.51.100.7"], &["10.0.0.0/8"]),
            "192.0.2.1"
        );
    }

    #[test]
    fn what_a_client_wrote_itself_does_not_count() {
        let trusted = ["192.0.2.1", "10.0.0.0/8"];
        assert_eq!(
            seen("192.0.2.1", &["6.6.6.6, 198.51.100.7, 10.1.1.1"], &trusted),
            "198.51.100.7"
        );
        assert_eq!(
            seen(
                "192.0.2.1",
                &["6.6.6.6", "198.51.100.7", "10.1.1.1"],
                &trusted
            ),
            "198.51.100.7"
        );
        assert_eq!(seen("192.0.2.1", &["garbage"], &trusted), "192.0.2.1");
        assert_eq!(
            seen("192.0.2.1", &["6.6.6.6, garbage, 10.1.1.1"], &trusted),
            "10.1.1.1"
        );
        assert_eq!(
            seen("::ffff:192.0.2.1", &["2001:db8::1"], &trusted),
            "2001:db8::1"
        );
    }
}
