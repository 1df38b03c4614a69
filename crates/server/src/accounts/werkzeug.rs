//! Password hashes as Werkzeug writes them, which people of older systems bring along: `pbkdf2:sha256:600000$salt$hex`
//! and `scrypt:32768:8:1$salt$hex`. They hold until the next sign-in, which puts one of this server's in their place.

use aws_lc_rs::{constant_time, pbkdf2};
use std::num::NonZeroU32;

/// A hash costs no more than this: iterations, and bytes of memory. What is brought along is not to stop the server.
const MOST_ITERATIONS: u32 = 10_000_000;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The shortest and the longest hash, in bytes.
const LENGTH: std::ops::RangeInclusive<usize> = 16..=128;

/// A hash of one of the known kinds.
pub(super) struct Hash<'a> {
    method: Method,
    salt: &'a str,
    expected: Vec<u8>,
}

enum Method {
    Pbkdf2(pbkdf2::Algorithm, NonZeroU32),
    Scrypt(scrypt::Params),
}

/// Reads a stored hash; `None` where it is none of Werkzeug's, or one that would cost too much.
pub(super) fn read(stored: &str) -> Option<Hash<'_>> {
    let mut parts = stored.splitn(3, '$');
    let (method, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let hash = bytes(hash).filter(|hash| LENGTH.contains(&hash.len()))?;
    let mut method = method.split(':');
    let method = match method.next()? {
        "pbkdf2" => read_pbkdf2(&mut method)?,
        "scrypt" => read_scrypt(&mut method)?,
        _ => return None,
    };
    Some(Hash {
        method,
        salt,
        expected: hash,
    })
}

fn read_pbkdf2<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Method> {
    let algorithm = match parts.next()? {
        "sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let iterations: NonZeroU32 = parts.next()?.parse().ok()?;
    let holds = iterations.get() <= MOST_ITERATIONS && parts.next().is_none();
    holds.then_some(Method::Pbkdf2(algorithm, iterations))
}

fn read_scrypt<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Method> {
    let mut number = || parts.next()?.parse::<u32>().ok();
    let (n, r, p) = (number()?, number()?, number()?);
    let memory = 128_u64
        .checked_mul(n.into())?
        .checked_mul(r.into())?
        .checked_mul(p.into())?;
    if !n.is_power_of_two() || memory > MOST_MEMORY || parts.next().is_some() {
        return None;
    }
    let log_n = u8::try_from(n.trailing_zeros()).ok()?;
    Some(Method::Scrypt(scrypt::Params::new(log_n, r, p).ok()?))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}

impl Hash<'_> {
    /// Whether it is the hash of this password.
    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let salt = self.salt.as_bytes();
        match &self.method {
            Method::Pbkdf2(algorithm, iterations) => {
                pbkdf2::verify(*algorithm, *iterations, salt, password, &self.expected).is_ok()
            }
            Method::Scrypt(params) => {
                let mut made = vec![0; self.expected.len()];
                scrypt::scrypt(password, salt, params, &mut made).is_ok()
                    && constant_time::verify_slices_are_equal(&made, &self.expected).is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `werkzeug.security.generate_password_hash`.
    const PBKDF2: &str = "pbkdf2:sha256:600000$Qk3yZ8sWv1Lm0aBc$795ab11392a43df6ae63a908c3c1755a19d3bbd68271ccd8e42158d32cab8682";
    const SCRYPT: &str = "scrypt:32768:8:1$Qk3yZ8sWv1Lm0aBc$10dda292a99f1a1834e855bb8c210fcdfa2543fce0a644e3402541932ab5d5faf3a738e49a99f090d110e1a47291722c82e6c5ee187be1df0685165aef14a190";

    #[test]
    fn werkzeugs_own_hashes_match_their_password_alone() {
        for stored in [PBKDF2, SCRYPT] {
            let hash = read(stored).expect("a hash");
            assert!(hash.is_of("correct horse 密码".as_bytes()), "{stored}");
            assert!(!hash.is_of(b"wrong horse"), "{stored}");
        }
    }

    #[test]
    fn what_is_not_known_or_too_costly_is_not_read() {
        let hex = "00".repeat(32);
        for odd in [
            String::new(),
            "plain text".to_owned(),
            "$2b$12$abcdefghijklmnopqrstuv".to_owned(),
            format!("pbkdf2:md5:1000$salt${hex}"),
            format!("pbkdf2:sha256:0$salt${hex}"),
            format!("pbkdf2:sha256:999999999$salt${hex}"),
            format!("pbkdf2:sha256$salt${hex}"),
            format!("scrypt:32769:8:1$salt${hex}"),
            format!("scrypt:1048576:8:8$salt${hex}"),
            "pbkdf2:sha256:1000$salt$xyz".to_owned(),
            "scrypt:32768:8:1$salt$00".to_owned(),
        ] {
            assert!(read(&odd).is_none(), "{odd}");
        }
    }
}
