//! Access keys of private rooms: found by a keyed digest, kept sealed, so that a stolen database opens no room.

use super::error::RoomsError;
use crate::kernel::seal::Seal;
use crate::kernel::secrets::{Secrets, readable_token};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::RoomId;

/// Makes, finds, seals and opens keys.
pub(super) struct Keys {
    lookup: hmac::Key,
    seal: Seal,
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
        let seal = Seal::new(secrets, "room key seal");
        Self { lookup, seal }
    }

    /// What a key is found by.
    pub(super) fn digest(&self, key: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.lookup, key.as_bytes()))
    }

    /// A key for the database. It opens for its own room only.
    pub(super) fn store(&self, room: RoomId, key: &str) -> Result<StoredKey, RoomsError> {
        let sealed = self.seal.close(room, key.as_bytes());
        Ok(StoredKey {
            digest: self.digest(key),
            sealed: sealed.map_err(|_| RoomsError::Keys)?,
        })
    }

    /// The key again; `None` where the server's secret is not the one it was sealed with.
    pub(super) fn open(&self, room: RoomId, sealed: &str) -> Option<String> {
        String::from_utf8(self.seal.open(room, sealed)?).ok()
    }
}

/// A key that nobody guesses: 100 bits, in groups that can be read aloud.
pub(super) fn generate() -> Result<String, RoomsError> {
    readable_token(5).map_err(|_| RoomsError::Keys)
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
