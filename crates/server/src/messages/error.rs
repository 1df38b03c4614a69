//! Why something about messages is refused.

use crate::kernel::db::StorageError;
use crate::rooms::RoomsError;
use crate::rooms::rules::Denied;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum MessagesError {
    /// The person may not.
    #[error("denied: {0:?}")]
    Denied(#[from] Denied),
    /// The content cannot be a message.
    #[error("content: {1}")]
    Content(Code, &'static str),
    /// A field has a value that is not allowed.
    #[error("{0}: {1}")]
    Field(&'static str, &'static str),
    /// A parameter of the path or the query is not allowed.
    #[error("{0}")]
    Param(&'static str),
    /// The client id was used for another message.
    #[error("the client id was used for another message")]
    IdempotencyConflict,
    /// The message is in a state that does not allow it.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below: a cursor, a rate limit.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl MessagesError {
    /// There is no such message, or none that this person may know of.
    pub(super) const NOT_FOUND: Self = Self::Denied(Denied::NotFound);
}

impl From<Problem> for MessagesError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<RoomsError> for MessagesError {
    fn from(error: RoomsError) -> Self {
        match error {
            RoomsError::Denied(denied) => Self::Denied(denied),
            RoomsError::Storage(error) => Self::Storage(error),
            other => Problem::from(other).into(),
        }
    }
}

impl From<MessagesError> for Problem {
    fn from(error: MessagesError) -> Self {
        use MessagesError as E;
        match error {
            E::Denied(denied) => denied.into(),
            E::Content(code, why) => Problem::new(code).detail(why).field("content", why),
            E::Field(field, why) => Problem::new(Code::InvalidField)
                .detail(why)
                .field(field, why),
            E::Param(why) => Problem::new(Code::InvalidParam).detail(why),
            E::IdempotencyConflict => Code::IdempotencyConflict.into(),
            E::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            E::Refused(problem) => *problem,
            E::Storage(error) => error.into(),
        }
    }
}
