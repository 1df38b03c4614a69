//! What the server has to read again, and a stolen database must not tell: sealed with a key of its own, for one owner.

use super::secrets::{Secrets, SecretsError};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Seals the values of one purpose.
pub struct Seal([u8; 32]);

impl Seal {
    /// With the key of a purpose.
    #[must_use]
    pub fn new(secrets: &Secrets, purpose: &'static str) -> Self {
        Self(secrets.key(purpose))
    }

    fn key(&self) -> Result<RandomizedNonceKey, SecretsError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).map_err(|_| SecretsError::Sealing)
    }

    /// A value for the database, sealed anew each time. It opens for its `owner`, a row's id, only.
    pub fn close(&self, owner: i64, value: &[u8]) -> Result<String, SecretsError> {
        let mut bytes = value.to_vec();
        let nonce = self
            .key()?
            .seal_in_place_append_tag(Aad::from(owner.to_be_bytes()), &mut bytes)
            .map_err(|_| SecretsError::Sealing)?;
        let sealed = [nonce.as_ref().as_slice(), &bytes].concat();
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The value again; `None` where it was sealed for another owner, or the server's secret is not the one it was
    /// sealed with.
    #[must_use]
    pub fn open(&self, owner: i64, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let owner = Aad::from(owner.to_be_bytes());
        let opened = self.key().ok()?.open_in_place(nonce, owner, text).ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_for_its_owner_and_its_server_only() {
        let seal = |secret: &str| Seal::new(&Secrets::from_secret(secret).unwrap(), "test");
        let ours = seal("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA");
        let theirs = seal("0sA5gDkZ8mQ2xV7nB4tY6wR1pL9cF3hJ");
        let sealed = ours.close(7, b"open").unwrap();
        assert_eq!(ours.open(7, &sealed).as_deref(), Some(b"open".as_slice()));
        assert_eq!(ours.open(8, &sealed), None);
        assert_eq!(theirs.open(7, &sealed), None);
        assert_eq!(ours.open(7, "AAAA"), None);
        assert_ne!(sealed, ours.close(7, b"open").unwrap());
    }
}
