//! Signing in by others: OAuth 2 and OpenID Connect.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody else by whom people sign in: `GET auth/oauth`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInProvider {
    /// Its name in `auth/oauth/{provider}`.
    #[schema(example = "google")]
    pub name: String,
    /// What people call it.
    #[schema(example = "Google")]
    pub label: String,
}

/// A sign-in elsewhere that opens one's account: `GET auth/identities`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identity {
    /// The link's id.
    pub id: i64,
    /// The provider's name.
    pub provider: String,
    /// What people call it; its name where it is not offered any more.
    pub label: String,
    /// When it was linked.
    pub linked_at: Timestamp,
    /// When it last signed one in.
    pub last_used_at: Option<Timestamp>,
}

/// Where the browser goes next: the provider's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderPage {
    /// Its address. Coming back takes the cookie that this answer sets.
    pub url: String,
}

/// `POST auth/oauth/newcomer`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PendingNewcomer {
    /// As the sign-in was answered; it holds for ten minutes, in the same browser.
    pub pending_token: String,
}

/// Somebody whom a provider vouches for and who has no account yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Newcomer {
    /// The provider's name.
    pub provider: String,
    /// What people call it.
    pub label: String,
    /// A user name that is free.
    pub username: String,
    /// The name to show, as the provider has it.
    pub nickname: Option<String>,
    /// The address, where the provider has confirmed it.
    pub email: Option<String>,
}

/// `POST auth/oauth/register`: makes the account of a newcomer and signs it in.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterNewcomer {
    /// As the sign-in was answered.
    pub pending_token: String,
    /// 2–48 letters (one script and ASCII), digits, `_`, `-`, `.`.
    #[schema(min_length = 2, max_length = 48, example = "alice")]
    pub username: String,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Keeps the address that the provider has confirmed.
    #[serde(default)]
    pub keep_email: bool,
    /// Must be true.
    pub privacy_policy_accepted: bool,
}

/// `POST auth/password`: a password for an account that has none.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPassword {
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024)]
    pub new_password: String,
}
