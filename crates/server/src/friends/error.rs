//! Why something about friends is refused.

use crate::kernel::db::StorageError;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum FriendsError {
    /// Guests have no friends.
    #[error("guests may not")]
    Guest,
    /// A guest cannot be a friend.
    #[error("that is a guest")]
    Forbidden,
    /// There is no such person, request or friend.
    #[error("not found")]
    NotFound,
    /// One of the two has blocked the other.
    #[error("blocked")]
    Blocked,
    /// Not in the present state.
    #[error("{0}")]
    InvalidState(&'static str),
    /// A field is not as it should be.
    #[error("{0}: {1}")]
    Field(&'static str, &'static str),
    /// Refused below: a cursor, a rate limit, a person.
    #[error("{}", .0.title)]
    Refused(Problem),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<Problem> for FriendsError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<FriendsError> for Problem {
    fn from(error: FriendsError) -> Self {
        use FriendsError as E;
        match error {
            E::Guest => Code::GuestNotAllowed.into(),
            E::Forbidden => Code::Forbidden.into(),
            E::NotFound => Code::NotFound.into(),
            E::Blocked => Code::Blocked.into(),
            E::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            E::Field(field, message) => Problem::new(Code::InvalidField).field(field, message),
            E::Refused(problem) => problem,
            E::Storage(error) => error.into(),
        }
    }
}
