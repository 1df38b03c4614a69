use super::*;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const NOW: i64 = 1_795_219_200;

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn jwk(seed: u8, kid: &str) -> Jwk {
    let x = URL_SAFE_NO_PAD.encode(pair(seed).public_key().as_ref());
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x });
    serde_json::from_value(key).unwrap()
}

fn token(seed: u8, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = pair(seed).sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example.org", "sub": "248289", "aud": "us", "nonce": "n",
        "iat": NOW, "exp": NOW + 300, "email": "alice@example.org",
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut claims = claims();
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "1" })
}

fn read_as(token: &str, signed_in_since: Option<i64>) -> Result<Claims, Unbelieved> {
    let keys = [jwk(1, "1"), jwk(2, "2")];
    let expected = Expected {
        issuer: "https://id.example.org",
        client_id: "us",
        nonce: "n",
        algorithms: &["EdDSA".to_owned(), "HS256".to_owned(), "none".to_owned()],
        now: Timestamp(NOW * 1000),
        signed_in_since,
    };
    read(token, &keys, &expected)
}

fn read_one(header: &Value, claims: &Value) -> Result<Claims, Unbelieved> {
    read_as(&token(1, header, claims), None)
}

#[test]
fn a_token_that_says_what_it_has_to_is_believed() {
    for claims in [
        claims(),
        with(&[("aud", json!(["us"]))]),
        with(&[("aud", json!(["us", "them"])), ("azp", json!("us"))]),
        with(&[("exp", json!(NOW - 59))]),
        with(&[("iat", json!(NOW + 60))]),
    ] {
        let read = read_one(&header(), &claims);
        assert_eq!(read.map(|it| it.sub), Ok("248289".to_owned()), "{claims}");
    }
    assert!(read_one(&json!({ "alg": "EdDSA" }), &claims()).is_ok());
}

#[test]
fn an_address_counts_where_it_is_confirmed() {
    for (verified, expected) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!(1), false),
        (Value::Null, false),
    ] {
        let read = read_one(&header(), &with(&[("email_verified", verified)])).unwrap();
        assert_eq!(read.profile.confirmed_email().is_some(), expected);
    }
}

#[test]
fn what_a_token_says_wrongly_is_not_believed() {
    for (wrong, why) in [
        (with(&[("iss", json!("https://id.example.org/"))]), "issuer"),
        (with(&[("aud", json!("them"))]), "audience"),
        (with(&[("aud", json!([]))]), "audience"),
        (with(&[("aud", json!(["us", "them"]))]), "party"),
        (with(&[("azp", json!("them"))]), "party"),
        (with(&[("exp", json!(NOW - 60))]), "expired"),
        (with(&[("iat", json!(NOW + 61))]), "future"),
        (with(&[("nbf", json!(NOW + 61))]), "future"),
        (with(&[("nonce", json!("m"))]), "nonce"),
        (with(&[("nonce", Value::Null)]), "nonce"),
        (with(&[("exp", json!("soon"))]), "say enough"),
        (with(&[("sub", json!(7))]), "say enough"),
    ] {
        match read_one(&header(), &wrong) {
            Err(Unbelieved::Wrong(reason)) => assert!(reason.contains(why), "{wrong}: {reason}"),
            other => panic!("{wrong}: {other:?}"),
        }
    }
}

#[test]
fn only_the_providers_own_keys_and_ways_of_signing_count() {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims()));
    assert!(matches!(
        read_as(&unsigned, None),
        Err(Unbelieved::Wrong(_))
    ));
    // A shared secret that everybody knows: the public key.
    for alg in ["HS256", "RS256", "ES256"] {
        let read = read_one(&json!({ "alg": alg, "kid": "1" }), &claims());
        assert!(matches!(read, Err(Unbelieved::Wrong(_))), "{alg}");
    }
    let critical = json!({ "alg": "EdDSA", "kid": "1", "crit": ["exp"] });
    assert!(read_one(&critical, &claims()).is_err());
    let of_another = token(2, &header(), &claims());
    assert!(matches!(
        read_as(&of_another, None),
        Err(Unbelieved::Wrong(_))
    ));
    let unknown = token(3, &json!({ "alg": "EdDSA", "kid": "3" }), &claims());
    assert_eq!(read_as(&unknown, None).err(), Some(Unbelieved::UnknownKey));
    let unnamed = token(3, &json!({ "alg": "EdDSA" }), &claims());
    assert_eq!(read_as(&unnamed, None).err(), Some(Unbelieved::UnknownKey));
    for garbage in ["", ".", "a.b.c", &"x".repeat(20_000)] {
        assert!(read_as(garbage, None).is_err());
    }
}

#[test]
fn who_was_to_sign_in_anew_has_done_so() {
    let at = |auth_time: Value| token(1, &header(), &with(&[("auth_time", auth_time)]));
    let since = Some(NOW * 1000);
    assert!(read_as(&at(json!(NOW - 60)), since).is_ok());
    assert!(read_as(&at(json!(NOW - 61)), since).is_err());
    assert!(read_as(&at(Value::Null), since).is_err());
}
