//! The server's keys. All are derived from one secret, so that an operator has one thing to keep.

use aws_lc_rs::{digest, hkdf, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Where the secret is in the data directory.
const FILE: &str = "secrets.json";
/// The shortest secret that is accepted, in bytes.
const SHORTEST: usize = 32;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Too short, or one of the texts that documentation uses.
    #[error(
        "PARLOR_SECRET_KEY is a placeholder or shorter than 32 bytes; leave it out to have one made"
    )]
    Weak,
    /// The file in the data directory cannot be used.
    #[error("{path}: {reason}")]
    File {
        /// Which file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// No signing key could be derived.
    #[error("no signing key could be derived from the secret")]
    Signing,
    /// A value could not be sealed.
    #[error("a value could not be sealed")]
    Sealing,
    /// The machine gave no randomness.
    #[error("no random numbers")]
    Random,
}

/// The operator's secret, or else the one in the data directory; unlike [`Secrets::load`] makes none.
pub fn stored(given: Option<&str>, data_dir: &Path) -> Result<Option<String>, SecretsError> {
    match given {
        Some(secret) => Ok(Some(secret.to_owned())),
        None => read_file(&data_dir.join(FILE)),
    }
}

/// Keeps a secret in a data directory that has none.
pub fn keep(secret: &str, data_dir: &Path) -> Result<(), SecretsError> {
    make_file(&data_dir.join(FILE), secret)
}

/// What tells a secret from others, and tells nothing of it.
pub fn mark(secret: &str) -> Result<String, SecretsError> {
    let key = Secrets::from_secret(secret)?.key("mark of the secret");
    Ok(URL_SAFE_NO_PAD.encode(&key[..9]))
}

/// Keys for one purpose each.
pub struct Secrets {
    root: hkdf::Prk,
}

#[derive(Serialize, Deserialize)]
struct File {
    secret_key: String,
}

impl Secrets {
    /// From the operator's secret, or else from `secrets.json` in the data directory, made there on the first start.
    pub fn load(given: Option<&str>, data_dir: &Path) -> Result<Self, SecretsError> {
        let secret = match given {
            Some(secret) => secret.to_owned(),
            None => load_file(&data_dir.join(FILE))?,
        };
        Self::from_secret(&secret)
    }

    /// From a secret of 32 bytes or more.
    pub fn from_secret(secret: &str) -> Result<Self, SecretsError> {
        let folded = secret.to_ascii_lowercase();
        let placeholder = ["secret", "change", "example", "password", "your-", "your_"]
            .iter()
            .any(|w| folded.contains(w));
        let varied = secret
            .bytes()
            .collect::<std::collections::BTreeSet<_>>()
            .len()
            >= 8;
        if secret.len() < SHORTEST || placeholder || !varied {
            return Err(SecretsError::Weak);
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"parlor");
        Ok(Self {
            root: salt.extract(secret.as_bytes()),
        })
    }

    /// The 32-byte key of a purpose. Another purpose gives an unrelated key.
    #[must_use]
    pub fn key(&self, purpose: &'static str) -> [u8; 32] {
        let mut key = [0; 32];
        let info = [purpose.as_bytes()];
        // Expanding to the hash's own length cannot fail.
        let _ = self
            .root
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut key));
        key
    }
}

fn load_file(path: &Path) -> Result<String, SecretsError> {
    if let Some(secret) = read_file(path)? {
        return Ok(secret);
    }
    let mut bytes = [0; 32];
    fill_random(&mut bytes)?;
    let secret = STANDARD_NO_PAD.encode(bytes);
    make_file(path, &secret)?;
    Ok(secret)
}

fn read_file(path: &Path) -> Result<Option<String>, SecretsError> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let file: File =
                serde_json::from_slice(&bytes).map_err(|error| failed(path, &error))?;
            Ok(Some(file.secret_key))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

fn make_file(path: &Path, secret: &str) -> Result<(), SecretsError> {
    let file = File {
        secret_key: secret.to_owned(),
    };
    write_private(path, &serde_json::to_vec_pretty(&file).unwrap_or_default())
        .map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &dyn std::error::Error) -> SecretsError {
    SecretsError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[expect(clippy::disallowed_methods, reason = "the one place that takes them")]
fn fill_random(bytes: &mut [u8]) -> Result<(), SecretsError> {
    rand::fill(bytes).map_err(|_| SecretsError::Random)
}

/// Random bytes.
pub fn random_bytes<const LENGTH: usize>() -> Result<[u8; LENGTH], SecretsError> {
    let mut bytes = [0; LENGTH];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

/// A random text that can be read aloud: groups of four letters and digits that are not mistaken for one another, 20 bits
/// each.
pub fn readable_token(groups: usize) -> Result<String, SecretsError> {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz_";
    let mut bytes = vec![0; groups * 4];
    fill_random(&mut bytes)?;
    let group = |bytes: &[u8]| -> String {
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
        bytes.iter().map(letter).collect()
    };
    Ok(bytes.chunks(4).map(group).collect::<Vec<_>>().join("-"))
}

/// A random token of 256 bits, as text that is safe in URLs, headers and cookies.
pub fn random_token() -> Result<String, SecretsError> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// What is stored of a token: its SHA-256, so that a stolen database signs nobody in.
#[must_use]
pub fn token_digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_or_placeholder_secret_is_refused() {
        for weak in [
            "short",
            "secret_key_here_secret_key_here_secret",
            "00000000000000000000000000000000000",
        ] {
            assert!(
                matches!(Secrets::from_secret(weak), Err(SecretsError::Weak)),
                "{weak}"
            );
        }
        let secrets = Secrets::from_secret("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA").unwrap();
        assert_ne!(secrets.key("tokens"), secrets.key("access keys"));
    }

    #[test]
    fn the_first_start_makes_a_secret_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let first = Secrets::load(None, dir.path()).unwrap().key("tokens");
        assert_eq!(
            Secrets::load(None, dir.path()).unwrap().key("tokens"),
            first
        );
        let mode = std::fs::metadata(dir.path().join("secrets.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
