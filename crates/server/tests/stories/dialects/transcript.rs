//! Conversations that the official clients had with a server, recorded by `scripts/e2e record` and played to another
//! line by line.
//!
//! - `alice> POST /path {…}` sends a request, and the line after it, `201 {…}`, is the answer it must have
//! - `alice> bearer $token` uses a token from then on; without one: nobody's requests
//! - `alice> open /chat {…}` opens a Socket.IO connection with this `auth` (or `refused {…}` follows);
//!   `alice> emit name {…}` sends an event; `alice< name {…}` is the next event of that name
//! - `alice> ask name {…}` is acknowledged by the line after it, `ack {…}`
//! - `alice> ws /path` opens a WebSocket (or `403 {…}` follows); `alice> frame {…}` and `alice< frame {…}` are its
//!   frames, `alice< closed` its end
//!
//! `$name` in an expected answer is whatever stands there, remembered; afterwards it is that value. `*` is anything.
//! An object has the fields that are named and no others.

use parlor_testkit::{Frames, Server, Socket, Value, Visitor};
use std::collections::HashMap;

/// Plays a transcript to a new server.
pub(super) async fn play(text: &str) {
    let server = Server::start().await;
    let mut stage = Stage {
        people: HashMap::new(),
        known: HashMap::new(),
    };
    let lines = text
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.trim()));
    let mut lines = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    while let Some((number, line)) = lines.next() {
        let answer = lines.next_if(|(_, next)| is_answer(next));
        let answer = answer.map(|(_, line)| line);
        stage.act(&server, number, line, answer).await;
    }
}

fn is_answer(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    word.parse::<u16>().is_ok() || word == "refused" || word == "ack"
}

struct Actor {
    visitor: Visitor,
    socket: Option<Socket>,
    frames: Option<Frames>,
}

struct Stage {
    people: HashMap<String, Actor>,
    known: HashMap<String, Value>,
}

impl Stage {
    async fn act(&mut self, server: &Server, number: usize, line: &str, answer: Option<&str>) {
        let (name, rest) = line.split_once(['>', '<']).expect("somebody says or hears");
        let speaks = line[name.len()..].starts_with('>');
        let (verb, rest) = split(rest.trim());
        let mut actor = self.people.remove(name).unwrap_or_else(|| Actor {
            visitor: server.visitor(),
            socket: None,
            frames: None,
        });
        let place = format!("line {number}: {line}");
        if speaks {
            self.speak(server, &mut actor, (verb, rest), answer, &place)
                .await;
        } else {
            self.hear(&mut actor, verb, rest, &place).await;
        }
        self.people.insert(name.to_owned(), actor);
    }

    async fn speak(
        &mut self,
        server: &Server,
        actor: &mut Actor,
        (verb, rest): (&str, &str),
        answer: Option<&str>,
        place: &str,
    ) {
        match verb {
            "bearer" => {
                let token = rest.strip_prefix('$').map(|name| self.known[name].clone());
                let token = token.map(|token| token.as_str().expect("a token").to_owned());
                actor.visitor.set_token(token);
            }
            "open" => {
                let (namespace, auth) = split(rest);
                let socket = Socket::connect(server.base(), namespace, self.fill(auth)).await;
                match (socket, answer.map(split)) {
                    (Ok(socket), None) => actor.socket = Some(socket),
                    (Err(found), Some((_, expected))) => self.compare(expected, &found, place),
                    (socket, _) => panic!("{place}: connected: {}", socket.is_ok()),
                }
            }
            "emit" => {
                let (event, payload) = split(rest);
                let socket = actor.socket.as_ref().expect(place);
                socket.emit_only(event, self.fill(payload));
            }
            "ask" => {
                let (event, payload) = split(rest);
                let socket = actor.socket.as_ref().expect(place);
                let found = socket.emit(event, self.fill(payload)).await;
                let (_, expected) = split(answer.expect(place));
                self.compare(expected, &found, place);
            }
            "ws" => {
                let path = self.fill_text(rest);
                let token = actor.visitor.token().filter(|_| !path.contains("token="));
                let opened = Frames::open(server.base(), &path, token.as_deref()).await;
                match (opened, answer.map(split)) {
                    (Ok(frames), None) => actor.frames = Some(frames),
                    (Err((status, found)), Some((expected, body))) => {
                        assert_eq!(status.to_string(), expected, "{place}: {found}");
                        self.compare(body, &found, place);
                    }
                    (opened, _) => panic!("{place}: connected: {}", opened.is_ok()),
                }
            }
            "frame" => {
                let frame = self.fill(rest);
                actor.frames.as_mut().expect(place).send(frame).await;
            }
            method => {
                let (path, body) = split(rest);
                let mut request = actor.visitor.request(method, &self.fill_text(path));
                if !body.is_empty() {
                    request = request.json(&self.fill(body));
                }
                let reply = actor.visitor.send(request).await;
                let (status, expected) = split(answer.expect(place));
                assert_eq!(reply.status.to_string(), status, "{place}: {}", reply.text);
                self.compare(expected, &reply.json, place);
            }
        }
    }

    async fn hear(&mut self, actor: &mut Actor, what: &str, expected: &str, place: &str) {
        match what {
            "closed" => {
                let frame = actor.frames.as_mut().expect(place).next().await;
                assert_eq!(frame, None, "{place}");
            }
            "frame" => {
                let found = actor.frames.as_mut().expect(place).next().await;
                self.compare(expected, &found.expect(place), place);
            }
            event => {
                let found = actor.socket.as_ref().expect(place).next(event).await;
                self.compare(expected, &found, place);
            }
        }
    }

    fn compare(&mut self, expected: &str, found: &Value, place: &str) {
        let expected = serde_json::from_str(expected).unwrap_or_else(|e| panic!("{place}: {e}"));
        let fits = self.fits(&expected, found);
        assert!(fits, "{place}:\nexpected {expected}\nfound    {found}");
    }

    fn fits(&mut self, expected: &Value, found: &Value) -> bool {
        match (expected, found) {
            (Value::String(text), _) if text == "*" => true,
            (Value::String(text), _) if text.starts_with('$') => {
                let known = self.known.entry(text[1..].to_owned());
                *known.or_insert_with(|| found.clone()) == *found
            }
            (Value::Array(all), Value::Array(others)) => {
                all.len() == others.len()
                    && all
                        .iter()
                        .zip(others)
                        .all(|(one, other)| self.fits(one, other))
            }
            (Value::Object(all), Value::Object(others)) => {
                all.len() == others.len()
                    && all.iter().all(|(name, one)| {
                        others.get(name).is_some_and(|other| self.fits(one, other))
                    })
            }
            _ => expected == found,
        }
    }

    /// What is sent, with what is known in the place of its names.
    fn fill(&self, text: &str) -> Value {
        if text.is_empty() {
            return Value::Object(serde_json::Map::default());
        }
        let text = self
            .known
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&format!("\"${name}\""), &value.to_string())
            });
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn fill_text(&self, text: &str) -> String {
        let mut known: Vec<_> = self.known.iter().collect();
        // The longest first, for a name may begin with another.
        known.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        known
            .into_iter()
            .fold(text.to_owned(), |text, (name, value)| {
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                text.replace(&format!("${name}"), &value)
            })
    }
}

fn split(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    (first, rest.trim())
}
