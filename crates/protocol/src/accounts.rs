//! Accounts: signing up and in, sessions, profiles.

use crate::factors::{FactorKind, Factors};
use crate::value::patch;
use crate::{Seq, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account may do on the whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemRole {
    /// A person without special rights.
    User,
    /// Runs the server.
    Admin,
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// In use.
    Active,
    /// Blocked by an administrator.
    Inactive,
    /// Deleted by its owner; only the name on old messages remains.
    Deleted,
}

/// A person as others see them beside a message or in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserBrief {
    /// The account's id.
    pub id: UserId,
    /// The unique name.
    pub username: String,
    /// The name to show; the user name where there is none.
    pub nickname: String,
    /// A picture, relative to the server.
    pub avatar_url: String,
    /// True for a guest without an account.
    pub is_guest: bool,
}

/// A person's public profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Who it is.
    #[serde(flatten)]
    pub brief: UserBrief,
    /// What they say about themselves.
    pub bio: String,
    /// Their rights on the server.
    pub role: SystemRole,
    /// Whether the account is in use.
    pub status: AccountStatus,
    /// Connected now.
    pub is_online: bool,
    /// Last seen connected or acting.
    pub last_seen: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The public part.
    #[serde(flatten)]
    pub user: User,
    /// The address, if one was given.
    pub email: Option<String>,
    /// `YYYY-MM-DD`.
    pub birthday: Option<String>,
    /// `zh-CN` or `en`; `null` follows the browser.
    pub language: Option<String>,
    /// When the privacy policy was accepted.
    pub privacy_policy_accepted_at: Option<Timestamp>,
    /// One can sign in with a password.
    pub has_password: bool,
    /// By whom else one signs in: the provider that was linked first.
    pub provider: Option<String>,
    /// Who one is there.
    pub provider_id: Option<String>,
    /// The server demands a second factor, and there is none: only taking one up is possible.
    pub must_enrol_factor: bool,
    /// The newest entry of the log of what concerns one person alone, for `resume` under `me`.
    pub user_seq: Seq,
}

/// `POST auth/register`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// 2–48 letters (one script and ASCII), digits, `_`, `-`, `.`.
    #[schema(min_length = 2, max_length = 48, example = "alice")]
    pub username: String,
    /// An e-mail address; unique ignoring case.
    #[schema(example = "alice@example.org")]
    pub email: String,
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024, example = "correct horse battery")]
    pub password: String,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Must be true.
    pub privacy_policy_accepted: bool,
    /// The one-time code of the setup link: makes this account an administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_code: Option<String>,
}

/// `POST auth/login`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user name or the e-mail address.
    #[schema(example = "alice")]
    pub username: String,
    /// The password.
    #[schema(example = "correct horse battery")]
    pub password: String,
    /// Keeps a browser's session after the browser closes.
    #[serde(default)]
    pub remember: bool,
}

/// `POST auth/guest`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestLogin {
    /// The name to show; one is made up where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
}

/// `POST auth/guest/upgrade`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpgradeGuest {
    /// 2–48 letters (one script and ASCII), digits, `_`, `-`, `.`.
    #[schema(min_length = 2, max_length = 48, example = "alice")]
    pub username: String,
    /// An e-mail address; unique ignoring case.
    #[schema(example = "alice@example.org")]
    pub email: String,
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024, example = "correct horse battery")]
    pub password: String,
    /// The name to show; the guest's, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Must be true.
    pub privacy_policy_accepted: bool,
}

/// `POST auth/refresh`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The newest refresh token of the session.
    pub refresh_token: String,
}

/// The answer to every sign-in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Exchanged at `auth/refresh`; each works once.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    /// The account.
    pub user: Me,
}

/// `GET auth/check`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuthCheck {
    /// Whether the request was signed in.
    pub authenticated: bool,
    /// Who it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Me>,
}

/// `PUT auth/change-password`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    pub old_password: String,
    /// 8–1,024 bytes.
    pub new_password: String,
}

/// `PUT auth/profile`: absent fields stay, `null` clears.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// The name to show.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub nickname: Option<Option<String>>,
    /// `YYYY-MM-DD`, not in the future.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub birthday: Option<Option<String>>,
    /// Up to 500 characters.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub bio: Option<Option<String>>,
    /// `zh-CN` or `en`.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// A new address; unique ignoring case.
    #[serde(
        default,
        deserialize_with = "patch",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Option<String>>,
}

/// A device that is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The session that asked.
    pub is_current: bool,
    /// The browser or program, as it named itself.
    pub user_agent: String,
    /// The address it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// An attempt to sign in to one's account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LoginRecord {
    /// When.
    pub at: Timestamp,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// From which address.
    pub address: String,
    /// The browser or program, as it named itself.
    pub user_agent: String,
    /// The second factor that was shown, or did not hold; `null` where there was none.
    pub factor: Option<FactorKind>,
    /// By whom one signed in, where it was not by a password.
    pub provider: Option<String>,
}

/// An attempt to sign in, as administrators see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LoginView {
    /// The attempt.
    #[serde(flatten)]
    pub record: LoginRecord,
    /// To whose account; `null` where no account has the name.
    pub user: Option<UserBrief>,
}

/// An account, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// The public part.
    #[serde(flatten)]
    pub user: User,
    /// The address, if one was given.
    pub email: Option<String>,
    /// When the privacy policy was accepted.
    pub privacy_policy_accepted_at: Option<Timestamp>,
}

/// `GET users/me/stats`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserStats {
    /// Messages sent, deleted ones included.
    pub messages_sent: i64,
    /// Private rooms owned.
    pub private_rooms_owned: i64,
    /// Public rooms owned.
    pub public_rooms_owned: i64,
    /// Private rooms joined, owned ones included.
    pub private_rooms_joined: i64,
    /// Public rooms joined, owned ones included.
    pub public_rooms_joined: i64,
}

/// `PUT admin/users/{id}`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The rights on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<SystemRole>,
    /// `active` or `inactive`; inactive ends all sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<AccountStatus>,
}

/// An account with what administrators may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountDetail {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// How much it has said and where it is.
    pub stats: UserStats,
    /// On how many devices it is signed in.
    pub sessions: i64,
    /// When the link that lets it choose another password ends, where there is one.
    pub reset_expires_at: Option<Timestamp>,
    /// What it shows besides the password.
    pub factors: Factors,
}

/// A link with which somebody can choose another password, once. Whoever has it can, so it is handed over in private.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PasswordReset {
    /// The code in it, for `auth/reset-password`. It is shown this once.
    pub code: String,
    /// The page to open, relative to the server.
    #[schema(example = "/app/reset#5Jz…")]
    pub link: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `POST auth/reset-password`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The code of the link.
    pub code: String,
    /// 8–1,024 bytes.
    #[schema(min_length = 8, max_length = 1024)]
    pub new_password: String,
}

/// Whom something is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Everybody.
    #[default]
    Everyone,
    /// One's friends.
    Friends,
    /// Nobody else.
    Nobody,
}

/// What somebody lets others do and see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Privacy {
    /// Who may begin a private chat with one. Those that are there go on.
    pub direct_chats: Circle,
    /// Who sees whether one is here, and when one was last.
    pub presence: Circle,
    /// Whether others see how far one has read.
    pub read_receipts: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            direct_chats: Circle::Everyone,
            presence: Circle::Everyone,
            read_receipts: true,
        }
    }
}

/// `PUT auth/privacy`: absent fields stay.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyChange {
    /// Who may begin a private chat with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_chats: Option<Circle>,
    /// Who sees whether one is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Circle>,
    /// Whether others see how far one has read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_receipts: Option<bool>,
}
