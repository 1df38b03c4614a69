//! Why something about a room is refused.

use super::rules::Denied;
use crate::kernel::db::StorageError;
use parlor_protocol::{Code, Problem};

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum RoomsError {
    /// The person may not.
    #[error("denied: {0}")]
    Denied(#[from] Denied),
    /// A field is not as it should be.
    #[error("{field}: {message}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong, as a code.
        code: Code,
        /// What is wrong, for people.
        message: &'static str,
    },
    /// Another room has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Another room has the key.
    #[error("the access key is taken")]
    KeyTaken,
    /// Who joins accepts the rules.
    #[error("the rules are not accepted")]
    RulesNotAccepted,
    /// There is no place left.
    #[error("the room is full")]
    Full,
    /// The room, or the member, is in a state that does not allow it.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below: a cursor, a rate limit.
    #[error("{}", .0.title)]
    Refused(Problem),
    /// No random numbers, or a key that cannot be sealed.
    #[error("a key could not be made")]
    Keys,
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RoomsError {
    /// `invalid_field`, for what a body's types cannot say.
    pub(super) fn field(field: &'static str, message: &'static str) -> Self {
        Self::Field {
            field,
            code: Code::InvalidField,
            message,
        }
    }
}

impl From<Problem> for RoomsError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<RoomsError> for Problem {
    fn from(error: RoomsError) -> Self {
        match error {
            RoomsError::Denied(denied) => denied.into(),
            RoomsError::Field {
                field,
                code,
                message,
            } => Problem::new(code).field(field, message),
            RoomsError::NameTaken => Code::NameTaken.into(),
            RoomsError::KeyTaken => Code::AccessKeyTaken.into(),
            RoomsError::RulesNotAccepted => Code::RulesNotAccepted.into(),
            RoomsError::Full => Code::RoomFull.into(),
            RoomsError::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            RoomsError::Refused(problem) => problem,
            RoomsError::Keys => Code::Internal.into(),
            RoomsError::Storage(error) => error.into(),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotFound => Code::NotFound,
            Denied::NotMember => Code::NotMember,
            Denied::Forbidden => Code::Forbidden,
            Denied::Muted => Code::Muted,
            Denied::Banned => Code::Banned,
            Denied::Blocked => Code::Blocked,
            Denied::Guest => Code::GuestNotAllowed,
            Denied::OwnerMustStay => Code::OwnerMustStay,
            Denied::DirectStays => Code::InvalidState,
        }
        .into()
    }
}
