//! A provider by whom people sign in, on a free port, and a browser that goes there and back. It does what it should unless it
//! is told otherwise.

use crate::{Reply, Visitor};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor::kernel::clock::Clock;
use parlor::kernel::config::values::Secret;
use parlor::kernel::config::{self, ProviderKind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// What a provider answers in place of what it should.
#[derive(Clone, Debug)]
pub enum Says {
    /// Nothing, ever.
    Nothing,
    /// This, with a status.
    Text(u16, String),
    /// That it is elsewhere.
    Moved(String),
}

/// What was granted to a client, until it is exchanged.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// The parameters that the browser brought.
    pub asked: BTreeMap<String, String>,
    /// What is said of who signed in.
    pub claims: BTreeMap<String, Value>,
}

/// A question that was asked: its path, and its parameters, of the address or of the form.
type Asked = (String, BTreeMap<String, String>);

struct Inside {
    base: String,
    clock: Clock,
    key: EcdsaKeyPair,
    kid: usize,
    grants: HashMap<String, Grant>,
    head: Value,
    changes: BTreeMap<String, Value>,
    otherwise: HashMap<String, Says>,
    asked: Vec<Asked>,
}

/// A provider of OpenID Connect.
pub struct Provider(Arc<Mutex<Inside>>);

impl Provider {
    /// Starts one that lives in the time of a clock.
    pub async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Mutex::new(Inside {
            base: format!("http://{address}"),
            clock,
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"),
            kid: 1,
            grants: HashMap::new(),
            head: json!({}),
            changes: BTreeMap::new(),
            otherwise: HashMap::new(),
            asked: Vec::new(),
        }));
        let router = Router::new().fallback(answer).with_state(inside.clone());
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self(inside)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its address, which is its issuer too.
    #[must_use]
    pub fn base(&self) -> String {
        self.inside().base.clone()
    }

    /// As a server is told of it.
    #[must_use]
    pub fn settings(&self, name: &str, kind: ProviderKind) -> config::Provider {
        let base = self.base();
        let at = |path: &str| Some(format!("{base}/{name}{path}").parse().expect("an address"));
        let by_discovery = kind == ProviderKind::Oidc;
        let unless = |url: Option<Url>| url.filter(|_| !by_discovery);
        config::Provider {
            name: name.to_owned(),
            label: name.to_owned(),
            kind,
            issuer: base.clone(),
            client_id: "us".to_owned(),
            client_secret: Some(Secret("hush".to_owned())),
            scope: "openid profile email".to_owned(),
            authorization_url: unless(at("/authorize")),
            token_url: unless(at("/token")),
            profile_url: unless(at("/profile")),
            openid_url: unless(at("/openid")),
        }
    }

    /// Answers otherwise at a path from now on.
    pub fn answer(&self, path: &str, says: Says) {
        self.inside().otherwise.insert(path.to_owned(), says);
    }

    /// Does what it should again.
    pub fn behave(&self) {
        let mut inside = self.inside();
        inside.otherwise.clear();
        inside.changes.clear();
        inside.head = json!({});
    }

    /// Says this wrongly in what it signs; `null` is left out.
    pub fn claim(&self, name: &str, value: Value) {
        self.inside().changes.insert(name.to_owned(), value);
    }

    /// Says this wrongly in the head of what it signs.
    pub fn head(&self, name: &str, value: Value) {
        self.inside().head[name] = value;
    }

    /// Signs with another key from now on.
    pub fn rotate(&self) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let mut inside = self.inside();
        inside.key = key;
        inside.kid += 1;
    }

    /// What it was asked, at a path.
    #[must_use]
    pub fn asked(&self, path: &str) -> Vec<BTreeMap<String, String>> {
        let asked = &self.inside().asked;
        let there = asked.iter().filter(|(at, _)| at == path);
        there.map(|(_, parameters)| parameters.clone()).collect()
    }

    /// Somebody signs in at the page they were led to: answers the path and query that the browser is sent back with.
    #[must_use]
    pub fn sign_in(&self, page: &str, claims: Value) -> String {
        let page: Url = page.parse().expect("an address");
        let asked: BTreeMap<String, String> = page.query_pairs().into_owned().collect();
        let claims = claims.as_object().expect("claims").clone();
        let mut inside = self.inside();
        let code = format!("code-{}", inside.grants.len() + inside.asked.len());
        let mut back: Url = asked["redirect_uri"].parse().expect("an address");
        let state = asked["state"].clone();
        let back_with = [("code", code.as_str()), ("state", &state)];
        back.query_pairs_mut().extend_pairs(back_with);
        let claims = claims.into_iter().collect();
        inside.grants.insert(code, Grant { asked, claims });
        back[url::Position::BeforePath..].to_owned()
    }
}

async fn answer(State(inside): State<Arc<Mutex<Inside>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = to_bytes(request.into_body(), 64 * 1024)
        .await
        .unwrap_or_default();
    let read = |bytes: &[u8]| -> BTreeMap<String, String> {
        form_urlencoded::parse(bytes).into_owned().collect()
    };
    let mut parameters = read(query.as_bytes());
    parameters.extend(read(&body));
    let otherwise = {
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.asked.push((path.clone(), parameters.clone()));
        inside.otherwise.get(&path).cloned()
    };
    match otherwise {
        Some(Says::Nothing) => std::future::pending().await,
        Some(Says::Moved(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Says::Text(status, text)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, Bytes::from(text)).into_response()
        }
        None => {
            let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
            let (status, said) = inside.serve(&path, &parameters);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, axum::Json(said)).into_response()
        }
    }
}

impl Inside {
    fn serve(&mut self, path: &str, given: &BTreeMap<String, String>) -> (u16, Value) {
        let base = &self.base;
        match path {
            "/.well-known/openid-configuration" => (
                200,
                json!({
                    "issuer": base,
                    "authorization_endpoint": format!("{base}/authorize"),
                    "token_endpoint": format!("{base}/token"),
                    "jwks_uri": format!("{base}/keys"),
                    "userinfo_endpoint": format!("{base}/userinfo"),
                    "id_token_signing_alg_values_supported": ["ES256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }),
            ),
            "/keys" => {
                let point = self.key.public_key().as_ref();
                let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
                let (x, y) = (part(&point[1..33]), part(&point[33..]));
                let kid = self.kid.to_string();
                let key = json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y });
                (200, json!({ "keys": [{ "kty": "unheard-of" }, key] }))
            }
            "/token" => self.exchange(given),
            _ => (404, json!({ "error": "not_found" })),
        }
    }

    /// Each code once, by who began and proves it.
    fn exchange(&mut self, given: &BTreeMap<String, String>) -> (u16, Value) {
        let refused = (400, json!({ "error": "invalid_grant" }));
        let text = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
        let Some(grant) = self.grants.remove(text("code")) else {
            return refused;
        };
        let challenge = digest(&SHA256, text("code_verifier").as_bytes());
        let is_same = grant.asked.get("code_challenge")
            == Some(&URL_SAFE_NO_PAD.encode(challenge.as_ref()))
            && grant.asked["code_challenge_method"] == "S256"
            && grant.asked["redirect_uri"] == text("redirect_uri");
        let is_client = (text("client_id"), text("client_secret")) == ("us", "hush");
        if !is_same || !is_client {
            return refused;
        }
        let answer = json!({ "id_token": self.token(grant), "token_type": "Bearer" });
        (200, answer)
    }

    fn token(&self, grant: Grant) -> String {
        let now = self.clock.now().0 / 1000;
        let mut head = json!({ "alg": "ES256", "kid": self.kid.to_string() });
        let changed = self.head.as_object().expect("a head").clone();
        changed
            .into_iter()
            .for_each(|(name, value)| head[name] = value);
        let mut claims = json!({
            "iss": self.base, "aud": "us", "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": grant.asked.get("nonce"),
        });
        let said = grant.claims.into_iter().chain(self.changes.clone());
        said.for_each(|(name, value)| claims[name] = value);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&head), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.expect("a signature");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// A browser: it keeps cookies, and wants pages to show.
pub struct Browser {
    visitor: Visitor,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// One that nobody has used.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            visitor: Visitor::new(base),
            cookies: Mutex::default(),
        }
    }

    /// Opens a page.
    pub async fn open(&self, path: &str) -> Reply {
        let request = self
            .visitor
            .request("GET", path)
            .header("accept", "text/html,*/*");
        self.send(request).await
    }

    /// What a script of the server's own page sends.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        let origin = self.visitor.base().to_owned();
        let request = self.visitor.request("POST", path).header("origin", origin);
        self.send(request.header("x-csrf", "1").json(&body)).await
    }

    /// What such a script reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.visitor.request("GET", path)).await
    }

    /// What such a script takes away.
    pub async fn delete(&self, path: &str) -> Reply {
        let origin = self.visitor.base().to_owned();
        let request = self
            .visitor
            .request("DELETE", path)
            .header("origin", origin);
        self.send(request.header("x-csrf", "1")).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let pairs: Vec<String> = {
            let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        let request = request.header("cookie", pairs.join("; "));
        let reply = self.visitor.send(request).await;
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for set in reply.headers.get_all("set-cookie") {
            let text = set.to_str().expect("a cookie");
            let (pair, _) = text.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}
