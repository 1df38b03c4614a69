//! Which addresses may be connected to. Pure.

use super::super::config::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may be connected to: a public one encrypted, one `inside` the networks that the operator has named
/// without that too.
pub(super) fn may_connect(address: IpAddr, is_encrypted: bool, inside: &[Network]) -> bool {
    let is_inside = inside.iter().any(|network| network.contains(address));
    is_inside || (is_encrypted && is_public(address))
}

/// Whether an address is somebody's on the Internet, by the registries of special ones (RFC 6890 and what has been added
/// since).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // This network, this machine, private use, multicast, reserved and broadcast.
    let is_own = matches!(a, 0 | 10 | 127 | 224..);
    // Private use, shared by carriers, this link, benchmarks.
    let is_local = matches!(
        (a, b),
        (172, 16..32) | (192, 168) | (100, 64..128) | (169, 254) | (198, 18..20)
    );
    // Protocols, documentation, 6to4.
    let is_special = matches!(
        (a, b, c),
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) | (192, 88, 99)
    );
    !(is_own || is_local || is_special)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // NAT64 stands for an address of the older kind.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        // Protocols and tunnels, documentation, 6to4.
        [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..0x1000, ..] => false,
        // All that is given out.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(address: &str, is_encrypted: bool, inside: &[&str]) -> bool {
        let inside: Vec<Network> = inside.iter().map(|it| it.parse().unwrap()).collect();
        may_connect(address.parse().unwrap(), is_encrypted, &inside)
    }

    #[test]
    fn inside_addresses_are_left_alone() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!may(address, true, &[]), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_asked_encrypted() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "223.255.255.255",
            "64:ff9b::8.8.8.8",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(may(address, true, &[]), "{address}");
            assert!(!may(address, false, &[]), "{address}");
        }
    }

    #[test]
    fn a_network_that_was_named_is_asked_either_way_and_no_other() {
        let named = ["10.1.0.0/16", "127.0.0.1"];
        for address in ["10.1.9.9", "127.0.0.1", "::ffff:127.0.0.1"] {
            assert!(
                may(address, true, &named) && may(address, false, &named),
                "{address}"
            );
        }
        assert!(!may("10.2.0.1", true, &named) && !may("127.0.0.2", true, &named));
    }
}
