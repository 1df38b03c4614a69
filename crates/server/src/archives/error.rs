//! Why something about archives is refused, or fails.

use super::import::ImportError;
use crate::kernel::db::StorageError;
use crate::rooms::RoomsError;
use parlor_protocol::{Code, Problem};

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum ArchivesError {
    /// Not for guests.
    #[error("not for guests")]
    Guest,
    /// There is no such archive, or nobody of that name.
    #[error("not found")]
    NotFound,
    /// The archive is not ready.
    #[error("{0}")]
    InvalidState(&'static str),
    /// Refused below.
    #[error("{}", .0.title)]
    Refused(Box<Problem>),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The disk.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The archive's file.
    #[error("{0}")]
    Zip(#[from] zip::result::ZipError),
    /// What was written is not what is to be read.
    #[error("what was written does not hold: {0}")]
    Unverified(ImportError),
    /// A task on another thread ended early.
    #[error("the work was given up")]
    GivenUp,
}

impl From<Problem> for ArchivesError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<RoomsError> for ArchivesError {
    fn from(error: RoomsError) -> Self {
        Problem::from(error).into()
    }
}

impl From<ArchivesError> for Problem {
    fn from(error: ArchivesError) -> Self {
        use ArchivesError as E;
        match error {
            E::Guest => Code::GuestNotAllowed.into(),
            E::NotFound => Code::NotFound.into(),
            E::InvalidState(why) => Problem::new(Code::InvalidState).detail(why),
            E::Refused(problem) => *problem,
            E::Storage(error) => error.into(),
            E::Io(_) | E::Zip(_) | E::Unverified(_) | E::GivenUp => {
                tracing::error!(%error, "an archive failed");
                Code::StorageUnavailable.into()
            }
        }
    }
}
