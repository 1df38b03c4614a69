//! Accounts and rooms of a Parlor server, made over HTTP before the load.

use crate::scenario::Scenario;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// How many requests are under way.
const AT_ONCE: usize = 32;

/// Why the people could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeopleError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("{path}: {status} {body}")]
    Refused {
        path: String,
        status: u16,
        body: Value,
    },
    #[error("there is no room that everybody is in")]
    NoDefaultRoom,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Who is there, and where.
pub(crate) struct People {
    /// The access token of each account.
    pub(crate) tokens: Vec<String>,
    /// What the server calls each room.
    pub(crate) rooms: Vec<i64>,
}

impl People {
    /// Rooms by number, for servers that know neither accounts nor rooms beforehand.
    pub(crate) fn unknown(scenario: &Scenario) -> Self {
        Self {
            tokens: Vec::new(),
            rooms: (0i64..).take(scenario.rooms).collect(),
        }
    }

    /// Makes them. One room alone is the room that every newcomer is in, guests too, so its members are guests. Guests
    /// cannot join other rooms: there everybody has signed up.
    pub(crate) fn settle(server: SocketAddr, scenario: &Scenario) -> Result<Self, PeopleError> {
        let api = Api::new(server)?;
        let settled = async {
            if scenario.rooms == 1 {
                let tokens =
                    sign_in(&api, "auth/guest", scenario.accounts(), |_| json!({})).await?;
                let rooms = find_default_room(&api, &tokens[0]).await?;
                return Ok(Self { tokens, rooms });
            }
            let tokens = sign_in(&api, "auth/register", scenario.accounts(), form).await?;
            let rooms = furnish(&api, scenario, &tokens).await?;
            Ok(Self { tokens, rooms })
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(settled)
    }
}

fn form(number: usize) -> Value {
    json!({
        "username": format!("person-{number}"),
        "email": format!("person-{number}@example.org"),
        "password": "a bench beside the road",
        "privacy_policy_accepted": true,
    })
}

/// The access tokens of so many new accounts.
async fn sign_in(
    api: &Api,
    path: &str,
    accounts: usize,
    form: impl Fn(usize) -> Value,
) -> Result<Vec<String>, PeopleError> {
    let answers = (0..accounts).map(|number| api.post(path, None, form(number)));
    let answers: Vec<Value> = stream::iter(answers)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let token = |answer: &Value| {
        let token = answer["access_token"].as_str();
        token.unwrap_or_default().to_owned()
    };
    Ok(answers.iter().map(token).collect())
}

async fn find_default_room(api: &Api, token: &str) -> Result<Vec<i64>, PeopleError> {
    let list = api.get("rooms?scope=joined", token).await?;
    let mut rooms = list["items"].as_array().into_iter().flatten();
    let id = rooms.find(|room| room["is_default"] == true);
    let id = id.and_then(|room| room["id"].as_i64());
    id.map(|id| vec![id]).ok_or(PeopleError::NoDefaultRoom)
}

/// Creates the rooms and lets everybody join theirs. Whoever creates a room is its first member.
async fn furnish(
    api: &Api,
    scenario: &Scenario,
    tokens: &[String],
) -> Result<Vec<i64>, PeopleError> {
    let owner = |room: usize| room / scenario.rooms_each % tokens.len();
    let created = (0..scenario.rooms).map(|room| {
        let body = json!({ "name": format!("Room {room}") });
        api.post("rooms", Some(&tokens[owner(room)]), body)
    });
    let created: Vec<Value> = stream::iter(created)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let rooms: Vec<i64> = created
        .iter()
        .filter_map(|room| room["id"].as_i64())
        .collect();

    let seats = (0..tokens.len())
        .flat_map(|account| scenario.rooms_of(account).map(move |room| (account, room)));
    let joins = seats
        .filter(|(account, room)| owner(*room) != *account)
        .map(|(account, room)| (format!("rooms/{}/join", rooms[room]), &tokens[account]))
        .map(|(path, token)| async move { api.post(&path, Some(token), json!({})).await });
    let _: Vec<Value> = stream::iter(joins)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(rooms)
}

struct Api {
    client: Client,
    base: String,
}

impl Api {
    fn new(server: SocketAddr) -> Result<Self, PeopleError> {
        Ok(Self {
            client: Client::builder().no_proxy().build()?,
            base: format!("http://{server}/api"),
        })
    }

    async fn post(
        &self,
        path: &str,
        token: Option<&String>,
        body: Value,
    ) -> Result<Value, PeopleError> {
        let mut request = self
            .client
            .post(format!("{}/{path}", self.base))
            .json(&body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(path, request).await
    }

    async fn get(&self, path: &str, token: &str) -> Result<Value, PeopleError> {
        let request = self.client.get(format!("{}/{path}", self.base));
        answer(path, request.bearer_auth(token)).await
    }
}

async fn answer(path: &str, request: RequestBuilder) -> Result<Value, PeopleError> {
    let answer = request.send().await?;
    let status = answer.status();
    let body: Value = answer.json().await?;
    if status.is_success() {
        return Ok(body);
    }
    Err(PeopleError::Refused {
        path: path.to_owned(),
        status: status.as_u16(),
        body,
    })
}
