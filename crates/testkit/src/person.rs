//! People, and the answers they get.

use crate::Socket;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// An answer to a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; `null` where it is none.
    pub json: Value,
    what: String,
}

impl Reply {
    async fn read(what: String, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response
            .text()
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            text,
            json,
            what,
        }
    }

    /// The body, of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self.json
    }

    /// The problem, of an answer that must be one with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.json["code"].as_str()),
            (status, Some(code)),
            "{}: {}",
            self.what,
            self.text
        );
        let kind = self
            .headers
            .get("content-type")
            .and_then(|v| v.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{}", self.what);
        assert_eq!(self.json["status"], status, "{}: {}", self.what, self.text);
        self.json
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Anybody who can send a request, signed in by a bearer token or not at all.
pub struct Visitor {
    base: String,
    client: reqwest::Client,
    token: Mutex<Option<String>>,
}

impl Visitor {
    /// Somebody at a server that was not started by [`crate::Server`], such as the program itself.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .cookie_store(false)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            base: base.to_owned(),
            client,
            token: Mutex::default(),
        }
    }

    /// Where the server is.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The bearer token in use.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Uses another bearer token from now on.
    pub fn set_token(&self, token: Option<String>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// A request to build further, with the bearer token if there is one.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.client.request(method, format!("{}{path}", self.base));
        match self.token() {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request that was built by hand.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let (client, request) = request.build_split();
        let request = request.expect("a request");
        let what = format!("{} {}", request.method(), request.url().path());
        let response = client
            .execute(request)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        Reply::read(what, response).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("POST", path).json(&body)).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(self.request("PUT", path).json(&body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request("DELETE", path)).await
    }

    /// A socket that signs in with the bearer token, if there is one.
    pub async fn socket(&self) -> Socket {
        let auth = self
            .token()
            .map_or(json!({}), |token| json!({ "token": token }));
        self.try_socket(auth)
            .await
            .unwrap_or_else(|refusal| panic!("the connection was refused: {refusal}"))
    }

    /// A socket that resumes: it names the last entry it has, per room.
    pub async fn resume(&self, seen: Value) -> Socket {
        let auth = json!({ "token": self.token(), "resume": seen });
        self.try_socket(auth)
            .await
            .unwrap_or_else(|refusal| panic!("the connection was refused: {refusal}"))
    }

    /// A socket with this `auth`, or the payload of `connect_error`.
    pub async fn try_socket(&self, auth: Value) -> Result<Socket, Value> {
        Socket::connect(&self.base, "/", auth).await
    }
}

/// Somebody with an account, or a guest.
pub struct Person {
    visitor: Visitor,
    id: i64,
    name: String,
    refresh_token: Mutex<String>,
}

/// The password of everybody whom [`crate::Server::person`] registers.
pub(crate) const PASSWORD: &str = "a long walk by the river";

/// The e-mail address of everybody under this name.
pub(crate) fn address(name: &str) -> String {
    format!("{name}@example.org")
}

impl Person {
    pub(crate) async fn register(base: &str, name: &str) -> Self {
        let visitor = Visitor::new(base);
        let body = json!({
            "username": name,
            "email": address(name),
            "password": PASSWORD,
            "privacy_policy_accepted": true,
        });
        let signed_in = visitor.post("/api/auth/register", body).await.expect(201);
        Self::from_answer(visitor, &signed_in)
    }

    pub(crate) async fn sign_in(base: &str, name: &str) -> Self {
        let visitor = Visitor::new(base);
        let body = json!({ "username": name, "password": PASSWORD });
        let signed_in = visitor.post("/api/auth/login", body).await.expect(200);
        Self::from_answer(visitor, &signed_in)
    }

    pub(crate) async fn guest(base: &str, nickname: &str) -> Self {
        let visitor = Visitor::new(base);
        let signed_in = visitor
            .post("/api/auth/guest", json!({ "nickname": nickname }))
            .await
            .expect(201);
        Self::from_answer(visitor, &signed_in)
    }

    fn from_answer(visitor: Visitor, signed_in: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        visitor.set_token(Some(text(&signed_in["access_token"])));
        Self {
            visitor,
            id: signed_in["user"]["id"].as_i64().expect("an id"),
            name: text(&signed_in["user"]["username"]),
            refresh_token: Mutex::new(text(&signed_in["refresh_token"])),
        }
    }

    /// The same person on another device, by signing in again.
    pub async fn another_device(&self) -> Self {
        Self::sign_in(&self.visitor.base, &self.name).await
    }

    /// The account's id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The user name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The refresh token of the first sign-in.
    #[must_use]
    pub fn refresh_token(&self) -> String {
        self.refresh_token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Creates a public room and answers its id.
    pub async fn create_room(&self, name: &str) -> i64 {
        let room = self
            .post("/api/rooms", json!({ "name": name }))
            .await
            .expect(201);
        room["id"].as_i64().expect("an id")
    }

    /// Creates a private room and answers its id and access key.
    pub async fn create_private_room(&self, name: &str) -> (i64, String) {
        let room = self
            .post("/api/rooms", json!({ "name": name, "is_private": true }))
            .await
            .expect(201);
        let key = room["access_key"]
            .as_str()
            .expect("the owner sees the key")
            .to_owned();
        (room["id"].as_i64().expect("an id"), key)
    }

    /// Joins a public room.
    pub async fn join(&self, room: i64) -> Value {
        self.post(&format!("/api/rooms/{room}/join"), json!({}))
            .await
            .expect(200)
    }

    /// Says something and answers the message.
    pub async fn say(&self, room: i64, text: &str) -> Value {
        let posted = self
            .post(
                &format!("/api/rooms/{room}/messages"),
                json!({ "content": text }),
            )
            .await
            .expect(201);
        posted["message"].clone()
    }
}

impl std::ops::Deref for Person {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}
