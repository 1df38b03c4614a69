//! Asking for one's archive, seeing how far it is, and taking it.

use super::Archives;
use super::error::ArchivesError;
use super::store::{self, Row};
use crate::kernel::actor::Actor;
use crate::kernel::ids::Kind;
use crate::kernel::limits::Limit;
use crate::kernel::secrets::random_token;
use axum::body::{Body, Bytes};
use futures_util::stream;
use parlor_protocol::archives::{Archive, ArchiveStatus};
use parlor_protocol::{Code, Problem, Timestamp, UserId};
use std::io;
use std::path::PathBuf;
use std::sync::PoisonError;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

/// How much of a file is in memory at a time.
const PIECE: usize = 64 * 1024;

/// What there is to say where there is no archive.
const NONE: Archive = Archive {
    status: ArchiveStatus::None,
    created_at: None,
    done: 0,
    total: 0,
    bytes: None,
    expires_at: None,
};

/// An archive on its way to its owner.
pub(super) struct Download {
    pub(super) body: Body,
    pub(super) bytes: u64,
    pub(super) name: String,
}

impl Archives {
    /// `POST users/me/archive`: begins to write one's archive. One that is on its way stays; one that is there is replaced.
    pub async fn ask(&self, actor: &Actor) -> Result<Archive, ArchivesError> {
        may_have_archive(actor)?;
        let user = actor.user_id;
        if let Some(row) = store::of(self.kernel.db.read(), user).await?
            && is_under_way(&row)
        {
            return Ok(self.view(&row));
        }
        self.kernel.limits.check(Limit::Archive, user)?;
        let id = self.kernel.ids.next(Kind::Row).await?;
        // Nobody guesses the name, were the folder ever served by accident.
        let secret = random_token().map_err(|_| Problem::new(Code::Internal))?;
        let row = self
            .kernel
            .log
            .commit(move |tx| {
                Box::pin(async move {
                    tx.lock_people(&[user]).await?;
                    if let Some(row) = store::of(tx.sql(), user).await?
                        && is_under_way(&row)
                    {
                        return Ok(row);
                    }
                    store::delete_of(tx.sql(), user).await?;
                    let row = Row {
                        id,
                        user_id: user,
                        status: "waiting".to_owned(),
                        file: format!("{id}-{secret}.zip"),
                        created_at: tx.now().0,
                        bytes: None,
                        expires_at: None,
                    };
                    store::insert(tx.sql(), &row).await?;
                    Ok::<_, ArchivesError>(row)
                })
            })
            .await?;
        self.wake.notify_one();
        Ok(self.view(&row))
    }

    /// `GET users/me/archive`.
    pub async fn archive(&self, actor: &Actor) -> Result<Archive, ArchivesError> {
        match self.own(actor).await {
            Err(ArchivesError::NotFound) => Ok(NONE),
            row => Ok(self.view(&row?)),
        }
    }

    /// `DELETE users/me/archive`: lets it go before its time.
    pub async fn drop_archive(&self, actor: &Actor) -> Result<(), ArchivesError> {
        let row = self.own(actor).await?;
        store::delete_of(self.kernel.db.write(), row.user_id).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// `GET users/me/archive/download`.
    pub(super) async fn download(&self, actor: &Actor) -> Result<Download, ArchivesError> {
        let row = self.own(actor).await?;
        if row.status() != ArchiveStatus::Ready {
            return Err(ArchivesError::InvalidState("the archive is not ready"));
        }
        let file = match File::open(self.folder().join(&row.file)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ArchivesError::NotFound);
            }
            Err(error) => return Err(error.into()),
        };
        let pieces = stream::try_unfold(file, |mut file| async move {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        });
        Ok(Download {
            body: Body::from_stream(pieces),
            bytes: row.bytes.unwrap_or_default().unsigned_abs(),
            name: format!("parlor-{}.zip", row.user_id),
        })
    }

    async fn own(&self, actor: &Actor) -> Result<Row, ArchivesError> {
        may_have_archive(actor)?;
        let row = store::of(self.kernel.db.read(), actor.user_id).await?;
        let now = self.kernel.clock.now().0;
        row.filter(|row| row.expires_at.is_none_or(|at| at > now))
            .ok_or(ArchivesError::NotFound)
    }

    fn view(&self, row: &Row) -> Archive {
        let (done, total) = self.progress_of(row.user_id);
        Archive {
            status: row.status(),
            created_at: Some(Timestamp(row.created_at)),
            done,
            total,
            bytes: row.bytes,
            expires_at: row.expires_at.map(Timestamp),
        }
    }

    fn progress_of(&self, user: UserId) -> (i64, i64) {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.get(&user).copied().unwrap_or_default()
    }

    /// Where archives are.
    pub(super) fn folder(&self) -> PathBuf {
        self.kernel.config.data_dir.join("archives")
    }
}

fn may_have_archive(actor: &Actor) -> Result<(), ArchivesError> {
    if actor.is_guest {
        return Err(ArchivesError::Guest);
    }
    Ok(())
}

fn is_under_way(row: &Row) -> bool {
    matches!(
        row.status(),
        ArchiveStatus::Waiting | ArchiveStatus::Running
    )
}
