//! Recovery codes: each stands in for a lost phone once.

use super::Keys;
use crate::kernel::secrets::{SecretsError, readable_token};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::UserId;

/// How many somebody has.
const COUNT: usize = 10;
/// Groups of four characters in each: 80 bits, which nobody guesses.
const GROUPS: usize = 4;
/// What is longer is no code.
const LONGEST: usize = 64;

/// New codes.
pub(super) fn generate() -> Result<Vec<String>, SecretsError> {
    (0..COUNT).map(|_| readable_token(GROUPS)).collect()
}

impl Keys {
    /// What a code is found by, however it was typed; `None` for what is none.
    pub(super) fn digest(&self, owner: UserId, code: &str) -> Option<String> {
        if code.len() > LONGEST {
            return None;
        }
        let plain = code.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
        let tag = hmac::sign(&self.recovery, format!("{owner}.{plain}").as_bytes());
        (!plain.is_empty()).then(|| URL_SAFE_NO_PAD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::secrets::Secrets;

    #[test]
    fn a_code_is_the_same_however_it_is_typed_and_its_owners_alone() {
        let secrets = Secrets::from_secret("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA").unwrap();
        let keys = Keys::new(&secrets);
        let digest = keys.digest(7, "abcd-efgh-2345-6789");
        assert!(digest.is_some());
        assert_eq!(digest, keys.digest(7, " ABCD efgh 2345 6789 "));
        assert_ne!(digest, keys.digest(8, "abcd-efgh-2345-6789"));
        assert_eq!(keys.digest(7, "- -"), None);
        assert_eq!(keys.digest(7, &"a".repeat(65)), None);
    }

    #[test]
    fn there_are_ten_and_no_two_the_same() {
        let codes = generate().unwrap();
        let different: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), different.len()), (10, 10));
        assert!(codes.iter().all(|code| code.len() == 19));
    }
}
