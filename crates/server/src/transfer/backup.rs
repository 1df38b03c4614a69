//! A backup, made while people go on writing.

use super::file::{self, FORMAT, Header, Item, Manifest, Reader, Writer};
use super::rows::{self, PAGE};
use super::tables::{Table, tables};
use super::{TransferError, steps_of};
use crate::kernel::db::migrate::Migration;
use crate::kernel::db::standing::{self, Role};
use crate::kernel::db::{Db, Transaction};
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::log::epoch;
use crate::kernel::progress::Progress;
use parlor_protocol::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The server's secret, as far as a backup knows of it.
pub struct Secret {
    /// Tells it from others.
    pub mark: Option<String>,
    /// The secret itself, where it goes along.
    pub key: Option<String>,
}

/// What a backup holds.
#[derive(Debug)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

/// Writes everything that is in a database at this moment to a new file, or a new file in a folder, for its owner's eyes
/// alone; then reads the file to see that it is whole. It appears under its name only then.
pub async fn backup(
    db: &Db,
    list: &'static [Migration],
    secret: Secret,
    to: &Path,
    now: Timestamp,
    progress: &Progress,
) -> Result<Made, TransferError> {
    match standing::role(db.read()).await? {
        None | Some(Role::Moving | Role::Moved) => {}
        Some(Role::Restoring | Role::Receiving | Role::Abandoned) => {
            let text = "this database is not whole: something is being put into it";
            return Err(TransferError::Refused(text.to_owned()));
        }
    }
    let path = path_in(to, now);
    if path.exists() {
        let text = format!("{} is there already", path.display());
        return Err(TransferError::Refused(text));
    }
    let partial = beside(&path);
    let fail = |error| TransferError::Io(partial.display().to_string(), error);
    let _ = std::fs::remove_file(&partial);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .map_err(fail)?;
    let written = write_all(db, list, secret, file, now, progress).await;
    let manifest = match written.and_then(|manifest| check_written(&partial, manifest)) {
        Ok(manifest) => manifest,
        Err(error) => {
            let _ = std::fs::remove_file(&partial);
            return Err(error);
        }
    };
    give_name(&partial, &path)?;
    sync_folder(&path);
    Ok(Made { path, manifest })
}

async fn write_all(
    db: &Db,
    list: &'static [Migration],
    secret: Secret,
    file: File,
    now: Timestamp,
    progress: &Progress,
) -> Result<Manifest, TransferError> {
    let fail = |error| TransferError::Io("the backup".to_owned(), error);
    let snapshot = db.snapshot().await?;
    let steps = steps_of(&snapshot, list).await?;
    let header = Header {
        parlor_backup: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now.0,
        engine: db.backend().name().to_owned(),
        migrations: steps.iter().map(|step| step.name.to_owned()).collect(),
        epoch: epoch::stored(&snapshot).await?,
        secret_mark: secret.mark,
        secret_key: secret.key,
    };
    let mut writer = Writer::new(BufWriter::new(file), header).map_err(fail)?;
    for table in tables(&steps)? {
        writer.table(&table).map_err(fail)?;
        if faulty::has(Weakness::TornCopy) {
            let torn = db.snapshot().await?;
            copy_table(&torn, &table, &mut writer, progress).await?;
        } else {
            copy_table(&snapshot, &table, &mut writer, progress).await?;
        }
    }
    snapshot.commit().await?;
    let (manifest, out) = writer.finish().map_err(fail)?;
    let file = out.into_inner().map_err(|error| fail(error.into_error()))?;
    file.sync_all().map_err(fail)?;
    Ok(manifest)
}

async fn copy_table(
    sql: &Transaction,
    table: &Table,
    writer: &mut Writer<BufWriter<File>>,
    progress: &Progress,
) -> Result<(), TransferError> {
    let all = rows::count(sql, table).await?;
    let mut done = 0;
    let mut last = None;
    loop {
        let page = rows::page(sql, table, last.as_ref()).await?;
        for row in &page {
            writer
                .row(row)
                .map_err(|error| TransferError::Io("the backup".to_owned(), error))?;
        }
        done += page.len() as u64;
        progress.at(&table.name, done, all);
        match page.last() {
            Some(row) if page.len() == PAGE => last = Some(rows::key_of(table, row)),
            _ => break,
        }
    }
    progress.say(&format!("{}: {done} rows", table.name));
    Ok(())
}

/// Gives a file its name, where nothing else has it.
fn give_name(partial: &Path, path: &Path) -> Result<(), TransferError> {
    let fail = |error| TransferError::Io(path.display().to_string(), error);
    match std::fs::hard_link(partial, path) {
        Ok(()) => std::fs::remove_file(partial).map_err(fail),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(fail(error)),
        // Not every disk knows of second names; that nothing had it was seen before.
        Err(_) => std::fs::rename(partial, path).map_err(fail),
    }
}

/// What was written can be read, and is what was written.
fn check_written(path: &Path, manifest: Manifest) -> Result<Manifest, TransferError> {
    let mut reader = open(path)?;
    while let Some(item) = reader.item()? {
        if let Item::Manifest(read) = item
            && read == manifest
        {
            return Ok(manifest);
        }
    }
    let text = format!("{} is not what was written there", path.display());
    Err(TransferError::Differs(text))
}

/// Opens a backup.
pub(super) fn open(path: &Path) -> Result<Reader<BufReader<File>>, TransferError> {
    let (file, length) = open_file(path)?;
    Ok(Reader::open(file, length)?)
}

/// Whether the bytes of a backup are those that were written, whatever they say.
pub(super) fn check_sum(path: &Path) -> Result<(), TransferError> {
    let (file, length) = open_file(path)?;
    Ok(file::check_sum(file, length)?)
}

fn open_file(path: &Path) -> Result<(BufReader<File>, u64), TransferError> {
    let fail = |error| TransferError::Io(path.display().to_string(), error);
    let file = File::open(path).map_err(fail)?;
    let metadata = file.metadata().map_err(fail)?;
    if !metadata.is_file() {
        let text = format!("{} is no file", path.display());
        return Err(TransferError::Refused(text));
    }
    Ok((BufReader::new(file), metadata.len()))
}

/// A file of this moment's name in a folder, or else the file itself.
fn path_in(to: &Path, now: Timestamp) -> PathBuf {
    if !to.is_dir() {
        return to.to_owned();
    }
    let moment = chrono::DateTime::from_timestamp_millis(now.0).unwrap_or_default();
    to.join(format!(
        "parlor-{}.backup.gz",
        moment.format("%Y%m%dT%H%M%SZ")
    ))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

/// The name of a new file is durable once its folder is.
fn sync_folder(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        let _ = writeln!(std::io::stderr(), "parlor: {}: {error}", folder.display());
    }
}
