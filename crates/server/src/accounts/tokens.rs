//! The tokens that clients carry: access tokens (RFC 9068) and the refresh tokens they are renewed by.
//!
//! An access token is a JWT signed with EdDSA; no other algorithm is accepted, and nothing in its header chooses a key.
//! A refresh token names its session and generation under a MAC, so the server tells an old one from a forged one
//! without keeping either: an old one that comes again was stolen.

use super::error::AccountsError;
use crate::kernel::actor::Actor;
use crate::kernel::dialect::Dialect;
use crate::kernel::secrets::{Secrets, SecretsError};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use parlor_protocol::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// An access token holds for this time, in seconds.
const ACCESS_SECONDS: i64 = 600;
/// The same for clients of older systems, which know of no refresh tokens. Whether the session has ended is asked at
/// each use all the same.
const UNREFRESHED_SECONDS: i64 = 24 * 60 * 60;
/// The second step of a sign-in follows the first within this time, in seconds.
const PENDING_SECONDS: i64 = 300;
/// Clocks may differ by this, in seconds.
const LEEWAY: i64 = 60;
/// Who issues tokens, and who they are for.
const PARLOR: &str = "parlor";
/// The type of an access token (RFC 9068, 2.1).
const ACCESS_TYPE: &str = "at+jwt";
/// What stands before the seed in a PKCS #8 Ed25519 key (RFC 8410, 7).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: SessionId,
    /// How the sign-in was spoken; absent where natively.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dialect: Option<String>,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

/// What an access token claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) dialect: Dialect,
}

/// How long an access token holds, in seconds.
pub(super) fn lifetime(dialect: Dialect) -> i64 {
    match dialect {
        Dialect::Chatroom | Dialect::Platform => ACCESS_SECONDS,
        Dialect::Must | Dialect::Awesome | Dialect::Komunikator => UNREFRESHED_SECONDS,
    }
}

fn claim(dialect: Dialect) -> Option<String> {
    (dialect != Dialect::default()).then(|| dialect.as_str().to_owned())
}

/// What a refresh token claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefreshClaim {
    pub(super) session: SessionId,
    pub(super) generation: i64,
    tag: Vec<u8>,
}

/// What the token between the two steps of a sign-in claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PendingClaim {
    pub(super) user: UserId,
    /// By whom the first step was made, where it was not by a password.
    pub(super) provider: Option<String>,
    ends_at: i64,
    tag: Vec<u8>,
}

/// Issues tokens and reads them.
pub(super) struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
    key_id: String,
    refresh: hmac::Key,
    pending: hmac::Key,
}

impl Tokens {
    /// Keys derived from the server's secret.
    pub(super) fn new(secrets: &Secrets) -> Result<Self, SecretsError> {
        let seed = secrets.key("tokens");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| SecretsError::Signing)?;
        let public = pair.public_key().as_ref();
        let key_id = URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, public).as_ref()[..8]);
        Ok(Self {
            signing: EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &seed].concat()),
            verifying: DecodingKey::from_ed_der(public),
            rules: rules(),
            key_id,
            refresh: hmac::Key::new(hmac::HMAC_SHA256, &secrets.key("refresh tokens")),
            pending: hmac::Key::new(hmac::HMAC_SHA256, &secrets.key("pending sign-ins")),
        })
    }

    /// An access token of a session, issued at `now`. Asked twice for the same moment it is the same token.
    pub(super) fn issue(&self, actor: &Actor, now: Timestamp) -> Result<String, AccountsError> {
        let header = Header {
            typ: Some(ACCESS_TYPE.to_owned()),
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let iat = now.0.div_euclid(1000);
        let claims = Claims {
            iss: PARLOR.to_owned(),
            aud: PARLOR.to_owned(),
            sub: actor.user_id.to_string(),
            sid: actor.session_id,
            dialect: claim(actor.dialect),
            iat,
            exp: iat + lifetime(actor.dialect),
            nbf: None,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|error| AccountsError::Keys(error.to_string()))
    }

    /// What an access token claims, if it is one and holds at `now`.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Result<Claim, AccountsError> {
        let refused = || AccountsError::Unauthorized("the access token does not hold");
        let data = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.rules)
            .map_err(|_| refused())?;
        let (header, claims) = (data.header, data.claims);
        let is_ours = header.typ.as_deref() == Some(ACCESS_TYPE)
            && header.kid.as_deref() == Some(&self.key_id)
            && header.jwk.is_none()
            && header.jku.is_none()
            && header.crit.is_none();
        let seconds = now.0.div_euclid(1000);
        let early = |from: i64| from > seconds + LEEWAY;
        if !is_ours || early(claims.iat) || claims.nbf.is_some_and(early) {
            return Err(refused());
        }
        if claims.exp.saturating_add(LEEWAY) <= seconds {
            return Err(AccountsError::Unauthorized("the access token has expired"));
        }
        Ok(Claim {
            user: claims.sub.parse().map_err(|_| refused())?,
            session: claims.sid,
            dialect: match claims.dialect {
                Some(dialect) => dialect.parse().map_err(|_| refused())?,
                None => Dialect::default(),
            },
        })
    }

    /// The refresh token of a session's generation. `nonce` is the session's own secret.
    pub(super) fn refresh_token(&self, session: SessionId, generation: i64, nonce: &str) -> String {
        let tag = hmac::sign(
            &self.refresh,
            refresh_text(session, generation, nonce).as_bytes(),
        );
        format!(
            "{session}.{generation}.{}",
            URL_SAFE_NO_PAD.encode(tag.as_ref())
        )
    }

    /// Whether a refresh token was issued for the session that it names.
    pub(super) fn was_issued(&self, claim: &RefreshClaim, nonce: &str) -> bool {
        let text = refresh_text(claim.session, claim.generation, nonce);
        hmac::verify(&self.refresh, text.as_bytes(), &claim.tag).is_ok()
    }

    /// Says that somebody has made the first step of a sign-in at `now`, while the password has this hash: by the
    /// password, or by a provider.
    pub(super) fn pending_token(
        &self,
        user: UserId,
        password_hash: Option<&str>,
        provider: Option<&str>,
        now: Timestamp,
    ) -> String {
        let ends_at = now.0.div_euclid(1000) + PENDING_SECONDS;
        let text = pending_text(user, ends_at, provider, password_hash);
        let tag = hmac::sign(&self.pending, text.as_bytes());
        let tag = URL_SAFE_NO_PAD.encode(tag.as_ref());
        match provider {
            Some(provider) => format!("{user}.{ends_at}.{tag}.{provider}"),
            None => format!("{user}.{ends_at}.{tag}"),
        }
    }

    /// Whether that was said of this password, which is no longer so once it is changed.
    pub(super) fn is_pending(&self, claim: &PendingClaim, password_hash: Option<&str>) -> bool {
        let provider = claim.provider.as_deref();
        let text = pending_text(claim.user, claim.ends_at, provider, password_hash);
        hmac::verify(&self.pending, text.as_bytes(), &claim.tag).is_ok()
    }
}

fn pending_text(
    user: UserId,
    ends_at: i64,
    provider: Option<&str>,
    password_hash: Option<&str>,
) -> String {
    let (provider, hash) = (
        provider.unwrap_or_default(),
        password_hash.unwrap_or_default(),
    );
    format!("{user}.{ends_at}.{provider}.{hash}")
}

/// Reads what a pending token claims, unless it is over; whether it was issued is yet to be seen.
pub(super) fn read_pending(token: &str, now: Timestamp) -> Option<PendingClaim> {
    let provider = token.splitn(4, '.').nth(3);
    let step = provider.map_or(token, |it| &token[..token.len() - it.len() - 1]);
    let (user, ends_at, tag) = three_parts(step)?;
    let is_over = ends_at <= now.0.div_euclid(1000);
    (!is_over).then(|| PendingClaim {
        user,
        provider: provider.map(str::to_owned),
        ends_at,
        tag,
    })
}

/// Two numbers and a tag.
fn three_parts(token: &str) -> Option<(i64, i64, Vec<u8>)> {
    let mut parts = token.splitn(3, '.');
    let numbers = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let tag = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    Some((numbers.0, numbers.1, tag))
}

/// What every access token has to say about itself.
fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_issuer(&[PARLOR]);
    rules.set_audience(&[PARLOR]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Times are compared with the server's own clock, in `Tokens::read`.
    rules.validate_exp = false;
    rules
}

fn refresh_text(session: SessionId, generation: i64, nonce: &str) -> String {
    format!("{session}.{generation}.{nonce}")
}

/// Reads what a refresh token claims; whether it holds is yet to be seen.
pub(super) fn read_refresh(token: &str) -> Option<RefreshClaim> {
    let (session, generation, tag) = three_parts(token)?;
    Some(RefreshClaim {
        session,
        generation,
        tag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn tokens() -> Tokens {
        let secrets = Secrets::from_secret("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA").unwrap();
        Tokens::new(&secrets).unwrap()
    }

    fn claims() -> Value {
        let now = NOW.0 / 1000;
        json!({"iss": "parlor", "aud": "parlor", "sub": "7", "sid": 9, "iat": now, "exp": now + 600})
    }

    fn with(change: &[(&str, Value)]) -> Value {
        let mut claims = claims();
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        claims
    }

    fn sign(tokens: &Tokens, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let key = Ed25519KeyPair::from_seed_unchecked(
            &Secrets::from_secret("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA")
                .unwrap()
                .key("tokens"),
        )
        .unwrap();
        assert!(!tokens.key_id.is_empty());
        format!(
            "{text}.{}",
            URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).as_ref())
        )
    }

    fn header(tokens: &Tokens) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": tokens.key_id})
    }

    #[test]
    fn an_access_token_says_who_and_ends() {
        let tokens = tokens();
        let (alice, native) = (actor(Dialect::Chatroom), Dialect::Chatroom);
        let token = tokens.issue(&alice, NOW).unwrap();
        let (user, session, dialect) = (7, 9, native);
        let claim = Claim {
            user,
            session,
            dialect,
        };
        assert_eq!(tokens.read(&token, NOW).unwrap(), claim);
        assert_eq!(tokens.issue(&alice, NOW).unwrap(), token);
        assert!(tokens.read(&token, NOW.plus_millis(659_000)).is_ok());
        assert!(tokens.read(&token, NOW.plus_millis(660_000)).is_err());
        assert!(tokens.read(&token, NOW.plus_millis(-59_000)).is_ok());
        assert!(tokens.read(&token, NOW.plus_millis(-62_000)).is_err());
    }

    fn actor(dialect: Dialect) -> Actor {
        Actor {
            has_factor: false,
            user_id: 7,
            session_id: 9,
            username: "alice".to_owned(),
            is_guest: false,
            is_system_admin: false,
            dialect,
            origin: crate::kernel::actor::Origin::default(),
        }
    }

    #[test]
    fn a_token_says_how_its_sign_in_was_spoken() {
        let tokens = tokens();
        for dialect in Dialect::ALL {
            let token = tokens.issue(&actor(dialect), NOW).unwrap();
            assert_eq!(tokens.read(&token, NOW).unwrap().dialect, dialect);
        }
        let unheard_of = with(&[("dialect", json!("morse"))]);
        let token = sign(&tokens, &header(&tokens), &unheard_of);
        assert!(tokens.read(&token, NOW).is_err());
        // Who cannot refresh is not sent away after ten minutes.
        let token = tokens.issue(&actor(Dialect::Must), NOW).unwrap();
        let later = NOW.plus_millis(23 * 3_600_000);
        assert!(tokens.read(&token, later).is_ok());
    }

    #[test]
    fn no_header_talks_the_server_into_another_key_or_algorithm() {
        let tokens = tokens();
        assert!(
            tokens
                .read(&sign(&tokens, &header(&tokens), &claims()), NOW)
                .is_ok()
        );
        let unsigned = |alg: &str| {
            let header = json!({"alg": alg, "typ": "at+jwt", "kid": tokens.key_id});
            let signed = sign(&tokens, &header, &claims());
            let (text, _) = signed.rsplit_once('.').unwrap();
            [format!("{text}."), signed.clone()]
        };
        for alg in ["none", "None", "HS256", "RS256", "ES256", "PS512"] {
            for token in unsigned(alg) {
                assert!(tokens.read(&token, NOW).is_err(), "{alg}");
            }
        }
        // The public key is no shared secret.
        let public = tokens.verifying.try_get_as_bytes().unwrap();
        let mixed = jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &claims(),
            &EncodingKey::from_secret(public),
        );
        assert!(tokens.read(&mixed.unwrap(), NOW).is_err());
        for (name, value) in [
            ("kid", json!("../../dev/null")),
            ("kid", Value::Null),
            ("typ", json!("JWT")),
            ("typ", json!("rt+jwt")),
            ("jku", json!("https://elsewhere.example/keys")),
            ("crit", json!(["exp"])),
            (
                "jwk",
                json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            ),
        ] {
            let mut header = header(&tokens);
            header[name] = value.clone();
            let token = sign(&tokens, &header, &claims());
            assert!(tokens.read(&token, NOW).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn every_claim_has_to_hold() {
        let tokens = tokens();
        let now = NOW.0 / 1000;
        for (name, value) in [
            ("exp", json!((now + 600).to_string())),
            ("exp", json!(-1)),
            ("exp", Value::Null),
            ("exp", json!(1e300)),
            ("nbf", json!("soon")),
            ("nbf", json!(now + 3600)),
            ("iat", json!(now + 3600)),
            ("iss", json!("elsewhere")),
            ("aud", json!("elsewhere")),
            ("sub", json!("alice")),
            ("sid", json!("9")),
        ] {
            let token = sign(&tokens, &header(&tokens), &with(&[(name, value.clone())]));
            assert!(tokens.read(&token, NOW).is_err(), "{name} {value}");
        }
        for name in ["exp", "iss", "aud", "sub", "sid", "iat"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let token = sign(&tokens, &header(&tokens), &claims);
            assert!(tokens.read(&token, NOW).is_err(), "without {name}");
        }
        for token in ["", "a", "a.b", "a.b.c", "....", "é.é.é"] {
            assert!(tokens.read(token, NOW).is_err(), "{token}");
        }
    }

    #[test]
    fn a_refresh_token_belongs_to_one_generation_of_one_session() {
        let tokens = tokens();
        let token = tokens.refresh_token(9, 3, "nonce");
        let claim = read_refresh(&token).unwrap();
        assert_eq!((claim.session, claim.generation), (9, 3));
        assert!(tokens.was_issued(&claim, "nonce"));
        assert!(!tokens.was_issued(&claim, "other"));
        let next = RefreshClaim {
            generation: 4,
            ..claim
        };
        assert!(!tokens.was_issued(&next, "nonce"));
        assert!(tokens.read(&token, NOW).is_err());
        for token in ["", "9", "9.3", "9.3.!", "x.y.z"] {
            assert!(read_refresh(token).is_none_or(|c| !tokens.was_issued(&c, "nonce")));
        }
    }
}
