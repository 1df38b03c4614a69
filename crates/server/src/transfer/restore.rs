//! A backup into an empty database of any kind.
//!
//! The whole file is read and checked before anything is written. Then the database says of itself that it is not whole
//! until the last row is in, read back and compared. So an interrupted restore leaves nothing that could be served, and
//! goes on by the same command where it was: rows are put in in the order of the file, so what is there says how many of
//! them to pass over.

use super::backup::{check_sum, open};
use super::file::{End, FormatError, Header, Item, Manifest, Reader, Row};
use super::rows::{self, PAGE};
use super::tables::{Table, tables};
use super::{TransferError, drop_tables, is_empty, steps_named};
use crate::kernel::db::migrate::{self, Migration};
use crate::kernel::db::standing::{self, Role};
use crate::kernel::db::{Db, Sql};
use crate::kernel::faulty::{self, Weakness};
use crate::kernel::log::epoch;
use crate::kernel::progress::Progress;
use crate::kernel::{ids, secrets};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// How many pages of rows are committed at once.
const PAGES: usize = 2;
/// Which backup it is that a database is being filled from.
const BACKUP: &str = "backup";
/// Set once all of it is there, and was compared.
const FILLED: &str = "filled";

/// A backup that was read from its beginning to its end, and is whole.
#[derive(Debug)]
pub struct Checked {
    /// What it begins with.
    pub header: Header,
    /// What is in it.
    pub manifest: Manifest,
    steps: Vec<Migration>,
}

impl Checked {
    /// What tells it from every other backup: its version, and what is in it, row by row.
    fn name(&self) -> Result<String, TransferError> {
        let name = serde_json::to_string(&(&self.header.migrations, &self.manifest));
        name.map_err(|error| TransferError::Io("the manifest".to_owned(), error.into()))
    }
}

/// Reads a backup and says what is in it. It is refused if anything in it is damaged or missing, or if a newer version
/// made it.
pub fn check(
    path: &Path,
    list: &'static [Migration],
    progress: &Progress,
) -> Result<Checked, TransferError> {
    read_through(path, list, progress).map_err(|error| {
        // What a damaged file says of its tables or its version is not believed.
        let is_said = matches!(
            error,
            TransferError::Refused(_) | TransferError::Format(FormatError::TooNew(_))
        );
        match check_sum(path) {
            Err(damage @ TransferError::Format(_)) if is_said => damage,
            _ => error,
        }
    })
}

fn read_through(
    path: &Path,
    list: &'static [Migration],
    progress: &Progress,
) -> Result<Checked, TransferError> {
    let mut reader = open(path)?;
    let header = reader.header().clone();
    let steps = steps_named(&header.migrations, list).map_err(|unknown| {
        let text = format!(
            "a newer version of Parlor made this backup ({unknown}); restore it with that version"
        );
        TransferError::Refused(text)
    })?;
    let mut expected = tables(&steps)?.into_iter();
    let mut rows = 0;
    while let Some(item) = reader.item()? {
        match item {
            Item::Table(table) => {
                progress.at(&table.name, rows, rows);
                check_table(&table, expected.next().as_ref())?;
            }
            Item::Row(_) => rows += 1,
            Item::Manifest(manifest) => {
                if let Some(missing) = expected.next() {
                    return Err(TransferError::Refused(format!(
                        "the backup has no table {}",
                        missing.name
                    )));
                }
                progress.say(&format!(
                    "the backup is whole: {} tables, {rows} rows",
                    manifest.tables.len()
                ));
                return Ok(Checked {
                    header,
                    manifest,
                    steps,
                });
            }
        }
    }
    Err(TransferError::Refused("the backup has no end".to_owned()))
}

fn check_table(there: &Table, expected: Option<&Table>) -> Result<(), TransferError> {
    let is_same = expected.is_some_and(|expected| {
        expected.name == there.name
            && expected.columns == there.columns
            && expected.key == there.key
    });
    if !is_same {
        let text = format!(
            "the backup's table {} is not the one that its version had",
            there.name
        );
        return Err(TransferError::Refused(text));
    }
    Ok(())
}

/// Whether a backup can be put into a database: it is empty, or holds what an earlier attempt has left.
pub async fn check_target(db: &Db, list: &'static [Migration]) -> Result<(), TransferError> {
    let sql = db.write();
    match standing::role(sql).await? {
        Some(Role::Restoring) => Ok(()),
        None if is_empty(sql, list).await? => Ok(()),
        _ => Err(TransferError::Refused(
            "the database is not empty: a backup is restored into a new one".to_owned(),
        )),
    }
}

/// Puts a backup that was checked into an empty database, and names the past of its logs anew.
pub async fn restore(
    db: &Db,
    list: &'static [Migration],
    path: &Path,
    checked: &Checked,
    progress: &Progress,
) -> Result<(), TransferError> {
    check_target(db, list).await?;
    let (sql, name) = (db.write(), checked.name()?);
    begin(db, list, checked, progress).await?;
    if standing::fact(sql, FILLED).await?.as_deref() != Some(name.as_str()) {
        let filled = fill_and_check(db, path, checked, progress).await;
        if let Err(TransferError::Differs(_)) = filled {
            // By what is there, nobody can go on.
            standing::note(sql, BACKUP, "").await?;
        }
        filled?;
        standing::note(sql, FILLED, &name).await?;
    }
    // What the version of the backup did not have yet.
    migrate::apply(db, list.to_vec()).await?;
    if !faulty::has(Weakness::SamePast) {
        epoch::renew(db, secrets::random_token()?).await?;
    }
    ids::skip(db).await?;
    standing::clear(sql).await?;
    Ok(())
}

/// Makes the tables, unless an earlier attempt with the same backup has.
async fn begin(
    db: &Db,
    list: &'static [Migration],
    checked: &Checked,
    progress: &Progress,
) -> Result<(), TransferError> {
    let (sql, name) = (db.write(), checked.name()?);
    if standing::fact(sql, BACKUP).await?.as_deref() == Some(name.as_str()) {
        progress.say("going on where the last attempt ended");
        return Ok(());
    }
    standing::take_role(sql, Role::Restoring).await?;
    standing::note(sql, BACKUP, "").await?;
    standing::note(sql, FILLED, "").await?;
    drop_tables(sql, list).await?;
    migrate::apply(db, checked.steps.clone()).await?;
    Ok(standing::note(sql, BACKUP, &name).await?)
}

async fn fill_and_check(
    db: &Db,
    path: &Path,
    checked: &Checked,
    progress: &Progress,
) -> Result<(), TransferError> {
    let known = tables(&checked.steps)?;
    fill(db, open(path)?, &known, checked, progress).await?;
    check_filled(db, &known, &checked.manifest.tables, progress).await?;
    check_heads(db).await
}

async fn fill(
    db: &Db,
    mut reader: Reader<BufReader<File>>,
    known: &[Table],
    checked: &Checked,
    progress: &Progress,
) -> Result<(), TransferError> {
    let mut open: Option<(Table, u64)> = None;
    let mut waiting: Vec<Row> = Vec::new();
    let mut there = 0;
    while let Some(item) = reader.item()? {
        match item {
            Item::Row(_) if there > 0 => there -= 1,
            Item::Row(row) => {
                waiting.push(row);
                if waiting.len() == PAGE * PAGES {
                    put(db, open.as_mut(), &mut waiting, checked, progress).await?;
                }
            }
            Item::Table(table) => {
                put(db, open.as_mut(), &mut waiting, checked, progress).await?;
                // The file may be another one by now, and its names stand in statements.
                check_table(&table, known.iter().find(|known| known.name == table.name))?;
                there = rows::count(db.write(), &table).await?;
                open = Some((table, there));
            }
            Item::Manifest(manifest) => {
                put(db, open.as_mut(), &mut waiting, checked, progress).await?;
                if manifest != checked.manifest {
                    return Err(TransferError::Differs(
                        "the backup has changed meanwhile".to_owned(),
                    ));
                }
            }
        }
    }
    Ok(())
}

async fn put(
    db: &Db,
    open: Option<&mut (Table, u64)>,
    waiting: &mut Vec<Row>,
    checked: &Checked,
    progress: &Progress,
) -> Result<(), TransferError> {
    let Some((table, done)) = open else {
        return Ok(());
    };
    if waiting.is_empty() {
        return Ok(());
    }
    let transaction = db.begin().await?;
    rows::insert(&transaction, table, waiting).await?;
    transaction.commit().await?;
    *done += waiting.len() as u64;
    waiting.clear();
    let all = checked
        .manifest
        .tables
        .iter()
        .find(|end| end.name == table.name);
    progress.at(&table.name, *done, all.map_or(*done, |end| end.rows));
    Ok(())
}

/// What is in the database is what was in the backup, row by row.
async fn check_filled(
    db: &Db,
    known: &[Table],
    ends: &[End],
    progress: &Progress,
) -> Result<(), TransferError> {
    for (table, end) in known.iter().zip(ends) {
        let show = |done| progress.at(&table.name, done, end.rows);
        let there = rows::tally(db.read(), table, show).await?;
        if there != *end {
            let text = format!(
                "the table {} is not what the backup has: {} rows, and there should be {}",
                table.name, there.rows, end.rows
            );
            return Err(TransferError::Differs(text));
        }
        progress.say(&format!("{}: {} rows", table.name, end.rows));
    }
    Ok(())
}

/// No log goes beyond its head: numbers that are in it would be given out again.
async fn check_heads(db: &Db) -> Result<(), TransferError> {
    let query = "SELECT COUNT(*) FROM log_entries e LEFT JOIN log_heads h ON h.kind = e.kind AND h.id = e.id \
                 WHERE h.seq IS NULL OR e.seq > h.seq";
    let beyond: Option<i64> = db.read().scalar(query, []).await?;
    match beyond {
        None | Some(0) => Ok(()),
        Some(count) => Err(TransferError::Differs(format!(
            "{count} entries are beyond the ends of their logs"
        ))),
    }
}
