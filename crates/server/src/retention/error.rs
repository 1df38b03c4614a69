//! Why something about retention is refused.

use crate::accounts::AccountsError;
use crate::kernel::db::StorageError;
use crate::rooms::RoomsError;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// For administrators of the server.
    #[error("forbidden")]
    Forbidden,
    /// There is no such hold, person or room.
    #[error("not found")]
    NotFound,
    /// A field is not as it should be.
    #[error("{0}: {1}")]
    Field(&'static str, &'static str),
    /// It is so already.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<Problem> for RetentionError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<AccountsError> for RetentionError {
    fn from(error: AccountsError) -> Self {
        Problem::from(error).into()
    }
}

impl From<RoomsError> for RetentionError {
    fn from(error: RoomsError) -> Self {
        match error {
            RoomsError::Storage(error) => Self::Storage(error),
            other => Problem::from(other).into(),
        }
    }
}

impl From<RetentionError> for Problem {
    fn from(error: RetentionError) -> Self {
        use RetentionError as E;
        match error {
            E::Forbidden => Code::Forbidden.into(),
            E::NotFound => Code::NotFound.into(),
            E::Field(field, why) => Problem::new(Code::InvalidField)
                .detail(why)
                .field(field, why),
            E::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            E::Refused(problem) => *problem,
            E::Storage(error) => error.into(),
        }
    }
}
