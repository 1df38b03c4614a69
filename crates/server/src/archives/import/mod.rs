//! Bringing in a person's archive, or the export of a room: into a new server or one that is in use, and as often as one
//! likes, for what is here already is not brought in again.
//!
//! The file is read whole and checked before anything is changed, then read again and brought in, a stretch of messages in
//! a transaction each. Where it is interrupted, running it again goes on.
//!
//! - [`zipped`]: a person's archive; [`exported`]: the export of a room; [`lines`]: files of JSON Lines, bounded
//! - [`item`]: a message of either; [`apply`]: bringing them in
//! - [`received`]: the export of a room that somebody sends to a running server; [`turn`]: whose turn it is, and how far

mod apply;
mod exported;
mod item;
mod lines;
mod received;
mod turn;
mod zipped;

pub(super) use turn::Turns;

use super::Archives;
use crate::accounts::AccountsError;
use crate::kernel::db::StorageError;
use crate::messages::MessagesError;
use crate::rooms::RoomsError;
use item::{Item, Rooms};
use parlor_protocol::archives::ImportReport;
use parlor_protocol::{RoomId, Timestamp};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;

/// What a ZIP file begins with.
const ZIP: [u8; 4] = *b"PK\x03\x04";

/// Why something cannot be brought in. Where it says so after the check, what came before it is here.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, std::io::Error),
    /// It is not what it should be.
    #[error("{0}")]
    Archive(String),
    /// A line is not what it should be.
    #[error("{file}, line {line}: {why}")]
    Line {
        /// In which file.
        file: String,
        /// Which, from 1 on.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// An export says nothing of its room.
    #[error("this is the export of a room: say with --room which room it goes into")]
    NoRoom,
    /// What was stored is not what the file says.
    #[error("what was stored is not what the file says; run it again")]
    Unverified,
    /// About accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// About rooms.
    #[error(transparent)]
    Rooms(#[from] RoomsError),
    /// About messages.
    #[error(transparent)]
    Messages(#[from] MessagesError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What to bring in, and how.
#[derive(Clone, Debug)]
pub struct Import {
    /// The file: an archive, or an export.
    pub path: PathBuf,
    /// The room that an export goes into.
    pub room: Option<Destination>,
    /// Only checks the file, and says what would be done.
    pub is_dry_run: bool,
}

/// The room that the export of a room goes into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The one of this name, which is made where there is none.
    Named(String),
    /// One that is there. Nothing but an export goes into it.
    Room(RoomId),
}

/// A file that holds.
struct Checked {
    messages: u64,
    rooms: Rooms,
    source: Source,
}

enum Source {
    Person(zipped::Zipped),
    Room(exported::Exported),
}

impl Source {
    /// Reads all messages, in order.
    fn each(
        &mut self,
        take: &mut dyn FnMut(Item) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        match self {
            Self::Person(file) => file.each(take),
            Self::Room(file) => file.each(take),
        }
    }
}

impl Archives {
    /// Brings in a file. `note` hears how many messages are done, of how many. Whoever is connected to another process
    /// does not hear of it.
    pub async fn import(
        self: &Arc<Self>,
        import: Import,
        note: impl Fn(u64, u64) + Send + 'static,
    ) -> Result<ImportReport, ImportError> {
        let (archives, handle) = (self.clone(), Handle::current());
        // Files are read on a thread that may wait for the disk.
        let done = tokio::task::spawn_blocking(move || {
            let now = archives.kernel.clock.now();
            let checked = check(&import, now)?;
            apply::apply(&archives, &handle, checked, import.is_dry_run, &note)
        });
        let given_up = |_| ImportError::Archive("the work was given up".to_owned());
        done.await.map_err(given_up)?
    }
}

/// Reads a file whole, and refuses what does not hold, before anything is changed.
fn check(import: &Import, now: Timestamp) -> Result<Checked, ImportError> {
    let path = &import.path;
    let is_export = matches!(import.room, Some(Destination::Room(_))) || !is_zip(path)?;
    let (source, rooms) = if is_export {
        let room = import.room.clone().ok_or(ImportError::NoRoom)?;
        let file = exported::Exported::open(path)?;
        (Source::Room(file), Rooms::One(room))
    } else {
        let mut file = zipped::Zipped::open(path)?;
        let rooms = file.rooms()?;
        (Source::Person(file), rooms)
    };
    let mut checked = Checked {
        messages: 0,
        rooms,
        source,
    };
    let mut messages = 0;
    let rooms = &checked.rooms;
    checked.source.each(&mut |item| {
        messages += 1;
        item.check(now, rooms)
            .map_err(|why| ImportError::Archive(format!("message {}: {why}", item.id)))
    })?;
    checked.messages = messages;
    if let Source::Person(file) = &mut checked.source {
        file.check_counts()?;
    }
    Ok(checked)
}

/// Reads a person's archive back: all its files, their sizes, hashes and records, are as its manifest says.
pub(super) fn verify(path: &Path) -> Result<(), ImportError> {
    zipped::Zipped::open(path)?.check_counts()
}

fn is_zip(path: &Path) -> Result<bool, ImportError> {
    let failed = |error| ImportError::File(path.to_owned(), error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut first = Vec::new();
    file.take(4).read_to_end(&mut first).map_err(failed)?;
    Ok(first == ZIP)
}
