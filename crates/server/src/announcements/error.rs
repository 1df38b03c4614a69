//! Why something about an announcement is refused.

use crate::accounts::AccountsError;
use crate::kernel::db::StorageError;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum AnnouncementsError {
    /// There is no such announcement, or it holds no longer.
    #[error("not found")]
    NotFound,
    /// There are enough.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below: a right, a text, a cursor, a rate limit.
    #[error("{}", .0.title)]
    Refused(Problem),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<Problem> for AnnouncementsError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<AccountsError> for AnnouncementsError {
    fn from(error: AccountsError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<AnnouncementsError> for Problem {
    fn from(error: AnnouncementsError) -> Self {
        use AnnouncementsError as E;
        match error {
            E::NotFound => Code::NotFound.into(),
            E::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            E::Refused(problem) => problem,
            E::Storage(error) => error.into(),
        }
    }
}
