//! Writing an archive: files one after the other, each counted and hashed as it goes. The work is done on threads that may
//! wait for the disk.

use super::error::ArchivesError;
use super::format::FileFacts;
use aws_lc_rs::digest;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A new archive.
pub(super) struct Writer(Box<Inner>);

struct Inner {
    zip: ZipWriter<BufWriter<File>>,
    open: Option<Open>,
    files: Vec<FileFacts>,
}

/// The file that is being written.
struct Open {
    name: String,
    records: u64,
    bytes: u64,
    hash: digest::Context,
}

impl Writer {
    /// Begins an archive, which nobody but the server's own user may read.
    pub(super) fn create(path: &Path) -> Result<Self, ArchivesError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self(Box::new(Inner {
            zip: ZipWriter::new(BufWriter::new(file)),
            open: None,
            files: Vec::new(),
        })))
    }

    /// Begins a file; the one before is done.
    pub(super) async fn begin(self, name: String) -> Result<Self, ArchivesError> {
        self.run(move |inner| {
            inner.close();
            // Room for sizes beyond 4 GiB, which are not known yet.
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .large_file(true);
            inner.zip.start_file(name.as_str(), options)?;
            inner.open = Some(Open {
                name,
                records: 0,
                bytes: 0,
                hash: digest::Context::new(&digest::SHA256),
            });
            Ok(())
        })
        .await
    }

    /// Writes some of it: so many records.
    pub(super) async fn write(self, records: u64, bytes: Vec<u8>) -> Result<Self, ArchivesError> {
        self.run(move |inner| {
            inner.zip.write_all(&bytes)?;
            if let Some(open) = &mut inner.open {
                open.records += records;
                open.bytes += bytes.len() as u64;
                open.hash.update(&bytes);
            }
            Ok(())
        })
        .await
    }

    /// What was written so far, the last file being done.
    pub(super) fn files(&mut self) -> &[FileFacts] {
        self.0.close();
        &self.0.files
    }

    /// Ends the archive, on the disk too, and answers its size.
    pub(super) async fn finish(self) -> Result<u64, ArchivesError> {
        let Self(inner) = self;
        let ended = tokio::task::spawn_blocking(move || {
            let file = inner.zip.finish()?;
            let file = file
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        });
        ended.await.map_err(|_| ArchivesError::GivenUp)?
    }

    async fn run(
        self,
        work: impl FnOnce(&mut Inner) -> Result<(), ArchivesError> + Send + 'static,
    ) -> Result<Self, ArchivesError> {
        let Self(mut inner) = self;
        let done = tokio::task::spawn_blocking(move || work(&mut inner).map(|()| Self(inner)));
        done.await.map_err(|_| ArchivesError::GivenUp)?
    }
}

impl Inner {
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.files.push(FileFacts {
                name: open.name,
                records: open.records,
                bytes: open.bytes,
                sha256: hex(open.hash.finish().as_ref()),
            });
        }
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
