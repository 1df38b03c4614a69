//! One-time codes from a clock (RFC 6238): six digits of an HMAC-SHA-1 over the half minute that it is. Pure.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use parlor_protocol::Timestamp;

/// The length of a secret, in bytes: as long as what the HMAC answers (RFC 4226, 4).
pub(super) const SECRET_LENGTH: usize = 20;
/// How long a code is the present one, in milliseconds.
const STEP: i64 = 30_000;
/// A phone's clock may be as many steps off.
const LEEWAY: i64 = 1;
/// The alphabet of base 32 (RFC 4648, 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that it is.
pub(super) fn step_at(now: Timestamp) -> i64 {
    now.0.div_euclid(STEP)
}

/// The code of a step.
pub(super) fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // Dynamic truncation (RFC 4226, 5.3): the last four bits say where four bytes are taken from.
    let at = bytes.last().map_or(0, |last| usize::from(last & 0xf));
    let taken = bytes.iter().skip(at).take(4);
    let number = taken.fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step whose code this is, if it is the present one or beside it, and later than `used`, the last that was taken.
pub(super) fn find_step(secret: &[u8], code: &str, now: Timestamp, used: i64) -> Option<i64> {
    let present = step_at(now);
    let steps = present - LEEWAY..=present + LEEWAY;
    let fits = |step: &i64| {
        let expected = code_of(secret, *step);
        verify_slices_are_equal(expected.as_bytes(), code.as_bytes()).is_ok()
    };
    steps.filter(fits).find(|step| *step > used)
}

/// A code as the app means it: people copy the gap in the middle too.
pub(super) fn plain(typed: &str) -> String {
    typed.split_whitespace().collect()
}

/// True for what could be a code, and not one to recover with.
pub(super) fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A secret as people type it: base 32 without padding.
pub(super) fn to_base32(secret: &[u8]) -> String {
    let mut text = String::with_capacity(secret.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in secret {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(bits: u32) -> char {
    char::from(BASE32[(bits & 31) as usize])
}

/// What a QR code holds: the secret, and what the app shows beside its codes.
pub(super) fn uri(secret: &[u8], name: &str) -> String {
    let (label, secret) = (percent(name), to_base32(secret));
    format!("otpauth://totp/Parlor:{label}?secret={secret}&issuer=Parlor")
}

fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let bytes = text.bytes();
    bytes
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// The vectors of RFC 6238, appendix B, of which six digits are taken.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = step_at(Timestamp(seconds * 1000));
            assert_eq!(code_of(SECRET, step), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_holds_a_step_early_or_late_and_once() {
        let now = Timestamp(1_111_111_111_000);
        let step = step_at(now);
        for (offset, holds) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = code_of(SECRET, step + offset);
            let found = find_step(SECRET, &code, now, 0);
            assert_eq!(found, holds.then_some(step + offset), "{offset}");
        }
        let code = code_of(SECRET, step);
        assert_eq!(find_step(SECRET, &code, now, step), None);
        assert_eq!(find_step(SECRET, &code, now, step - 1), Some(step));
        assert_eq!(find_step(b"another secret, 20 b", &code, now, 0), None);
    }

    /// The vectors of RFC 4648, 10, without their padding.
    #[test]
    fn secrets_are_written_in_base_32() {
        for (text, written) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(to_base32(text.as_bytes()), written);
        }
    }

    #[test]
    fn the_address_of_a_secret_names_its_owner() {
        let found = uri(SECRET, "李 明");
        assert_eq!(
            found,
            "otpauth://totp/Parlor:%E6%9D%8E%20%E6%98%8E?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Parlor"
        );
    }

    #[test]
    fn a_code_is_six_digits() {
        assert!(is_code("000000"));
        assert!(is_code(&plain(" 123 456\n")));
        for other in [
            "",
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "abcd-efgh",
        ] {
            assert!(!is_code(other), "{other}");
        }
    }
}
