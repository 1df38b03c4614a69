//! Texts that mean something.

use super::Profile;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// A range of addresses: `10.0.0.0/8`, `fd00::/8`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address is inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no address or network such as 10.0.0.0/8");
        let (base, bits) = text
            .split_once('/')
            .map_or((text, None), |(base, bits)| (base, Some(bits)));
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Development => "development",
            Self::Production => "production",
            Self::Testing => "testing",
        })
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            "testing" => Ok(Self::Testing),
            _ => Err(format!(
                "{text:?} is none of development, production, testing"
            )),
        }
    }
}

/// Of whom a second factor is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequireFactor {
    /// Of nobody.
    #[default]
    None,
    /// Of those who run the server.
    Admins,
    /// Of everybody with an account.
    Everyone,
}

impl fmt::Display for RequireFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Admins => "admins",
            Self::Everyone => "everyone",
        })
    }
}

impl FromStr for RequireFactor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "admins" => Ok(Self::Admins),
            "everyone" => Ok(Self::Everyone),
            _ => Err(format!("{text:?} is none of none, admins, everyone")),
        }
    }
}

/// How connections are encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    Off,
    /// With a certificate that the server makes and signs itself.
    SelfSigned,
    /// With the operator's, in PEM files.
    Files {
        /// The certificate, and those that lead to it.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

impl fmt::Display for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::SelfSigned => f.write_str("self-signed"),
            Self::Files { certificate, key } => {
                write!(f, "{},{}", certificate.display(), key.display())
            }
        }
    }
}

impl FromStr for Tls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.split_once(',')) {
            ("off" | "", _) => Ok(Self::Off),
            ("self-signed", _) => Ok(Self::SelfSigned),
            (_, Some((certificate, key))) => Ok(Self::Files {
                certificate: certificate.trim().into(),
                key: key.trim().into(),
            }),
            _ => Err(format!(
                "{text:?} is none of off, self-signed, CERT.pem,KEY.pem"
            )),
        }
    }
}

/// `on` or `off`, and what other programs call these.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" | "" => Ok(false),
        _ => Err(format!("{text:?} is neither on nor off")),
    }
}

/// A number of at least 1.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{text:?} is no number from 1 up"))
}

/// Seconds: `10` or `10s`, at most an hour.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text).trim().parse().ok();
    let number = number.filter(|seconds| (0..=3600).contains(seconds));
    number
        .map(Duration::from_secs)
        .ok_or_else(|| format!("{text:?} is no number of seconds from 0 to 3600"))
}

/// A time span that people think of in hours or days: a number of seconds, or one with `m`, `h` or `d`, up to a year.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    const YEAR: u64 = 366 * 24 * 60 * 60;
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 60 * 60),
        Some((at, 'd')) => (&text[..at], 24 * 60 * 60),
        _ => (text, 1),
    };
    let seconds = number.trim().parse::<u64>().ok();
    let seconds = seconds.and_then(|number| number.checked_mul(unit));
    seconds
        .filter(|seconds| *seconds <= YEAR)
        .map(Duration::from_secs)
        .ok_or_else(|| format!("{text:?} is no time such as 3600, 90m, 24h or 7d, up to a year"))
}

/// A list with commas.
pub(super) fn list<T>(
    text: &str,
    each: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let items = text.split(',').map(str::trim);
    items.filter(|item| !item.is_empty()).map(each).collect()
}

/// A host name or address as it stands in `Host`, in lower case; a port narrows it.
pub(super) fn host(text: &str) -> Result<String, String> {
    let plain = !text.contains(['/', '@', ' ', '*', '?', '#']);
    match text.parse::<http::uri::Authority>() {
        Ok(authority) if plain => Ok(authority.as_str().to_ascii_lowercase()),
        _ => Err(format!("{text:?} is no host name such as chat.example.org")),
    }
}

/// An origin: scheme, host and perhaps a port (RFC 6454, section 6.2).
pub(super) fn origin(text: &str) -> Result<String, String> {
    if text == "*" {
        return Err(
            "\"*\" would let any page act for whoever is signed in; name the origins".to_owned(),
        );
    }
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let rest = host(rest)
        .ok()
        .filter(|_| matches!(scheme, "http" | "https"));
    let rest =
        rest.ok_or_else(|| format!("{text:?} is no origin such as https://chat.example.org"))?;
    Ok(format!("{scheme}://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_of_its_range() {
        let holds = |network: &str, address: &str| {
            network
                .parse::<Network>()
                .unwrap()
                .contains(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.9.8.7"));
        assert!(holds("10.0.0.0/8", "::ffff:10.9.8.7"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("fd00::/8", "fd12::1"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "1.2.3.4/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_exact() {
        assert_eq!(
            origin("https://Chat.Example.org:8443").unwrap(),
            "https://chat.example.org:8443"
        );
        for wrong in [
            "*",
            "https://*.example.org",
            "chat.example.org",
            "https://a/b",
            "ftp://a",
            "https://",
            "null",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_and_counts_are_bounded() {
        assert_eq!(seconds("10s").unwrap(), Duration::from_secs(10));
        assert!(seconds("3601").is_err() && seconds("-1").is_err() && seconds("1m").is_err());
        assert!(count("0").is_err() && count("x").is_err());
    }
}
