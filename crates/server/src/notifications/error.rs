//! Why something about notifications is refused.

use crate::kernel::db::StorageError;
use crate::messages::MessagesError;
use crate::rooms::RoomsError;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum NotificationsError {
    /// There is no such reminder.
    #[error("not found")]
    NotFound,
    /// A field has a value that is not allowed.
    #[error("{0}: {1}")]
    Field(&'static str, &'static str),
    /// There are enough.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below: a right, a cursor, a rate limit.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<Problem> for NotificationsError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<RoomsError> for NotificationsError {
    fn from(error: RoomsError) -> Self {
        Problem::from(error).into()
    }
}

impl From<MessagesError> for NotificationsError {
    fn from(error: MessagesError) -> Self {
        Problem::from(error).into()
    }
}

impl From<NotificationsError> for Problem {
    fn from(error: NotificationsError) -> Self {
        use NotificationsError as E;
        match error {
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
