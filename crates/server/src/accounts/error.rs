//! Why an action on accounts fails.

use crate::kernel::db::StorageError;
use crate::kernel::secrets::SecretsError;
use parlor_protocol::{Code, Problem};

/// Why an action on accounts fails.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The machine gave no random numbers, or a key could not be used.
    #[error("keys: {0}")]
    Keys(String),
    /// A field of the body has a value that is not allowed.
    #[error("{field}: {message}")]
    Field {
        /// Which field.
        field: &'static str,
        /// Why not.
        message: &'static str,
        /// How the refusal is called.
        code: Code,
    },
    /// A parameter of the query has a value that is not allowed.
    #[error("{0}")]
    Param(&'static str),
    /// The name, or one that looks like it, belongs to somebody.
    #[error("the name is taken")]
    NameTaken,
    /// The address belongs to another account.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// The name or the password is wrong; which of them is not told.
    #[error("the name or the password is wrong")]
    BadCredentials,
    /// The password is right, but the account is not in use.
    #[error("the account is inactive")]
    Inactive,
    /// The password is right, and a second factor has to be shown. What names the first step to the second.
    #[error("a second factor has to be shown")]
    FactorRequired(String),
    /// A code is wrong, expired, or was used before.
    #[error("the code does not hold")]
    InvalidCode,
    /// What a browser brings back from a provider was not begun in it, or is over.
    #[error("this sign-in was not begun here, or is over")]
    InvalidSignIn,
    /// A provider did not answer, or not as it should.
    #[error("the provider did not answer as it should")]
    ProviderFailed,
    /// A provider was told no, or does not take the code.
    #[error("the provider refuses")]
    ProviderRefused,
    /// What a provider says of somebody is not believed.
    #[error("what the provider says is not believed")]
    InvalidIdToken,
    /// A provider vouches for somebody who has no account. What names them to the form that makes it.
    #[error("there is no account yet")]
    FirstSignIn(String),
    /// The sign-in elsewhere opens another account.
    #[error("this sign-in opens another account")]
    IdentityTaken,
    /// There would be no way left to sign in.
    #[error("the last way in has to stay")]
    LastWayIn,
    /// Who one is was proved too long ago for this.
    #[error("prove again who you are")]
    StepUpRequired,
    /// Nobody is signed in by this.
    #[error("not signed in: {0}")]
    Unauthorized(&'static str),
    /// A refresh token came a second time.
    #[error("a refresh token was used before")]
    TokenReused,
    /// The setup code is wrong, used or expired.
    #[error("the setup code does not hold")]
    InvalidSetupCode,
    /// The link for a new password is wrong, used or expired.
    #[error("the reset code does not hold")]
    InvalidResetCode,
    /// Only administrators may.
    #[error("administrators only")]
    Forbidden,
    /// Only people with an account may.
    #[error("guests may not")]
    GuestNotAllowed,
    /// There is no such account or session.
    #[error("not found")]
    NotFound,
    /// Nobody would be left to run the server.
    #[error("the last administrator has to stay")]
    LastAdministrator,
    /// That is not possible in the account's present state.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Too many passwords wait to be hashed.
    #[error("too many sign-ins at once")]
    Overloaded,
    /// Refused below: a cursor, a rate limit.
    #[error("{}", .0.title)]
    Refused(Problem),
}

impl AccountsError {
    /// A field whose value is not allowed.
    pub(super) fn field(field: &'static str, message: &'static str) -> Self {
        let code = Code::InvalidField;
        Self::Field {
            field,
            message,
            code,
        }
    }
}

impl From<SecretsError> for AccountsError {
    fn from(error: SecretsError) -> Self {
        Self::Keys(error.to_string())
    }
}

impl From<Problem> for AccountsError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        use AccountsError as E;
        let code = match error {
            E::Storage(error) => return error.into(),
            E::Refused(problem) => return problem,
            E::Field {
                field,
                message,
                code,
            } => return Problem::new(code).detail(message).field(field, message),
            E::Param(message) => return Problem::new(Code::InvalidParam).detail(message),
            E::Unauthorized(why) => return Problem::new(Code::Unauthorized).detail(why),
            E::InvalidState(why) => return Problem::new(Code::InvalidState).detail(why),
            E::FactorRequired(pending) => {
                let mut problem = Problem::new(Code::FactorRequired);
                problem.pending_token = Some(pending);
                return problem;
            }
            E::FirstSignIn(pending) => {
                let mut problem = Problem::new(Code::FirstSignIn);
                problem.pending_token = Some(pending);
                return problem;
            }
            E::Keys(reason) => {
                tracing::error!(reason, "keys failed");
                Code::Internal
            }
            E::NameTaken => Code::NameTaken,
            E::EmailTaken => Code::EmailTaken,
            E::BadCredentials => Code::BadCredentials,
            E::Inactive => Code::AccountInactive,
            E::InvalidCode => Code::InvalidCode,
            E::InvalidSignIn => Code::InvalidSignIn,
            E::ProviderFailed => Code::ProviderFailed,
            E::ProviderRefused => Code::ProviderRefused,
            E::InvalidIdToken => Code::InvalidIdToken,
            E::IdentityTaken => Code::IdentityTaken,
            E::LastWayIn => Code::LastWayIn,
            E::StepUpRequired => Code::StepUpRequired,
            E::TokenReused => Code::TokenReused,
            E::InvalidSetupCode => Code::InvalidSetupCode,
            E::InvalidResetCode => Code::InvalidResetCode,
            E::Forbidden => Code::Forbidden,
            E::GuestNotAllowed => Code::GuestNotAllowed,
            E::NotFound => Code::NotFound,
            E::LastAdministrator => Code::LastAdministrator,
            E::Overloaded => Code::Overloaded,
        };
        code.into()
    }
}
