//! Long lists, a page at a time. A cursor says where the next page begins; it is sealed for its list, so that one that
//! was made up or belongs elsewhere is refused.

use super::body::read_query;
use super::problem::Failure;
use super::secrets::Secrets;
use aws_lc_rs::{constant_time, hmac};
use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use parlor_protocol::{Code, Page, Problem};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

/// How much of the seal a cursor carries, in bytes.
const SEAL: usize = 12;

/// How many items a page holds: 1–200, 50 where the query does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit(u32);

/// How a list is paged, as a query says it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 50 where it is left out.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    pub limit: Limit,
}

/// The query of a list that can be narrowed: what narrows it, and how it is paged.
#[derive(Debug)]
pub struct Listing<T>(pub T, pub Paging);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Listing<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let is_paging = |pair: &&str| matches!(pair.split('=').next(), Some("cursor" | "limit"));
        let (paging, filter): (Vec<&str>, Vec<&str>) = pairs.partition(is_paging);
        Ok(Self(
            read_query(&filter.join("&"))?,
            read_query(&paging.join("&"))?,
        ))
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u32> for Limit {
    type Error = &'static str;

    fn try_from(limit: u32) -> Result<Self, Self::Error> {
        if (1..=200).contains(&limit) {
            return Ok(Self(limit));
        }
        Err("a limit is a number from 1 to 200")
    }
}

impl Limit {
    /// How many rows to ask for: one more than the page holds tells whether another follows.
    #[must_use]
    pub fn probe(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// The number of items.
    #[must_use]
    pub fn items(self) -> usize {
        self.0 as usize
    }

    /// A page of up to [`Limit::probe`] rows; `position` names the place of its last one.
    pub fn page<T>(
        self,
        secrets: &Secrets,
        list: &str,
        mut rows: Vec<T>,
        position: impl FnOnce(&T) -> String,
    ) -> Page<T> {
        let more = rows.len() > self.items();
        rows.truncate(self.items());
        let end = rows.last().filter(|_| more).map(position);
        let next = end.map(|position| seal(secrets, list, &position));
        Page { items: rows, next }
    }
}

/// The cursor of a place in a list. `list` names the list and whatever it was narrowed by.
#[must_use]
pub fn seal(secrets: &Secrets, list: &str, position: &str) -> String {
    let mut bytes = tag(secrets, list, position).to_vec();
    bytes.extend_from_slice(position.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a cursor of this list names.
pub fn open(secrets: &Secrets, list: &str, cursor: &str) -> Result<String, Problem> {
    let refused = || Problem::from(Code::InvalidCursor);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (given, position) = bytes.split_at_checked(SEAL).ok_or_else(refused)?;
    let position = std::str::from_utf8(position).map_err(|_| refused())?;
    constant_time::verify_slices_are_equal(given, &tag(secrets, list, position))
        .map_err(|_| refused())?;
    Ok(position.to_owned())
}

/// The place that a cursor of this list names, where places are numbers.
pub fn open_number(secrets: &Secrets, list: &str, cursor: &str) -> Result<i64, Problem> {
    let place = open(secrets, list, cursor)?;
    place.parse().map_err(|_| Code::InvalidCursor.into())
}

fn tag(secrets: &Secrets, list: &str, position: &str) -> [u8; SEAL] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secrets.key("cursors"));
    let tag = hmac::sign(&key, format!("{list}\0{position}").as_bytes());
    let mut short = [0; SEAL];
    short.copy_from_slice(&tag.as_ref()[..SEAL]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::from_secret("kZ8mQ2xV7nB4tY6wR1pL9cF3hJ5gD0sA").unwrap()
    }

    #[test]
    fn a_cursor_opens_for_its_own_list_alone() {
        let cursor = seal(&secrets(), "users", "41");
        assert_eq!(open_number(&secrets(), "users", &cursor).unwrap(), 41);
        for (list, cursor) in [
            ("rooms", cursor.as_str()),
            ("users", "NDE"),
            ("users", "not base64!"),
            ("users", ""),
        ] {
            let problem = open(&secrets(), list, cursor).unwrap_err();
            assert_eq!(problem.code, Code::InvalidCursor, "{list} {cursor}");
        }
    }

    #[test]
    fn a_page_names_the_next_only_where_there_is_one() {
        let limit = Limit::try_from(2).unwrap();
        let page = limit.page(&secrets(), "n", vec![1, 2, 3], i32::to_string);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(open(&secrets(), "n", &page.next.unwrap()).unwrap(), "2");
        let last = limit.page(&secrets(), "n", vec![1, 2], i32::to_string);
        assert_eq!((last.items.len(), last.next), (2, None));
        assert!(Limit::try_from(0).is_err());
        assert!(Limit::try_from(201).is_err());
    }
}
