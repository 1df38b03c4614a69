//! The export of a room, sent to a running server: kept in a file of its own until it was read.

use super::turn::Turn;
use super::{Destination, Import, ImportError, apply, check};
use crate::archives::Archives;
use crate::archives::error::ArchivesError;
use crate::audit::{self, Act};
use crate::kernel::actor::Actor;
use crate::kernel::body::came_too_slowly;
use crate::kernel::limits::Limit;
use crate::kernel::secrets::random_token;
use axum::body::{Body, HttpBody as _};
use futures_util::StreamExt as _;
use parlor_protocol::archives::{ImportProgress, ImportReport, ImportStage};
use parlor_protocol::audit::AuditAction;
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{Code, Problem, RoomId};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::fs::{DirBuilder, OpenOptions};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Handle;

/// The largest export that is taken this way, in bytes; larger ones the command line takes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A file that goes when nobody holds it any more.
struct Kept(PathBuf);

impl Drop for Kept {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.0.display(), "a file that was sent stays until the next start");
        }
    }
}

impl Archives {
    /// `POST rooms/{id}/import`: appends what an export tells to what is said in a room, for administrators of the server,
    /// for it puts words into people's mouths. Members hear of it as of anything that is said. Where the connection is
    /// lost, it goes on; sent again, it repeats nothing.
    pub async fn import_into(
        self: &Arc<Self>,
        actor: &Actor,
        room: RoomId,
        body: Body,
    ) -> Result<ImportReport, ArchivesError> {
        let kind = self.rooms.may_bring_in(actor, room).await?;
        self.kernel.limits.check(Limit::Change, actor.user_id)?;
        let turn = self.turns.take(room);
        let turn = turn.ok_or(ArchivesError::InvalidState("another import is under way"))?;
        let file = self.receive(&turn, body).await?;
        let (archives, by, handle) = (self.clone(), actor.clone(), Handle::current());
        // The file and the turn are given back by the work itself: it goes on where nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let import = Import {
                path: file.0.clone(),
                room: Some(Destination::Room(room)),
                is_dry_run: false,
            };
            turn.note(ImportStage::Checking, 0, 0);
            let checked = check(&import, archives.kernel.clock.now())?;
            handle.block_on(archives.note_import(by, room, kind))?;
            let note = |done, total| turn.note(ImportStage::BringingIn, done, total);
            let report = apply::apply(&archives, &handle, checked, false, &note)?;
            Ok::<_, ArchivesError>(report)
        });
        done.await.map_err(|_| ArchivesError::GivenUp)?
    }

    /// `GET rooms/{id}/import`: how far it is, for those who may bring something in.
    pub async fn import_progress(
        &self,
        actor: &Actor,
        room: RoomId,
    ) -> Result<ImportProgress, ArchivesError> {
        self.rooms.may_bring_in(actor, room).await?;
        Ok(self.turns.of(room))
    }

    /// Writes down who brings something in, before the first of it is there.
    async fn note_import(
        &self,
        by: Actor,
        room: RoomId,
        kind: RoomKind,
    ) -> Result<(), ArchivesError> {
        let act = Act::on_room(AuditAction::RoomImported, room, kind);
        let log = &self.kernel.log;
        log.commit(move |tx| Box::pin(async move { Ok(audit::record(tx, &by, act).await?) }))
            .await
    }

    /// Removes what a stop has left behind.
    pub(in crate::archives) fn forget_received(&self) {
        match std::fs::remove_dir_all(self.inbox()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "files that were sent cannot be removed");
            }
            _ => {}
        }
    }

    fn inbox(&self) -> PathBuf {
        self.kernel.config.data_dir.join("received")
    }

    /// Writes a body into a new file, a piece at a time.
    async fn receive(&self, turn: &Turn, body: Body) -> Result<Kept, ArchivesError> {
        let inbox = self.inbox();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&inbox)
            .await?;
        let name = random_token().map_err(|_| Problem::new(Code::Internal))?;
        let kept = Kept(inbox.join(name));
        let total = body.size_hint().exact().unwrap_or(0);
        let note = |bytes| turn.note(ImportStage::Receiving, bytes, total);
        write(body, &kept.0, LARGEST, note).await?;
        Ok(kept)
    }
}

/// `note` hears how many bytes have come.
async fn write(
    body: Body,
    path: &Path,
    most: u64,
    note: impl Fn(u64),
) -> Result<(), ArchivesError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).await?;
    let (mut pieces, mut bytes) = (body.into_data_stream(), 0_u64);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            if came_too_slowly(&error) {
                return Problem::new(Code::RequestTimeout);
            }
            Problem::new(Code::InvalidRequest).detail("the body ended early")
        })?;
        bytes += piece.len() as u64;
        if bytes > most {
            let problem = Problem::new(Code::PayloadTooLarge);
            return Err(problem
                .detail("at most 256 MiB; the command line takes more")
                .into());
        }
        file.write_all(&piece).await?;
        note(bytes);
    }
    Ok(file.flush().await?)
}

impl From<ImportError> for ArchivesError {
    fn from(error: ImportError) -> Self {
        let wrong = |why: String| Problem::new(Code::InvalidField).detail(why).into();
        match error {
            ImportError::File(_, error) => Self::Io(error),
            ImportError::Storage(error) => Self::Storage(error),
            // Which file it is kept in is nobody's business.
            ImportError::Line { line, why, .. } => wrong(format!("line {line}: {why}")),
            ImportError::Archive(why) => wrong(why),
            ImportError::NoRoom => Self::NotFound,
            ImportError::Unverified => Self::GivenUp,
            ImportError::Accounts(error) => Problem::from(error).into(),
            ImportError::Rooms(error) => error.into(),
            ImportError::Messages(error) => Problem::from(error).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_is_written_than_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        let body = Body::from("0123456789");
        write(body, &path, 10, |_| {}).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"0123456789");
        let path = folder.path().join("more");
        let refused = write(Body::from("0123456789+"), &path, 10, |_| {}).await;
        let problem = Problem::from(refused.unwrap_err());
        assert_eq!(problem.code, Code::PayloadTooLarge);
    }

    #[test]
    fn a_file_goes_with_whoever_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        std::fs::write(&path, "text").unwrap();
        drop(Kept(path.clone()));
        assert!(!path.exists());
        drop(Kept(path));
    }
}
