//! Access keys of private rooms: found by a keyed digest, kept sealed, so that a stolen database opens no room.

use super::error::RoomsError;
use crate::kernel::secrets::Secrets;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::RoomId;

/// Letters and digits that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz_";

/// Makes, finds, seals and opens keys.
pub(super) struct Keys {
    lookup: hmac::Key,
    seal: [u8; 32],
}

/// A key as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredKey {
    /// Finds the room, and is unique.
    pub(super) digest: String,
    /// What its owner is shown, sealed.
    pub(super) sealed: String,
}

impl Keys {
    pub(super) fn new(secrets: &Secrets) -> Self {
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &secrets.key("room key lookup"));
        let seal = secrets.key("room key seal");
        Self { lookup, seal }
    }

    fn seal(&self) -> Result<RandomizedNonceKey, RoomsError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.seal).map_err(|_| RoomsError::Keys)
    }

    /// What a key is found by.
    pub(super) fn digest(&self, key: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.lookup, key.as_bytes()))
    }

    /// A key for the database. It opens for its own room only.
    pub(super) fn store(&self, room: RoomId, key: &str) -> Result<StoredKey, RoomsError> {
        let mut bytes = key.as_bytes().to_vec();
        let nonce = self
            .seal()?
            .seal_in_place_append_tag(Aad::from(room.to_be_bytes()), &mut bytes)
            .map_err(|_| RoomsError::Keys)?;
        let sealed = [nonce.as_ref().as_slice(), &bytes].concat();
        Ok(StoredKey {
            digest: self.digest(key),
            sealed: URL_SAFE_NO_PAD.encode(sealed),
        })
    }

    /// The key again; `None` where the server's secret is not the one it was sealed with.
    pub(super) fn open(&self, room: RoomId, sealed: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self
            .seal()
            .ok()?
            .open_in_place(nonce, Aad::from(room.to_be_bytes()), text)
            .ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

/// A key that nobody guesses: 100 bits, in groups that can be read aloud.
pub(super) fn generate() -> Result<String, RoomsError> {
    let mut bytes = [0_u8; 20];
    rand::fill(&mut bytes).map_err(|_| RoomsError::Keys)?;
    let group = |bytes: &[u8]| -> String {
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
        bytes.iter().map(letter).collect()
    };
    Ok(bytes.chunks(4).map(group).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> Keys {
        Keys::new(&Secrets::from_secret(secret).unwrap())
    }

    #[test]
    fn a_key_opens_for_its_room_and_its_server_only() {
        let ours = keys("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA");
        let theirs = keys("0sA5gDkZ8mQ2xV7nB4tY6wR1pL9cF3hJ");
        let stored = ours.store(7, "open, Sésame").unwrap();
        assert!(!stored.sealed.contains("same") && !stored.digest.contains("same"));
        assert_eq!(
            ours.open(7, &stored.sealed).as_deref(),
            Some("open, Sésame")
        );
        assert_eq!(ours.open(8, &stored.sealed), None);
        assert_eq!(theirs.open(7, &stored.sealed), None);
        assert_eq!(ours.open(7, "AAAA"), None);
        assert_ne!(
            stored.sealed,
            ours.store(7, "open, Sésame").unwrap().sealed,
            "sealed anew each time"
        );
        assert_eq!(stored.digest, ours.digest("open, Sésame"));
        assert_ne!(stored.digest, theirs.digest("open, Sésame"));
    }

    #[test]
    fn a_made_key_is_long_and_never_the_same() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 24);
        assert!(crate::rooms::names::check_key(&one).is_ok());
    }
}
