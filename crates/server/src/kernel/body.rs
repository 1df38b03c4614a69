//! Strict input: JSON of bounded depth without unknown or repeated fields, and the same for socket payloads.

use super::problem::Failure;
use axum::RequestExt as _;
use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::{HeaderMap, StatusCode, Uri, header, request};
use parlor_protocol::{Code, ID_LIMIT, Problem};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::error::Error;

/// Nesting beyond this is refused before it is parsed.
const MAX_DEPTH: usize = 32;

/// Reads JSON into `T`, and says precisely what is wrong with it where it does not fit.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if depth(bytes) > MAX_DEPTH {
        return Err(Code::JsonTooDeep.into());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // Where a name of a few is wanted and a number found, that is called a fault of syntax.
        let is_json = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
        describe(&error, is_json)
    })?;
    reader.end().map_err(|_| Problem::new(Code::InvalidJson))?;
    Ok(value)
}

fn describe(error: &serde_path_to_error::Error<serde_json::Error>, is_json: bool) -> Problem {
    use serde_json::error::Category;
    let field = error.path().to_string();
    let text = error.inner().to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match error.inner().classify() {
        Category::Data if text.starts_with("unknown field") => {
            problem_at(Code::UnknownField, &field, text)
        }
        Category::Data if text.starts_with("duplicate field") => {
            problem_at(Code::DuplicateKey, &field, text)
        }
        Category::Data => problem_at(Code::InvalidField, &field, text),
        _ if text.contains("hex escape") || text.contains("surrogate") => {
            problem_at(Code::InvalidText, &field, text)
        }
        _ if is_json => problem_at(
            Code::InvalidField,
            &field,
            "not one of the values it can have",
        ),
        _ => Problem::new(Code::InvalidJson).detail(text),
    }
}

fn problem_at(code: Code, field: &str, text: &str) -> Problem {
    let named = text
        .split('`')
        .nth(1)
        .filter(|_| code != Code::InvalidField || text.starts_with("missing"));
    let field = match (field, named) {
        ("." | "?" | "", Some(name)) => name.to_owned(),
        (field, _) => field.to_owned(),
    };
    Problem::new(code).field(field, text)
}

/// How deep objects and arrays are nested, outside of strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A JSON body. Extracting it refuses other content types, and all that [`from_json`] refuses.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        check_json(request.headers())?;
        Ok(Self(from_json(&read(request, state).await?)?))
    }
}

/// A JSON body that may be left out or `null`: then it is `T::default()`.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let typed = check_json(request.headers());
        let bytes = read(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        typed?;
        Ok(Self(from_json::<Option<T>>(&bytes)?.unwrap_or_default()))
    }
}

/// A JSON body as it came, for those who read it field by field. A refusal is left to the handler, which may have a
/// format of its own for it.
#[derive(Debug)]
pub struct Raw(pub Result<Bytes, Problem>);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let typed = check_json(request.headers());
        let bytes = read(request, state).await;
        Ok(Self(bytes.and_then(|bytes| {
            if !bytes.is_empty() {
                typed?;
            }
            Ok(bytes)
        })))
    }
}

/// A whole body, unless it is larger than is taken here, or stops coming.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let announced = request.body().size_hint().lower();
    let request = request.with_limited_body();
    // What says itself that it is too large is not waited for.
    let most = request.body().size_hint().upper();
    if most.is_some_and(|most| announced > most) {
        return Err(Code::PayloadTooLarge.into());
    }
    let bytes = Bytes::from_request(request, state).await;
    bytes.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Code::PayloadTooLarge.into();
        }
        if rejection.source().is_some_and(came_too_slowly) {
            return Code::RequestTimeout.into();
        }
        Problem::new(Code::InvalidJson).detail("the body ended early")
    })
}

/// A body came too slowly to be waited for.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct BodyTooSlow;

/// Whether that is why a body did not come whole.
pub(crate) fn came_too_slowly(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |&cause: &&(dyn Error + 'static)| {
        cause.source()
    });
    causes.any(<dyn Error>::is::<BodyTooSlow>)
}

fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    check_content(headers, "application/json", |kind| kind.ends_with("+json"))
}

/// Whether a body is sent as what it has to be.
pub(crate) fn check_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    check_content(headers, wanted, |_| false)
}

fn check_content(
    headers: &HeaderMap,
    wanted: &str,
    or: impl FnOnce(&str) -> bool,
) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| value != "identity");
    if encoded || !(kind.eq_ignore_ascii_case(wanted) || or(kind)) {
        let problem = Problem::new(Code::UnsupportedMediaType);
        return Err(problem.detail(format!("send {wanted}, not encoded")));
    }
    Ok(())
}

/// Path parameters; what does not fit is `invalid_param`, so that ids are plain positive numbers.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut request::Parts, state: &S) -> Result<Self, Failure> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let axum::extract::Path(value) = path
            .map_err(|rejection| Problem::new(Code::InvalidParam).detail(rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// The query; unknown and unfit parameters are `invalid_param`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(read_query(parts.uri.query().unwrap_or_default())?))
    }
}

/// What a query says, or what is wrong with it.
pub(super) fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let refused = |reason: String| Problem::new(Code::InvalidParam).detail(reason);
    let uri = Uri::try_from(format!("/?{query}")).map_err(|error| refused(error.to_string()))?;
    let query = axum::extract::Query::try_from_uri(&uri);
    let axum::extract::Query(value) = query.map_err(|rejection| refused(rejection.body_text()))?;
    Ok(value)
}

/// An id in a path: digits only, 1 to 2^53 − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub i64);

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let id = text
            .parse()
            .ok()
            .filter(|id| plain && (1..ID_LIMIT).contains(id));
        id.map(Id)
            .ok_or_else(|| serde::de::Error::custom("an id is a number from 1 to 9007199254740991"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Body {
        name: String,
        #[serde(default)]
        age: u8,
        #[serde(default)]
        mood: Option<Mood>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Mood {
        Good,
    }

    fn code(text: &str) -> Code {
        from_json::<Body>(text.as_bytes()).unwrap_err().code
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(code("{"), Code::InvalidJson);
        assert_eq!(code(r#"{"name":"a"} x"#), Code::InvalidJson);
        assert_eq!(code(r#"{"name":"a","role":1}"#), Code::UnknownField);
        assert_eq!(code(r#"{"name":"a","name":"b"}"#), Code::DuplicateKey);
        assert_eq!(code(r#"{"name":{"$ne":null}}"#), Code::InvalidField);
        assert_eq!(code(r#"{"name":"a","age":300}"#), Code::InvalidField);
        assert_eq!(code("{}"), Code::InvalidField);
        for mood in ["7", "[]", "{}", "true", r#""bad""#, r#"{"good":1}"#] {
            let text = format!(r#"{{"name":"a","mood":{mood}}}"#);
            assert_eq!(code(&text), Code::InvalidField, "{mood}");
        }
        assert_eq!(code(r#"{"name":"\ud800"}"#), Code::InvalidText);
        assert_eq!(code(&"[".repeat(33)), Code::JsonTooDeep);
        assert_eq!(code(&"[".repeat(100_000)), Code::JsonTooDeep);
    }

    #[test]
    fn a_fault_names_its_field() {
        let problem = from_json::<Body>(br#"{"name":"a","age":"x"}"#).unwrap_err();
        assert_eq!(problem.errors[0].field, "age");
        let problem = from_json::<Body>(b"{}").unwrap_err();
        assert_eq!(problem.errors[0].field, "name");
        let problem = from_json::<Body>(br#"{"name":"a","role":1}"#).unwrap_err();
        assert_eq!(problem.errors[0].field, "role");
    }
}
