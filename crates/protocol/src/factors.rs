//! Second factors: what proves, besides the password, who somebody is.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody shows besides the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// A code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl FactorKind {
    /// The name, as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::Totp, Self::RecoveryCode]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// The second factors of an account: `GET auth/factors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Factors {
    /// Since when codes of an authenticator app are asked for; `null` where they are not.
    pub totp_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
    /// The server demands a second factor of this account.
    pub is_required: bool,
}

/// The answer to `POST auth/factors/totp`: shown to an authenticator app, which then shows codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TotpEnrolment {
    /// The secret in base 32, to be typed in.
    pub secret: String,
    /// The same as an `otpauth:` address, to be shown as a QR code.
    pub uri: String,
}

/// `POST auth/factors/totp/confirm`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// The code that the app shows.
    #[schema(min_length = 6, max_length = 6, example = "123456")]
    pub code: String,
}

/// Codes that each stand in for the app once. They are shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    /// All that hold from now on.
    pub recovery_codes: Vec<String>,
}

/// `POST auth/login/factor`: the second step of a sign-in that was answered `factor_required`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginFactor {
    /// As the first step was answered; it holds for five minutes.
    pub pending_token: String,
    /// The code that the app shows, or a recovery code.
    #[schema(min_length = 1, max_length = 64, example = "123456")]
    pub code: String,
    /// Keeps a browser's session after the browser closes.
    #[serde(default)]
    pub remember: bool,
}

/// `POST auth/step-up`: proves again who one is, by one of these. Who has a second factor shows that.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// The password, where there is no second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The code that the app shows, or a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}
