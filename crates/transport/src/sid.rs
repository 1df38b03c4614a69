//! Names of connections and sockets as clients see them.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The secret by which a client that polls names its connection: 120 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sid([u8; 15]);

impl Sid {
    /// A new one; an error if the system has no randomness to give.
    #[expect(
        clippy::disallowed_methods,
        reason = "this crate knows no kernel, and takes them at this one place"
    )]
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; 15];
        rand::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut bytes = [0; 15];
        match URL_SAFE_NO_PAD
            .decode_slice_unchecked(text.get(..20).filter(|sid| *sid == text)?, &mut bytes)
        {
            Ok(15) => Some(Self(bytes)),
            _ => None,
        }
    }
}

/// Not the secret itself.
impl std::fmt::Debug for Sid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sid")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sids_are_read_as_written_and_nothing_else_is() {
        let sid = Sid::random().unwrap();
        assert_eq!(Sid::decode(&sid.encode()), Some(sid));
        let other = Sid::random().unwrap();
        assert_ne!(sid, other);
        for text in [
            "",
            "abc",
            "é234567890123456789",
            "0123456789012345678%",
            "012345678901234567890",
        ] {
            assert_eq!(Sid::decode(text), None, "{text}");
        }
    }
}
