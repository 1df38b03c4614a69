//! The one error format: RFC 9457 problem documents with a stable `code`.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Declares [`Code`] with the name, HTTP status and default sentence of each.
macro_rules! codes {
    ($($name:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// Every way in which a request can fail. The list is closed and the names are stable: clients match them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $title] #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// All codes, for documentation and tests.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as it stands on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Code::$name => $status,)* }
            }

            /// A short sentence for people, the same for every occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid_json", 400, "The body is not valid JSON.";
    InvalidRequest = "invalid_request", 400, "The request breaks the rules of HTTP.";
    JsonTooDeep = "json_too_deep", 400, "The JSON is nested more than 32 levels deep.";
    DuplicateKey = "duplicate_key", 400, "The same key appears twice in one object.";
    UnexpectedBody = "unexpected_body", 400, "This operation takes no body.";
    UnknownField = "unknown_field", 400, "The body has a field that is not known here.";
    InvalidField = "invalid_field", 400, "A field has the wrong type or a value that is not allowed.";
    InvalidParam = "invalid_param", 400, "A query or path parameter is not allowed.";
    InvalidCursor = "invalid_cursor", 400, "The cursor does not belong to this list.";
    InvalidText = "invalid_text", 400, "The text contains characters that are not allowed.";
    EmptyMessage = "empty_message", 400, "A message needs visible content.";
    TooLong = "too_long", 400, "The text is too long.";
    WeakPassword = "weak_password", 400, "The password is too short, too common or contains the user name.";
    InvalidHost = "invalid_host", 400, "This server does not answer to that host name.";
    RulesNotAccepted = "rules_not_accepted", 400, "The rules of the community have to be accepted.";
    PolicyNotAccepted = "policy_not_accepted", 400, "The privacy policy has to be accepted.";
    InvalidCode = "invalid_code", 400, "The code is wrong, expired, or was used before.";
    InvalidSignIn = "invalid_sign_in", 400, "This sign-in was not begun here, or is over; begin again.";
    InvalidSetupCode = "invalid_setup_code", 400, "The setup code is wrong, used or expired.";
    InvalidResetCode = "invalid_reset_code", 400, "The link for a new password is wrong, used or expired.";
    Unauthorized = "unauthorized", 401, "Sign in first.";
    BadCredentials = "bad_credentials", 401, "The name or the password is wrong.";
    FactorRequired = "factor_required", 401, "A second factor has to be shown.";
    TokenReused = "token_reused", 401, "This refresh token was used before; its session has ended.";
    Forbidden = "forbidden", 403, "You may not do this.";
    GuestNotAllowed = "guest_not_allowed", 403, "Guests may not do this; sign up first.";
    FirstSignIn = "first_sign_in", 403, "There is no account for this yet; accept the privacy policy to make one.";
    ProviderRefused = "provider_refused", 403, "The provider did not sign you in.";
    InvalidIdToken = "invalid_id_token", 403, "What the provider says of you is not believed.";
    FactorEnrolmentRequired = "factor_enrolment_required", 403, "A second factor has to be set up first.";
    StepUpRequired = "step_up_required", 403, "Prove again who you are.";
    CsrfFailed = "csrf_failed", 403, "The request does not come from this server's own page.";
    OriginNotAllowed = "origin_not_allowed", 403, "Connections from that origin are not accepted.";
    Muted = "muted", 403, "You are muted in this room.";
    Banned = "banned", 403, "You are banned from this room.";
    Blocked = "blocked", 403, "One of you has blocked the other.";
    PrivacyRefused = "privacy_refused", 403, "Their privacy settings do not allow it.";
    NotMember = "not_member", 403, "You are not a member of this room.";
    AccountInactive = "account_inactive", 403, "This account has been deactivated.";
    NotFound = "not_found", 404, "There is no such thing, or you may not see it.";
    MethodNotAllowed = "method_not_allowed", 405, "This path does not take that method.";
    RequestTimeout = "request_timeout", 408, "The request took too long to arrive.";
    NameTaken = "name_taken", 409, "The name is taken.";
    EmailTaken = "email_taken", 409, "The e-mail address is taken.";
    AccessKeyTaken = "access_key_taken", 409, "The access key is taken.";
    RoomFull = "room_full", 409, "The room is full.";
    AlreadyMember = "already_member", 409, "Already a member.";
    OwnerMustStay = "owner_must_stay", 409, "The owner cannot leave before handing the room over.";
    IdentityTaken = "identity_taken", 409, "This sign-in opens another account.";
    LastWayIn = "last_way_in", 409, "There would be no way left to sign in; choose a password first.";
    LastAdministrator = "last_administrator", 409, "The last administrator has to stay.";
    IdempotencyConflict = "idempotency_conflict", 409, "This client id was used for another message.";
    InvalidState = "invalid_state", 409, "That is not possible in the present state.";
    PayloadTooLarge = "payload_too_large", 413, "The body is too large.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not supported here.";
    RangeNotSatisfiable = "range_not_satisfiable", 416, "The range cannot be served.";
    RateLimited = "rate_limited", 429, "Too many requests; wait and try again.";
    HeadersTooLarge = "headers_too_large", 431, "The request headers are too large.";
    UnknownEvent = "unknown_event", 400, "There is no such event.";
    Internal = "internal", 500, "Something went wrong on the server.";
    NotImplemented = "not_implemented", 501, "This server does not offer that yet.";
    ProviderFailed = "provider_failed", 502, "The provider did not answer, or not as it should.";
    StorageUnavailable = "storage_unavailable", 503, "Storage does not answer; whether the change was made is unknown.";
    Overloaded = "overloaded", 503, "The server is too busy; try again shortly.";
    ShuttingDown = "shutting_down", 503, "The server is going down; reconnect shortly.";
}

// By hand: the derived schema would not see the names that the macro gives.
impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Code::ALL.iter().map(|code| code.as_str())))
            .description(Some("Every way in which a request can fail."))
            .into()
    }
}

impl ToSchema for Code {}

/// What is wrong with one field of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field, nested ones joined with dots.
    pub field: String,
    /// The stable code.
    pub code: Code,
    /// A sentence for people.
    pub message: String,
}

/// An error answer (RFC 9457, `application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What is particular to this occurrence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// Names this request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// Milliseconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
    /// With `factor_required` and `first_sign_in`: what the second step of the sign-in names the first by.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pending_token: Option<String>,
}

impl Problem {
    /// The problem document of a code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            request_id: None,
            errors: Vec::new(),
            retry_after_ms: None,
            pending_token: None,
        }
    }

    /// With what is particular to this occurrence.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With what is wrong with one field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message, code) = (field.into(), message.into(), self.code);
        self.errors.push(FieldError {
            field,
            code,
            message,
        });
        self
    }

    /// With the time to wait, in milliseconds.
    #[must_use]
    pub fn retry_after_ms(mut self, millis: u64) -> Self {
        self.retry_after_ms = Some(millis);
        self
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// The error part of a socket acknowledgement, and the payload of the event `error`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SocketError {
    /// The stable code.
    pub code: Code,
    /// A sentence for people.
    pub message: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// Milliseconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
}

impl From<Problem> for SocketError {
    fn from(problem: Problem) -> Self {
        let message = problem.detail.unwrap_or(problem.title);
        Self {
            code: problem.code,
            message,
            errors: problem.errors,
            retry_after_ms: problem.retry_after_ms,
        }
    }
}
