//! One server a data directory: two would each believe that they alone write there.

use crate::app::StartError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Takes the data directory until the file is dropped, or the process ends in whatever way.
pub(crate) fn take(data_dir: &Path) -> Result<File, StartError> {
    take_named(data_dir, "parlor.lock")
}

/// The same for something else that is to be done by one process at a time.
pub(crate) fn take_named(data_dir: &Path, name: &str) -> Result<File, StartError> {
    let fail = |error| StartError::Io(data_dir.display().to_string(), error);
    std::fs::create_dir_all(data_dir).map_err(fail)?;
    let file = File::create(data_dir.join(name)).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::DataDirInUse(data_dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}
