//! What an OpenID provider says of somebody, signed (OpenID Connect Core, 3.1.3.7). Pure.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use parlor_protocol::Timestamp;
use serde::Deserialize;

/// Clocks may differ by this, in seconds.
const LEEWAY: i64 = 60;
/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// Algorithms by which only the provider can sign. A shared secret, or none, is not among them.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbelieved {
    /// Its key is not among the provider's.
    UnknownKey,
    /// Something it says, or how it is signed.
    Wrong(&'static str),
}

/// What a token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// By which algorithms the provider says that it signs; none: by the one that all have.
    pub(super) algorithms: &'a [String],
    pub(super) now: Timestamp,
    /// They signed in anew, not before this time, in milliseconds.
    pub(super) signed_in_since: Option<i64>,
}

/// What it says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub(super) sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    auth_time: Option<i64>,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

/// What it may say besides, as the provider's page about somebody does.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Profile {
    #[serde(default)]
    pub(super) preferred_username: Option<String>,
    #[serde(default)]
    pub(super) nickname: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    /// Some write it as a text.
    #[serde(default)]
    pub(super) email_verified: serde_json::Value,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl Profile {
    /// The address, where the provider has confirmed it.
    pub(super) fn confirmed_email(&self) -> Option<&str> {
        let is_confirmed = self.email_verified == true || self.email_verified == "true";
        self.email.as_deref().filter(|_| is_confirmed)
    }
}

/// Reads a token that is signed by one of the keys and says what it has to.
pub(super) fn read(
    token: &str,
    keys: &[Jwk],
    expected: &Expected<'_>,
) -> Result<Claims, Unbelieved> {
    if token.len() > LONGEST {
        return Err(Unbelieved::Wrong("it is too long"));
    }
    let header = jsonwebtoken::decode_header(token);
    let header = header.map_err(|_| Unbelieved::Wrong("its head makes no sense"))?;
    if !is_taken(header.alg, expected.algorithms) || header.crit.is_some() {
        return Err(Unbelieved::Wrong("its algorithm is not taken"));
    }
    let kid = header.kid.as_deref();
    let mut suitable = keys
        .iter()
        .filter(|key| fits(key, kid, header.alg))
        .peekable();
    if suitable.peek().is_none() {
        return Err(Unbelieved::UnknownKey);
    }
    let claims = suitable.find_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &signature_only(header.alg));
        Some(claims.ok()?.claims)
    });
    let unsigned = match kid {
        Some(_) => Unbelieved::Wrong("it is not signed by its key, or does not say enough"),
        // Which key it was meant to be it does not say: perhaps a new one.
        None => Unbelieved::UnknownKey,
    };
    let claims = claims.ok_or(unsigned)?;
    check(&claims, expected).map_err(Unbelieved::Wrong)?;
    Ok(claims)
}

/// Algorithms that the provider announces; RS256 where it announces none, for all have that.
fn is_taken(algorithm: Algorithm, announced: &[String]) -> bool {
    let is_announced = announced.iter().any(|name| name.parse() == Ok(algorithm));
    let is_usual = announced.is_empty() && algorithm == Algorithm::RS256;
    ALGORITHMS.contains(&algorithm) && (is_announced || is_usual)
}

fn fits(key: &Jwk, kid: Option<&str>, algorithm: Algorithm) -> bool {
    let common = &key.common;
    let is_meant = kid.is_none() || common.key_id.as_deref() == kid;
    let signs = !matches!(common.public_key_use, Some(PublicKeyUse::Encryption));
    let same = |named: jsonwebtoken::jwk::KeyAlgorithm| Algorithm::try_from(named) == Ok(algorithm);
    is_meant && signs && common.key_algorithm.is_none_or(same)
}

/// All else is compared in [`check`], with the server's own clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.set_required_spec_claims::<&str>(&[]);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), &'static str> {
    let seconds = expected.now.0.div_euclid(1000);
    let is_early = |from: i64| from > seconds + LEEWAY;
    let audience = claims.aud.all();
    let is_client = |name: &String| name == expected.client_id;
    if claims.iss != expected.issuer {
        return Err("another issuer says so");
    }
    if !audience.iter().any(is_client) {
        return Err("it is for another audience");
    }
    let is_other_party = claims.azp.as_ref().is_some_and(|azp| !is_client(azp));
    if is_other_party || (audience.len() > 1 && claims.azp.is_none()) {
        return Err("it was given to another party");
    }
    if claims.exp.saturating_add(LEEWAY) <= seconds {
        return Err("it has expired");
    }
    if is_early(claims.iat) || claims.nbf.is_some_and(is_early) {
        return Err("it is of the future");
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err("its nonce is another one");
    }
    if let Some(since) = expected.signed_in_since {
        let since = since.div_euclid(1000) - LEEWAY;
        if claims.auth_time.is_none_or(|at| at < since) {
            return Err("they did not sign in anew");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
