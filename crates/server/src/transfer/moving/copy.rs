//! Rows from the old database to the new one.

use super::{FEW, ROUNDS, capture, noted};
use crate::kernel::db::standing;
use crate::kernel::db::{Db, Sql, StorageError, Value, args, placeholders};
use crate::kernel::progress::Progress;
use crate::transfer::TransferError;
use crate::transfer::file::Row;
use crate::transfer::rows::{self, PAGE};
use crate::transfer::tables::Table;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many notes are taken at a time.
const NOTES_AT_ONCE: usize = 1000;
/// How many pages of rows are committed at once.
const PAGES: usize = 2;
/// Where the copy of a table has come to, in the new database: a key as JSON, or this.
const DONE: &str = "done";

/// Carries rows over.
pub(super) struct Carrier<'a> {
    pub(super) old: &'a Db,
    pub(super) new: &'a Db,
    pub(super) tables: &'a [Table],
}

#[derive(Deserialize)]
struct Note {
    id: i64,
    tbl: String,
    k: String,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(old: &'a Db, new: &'a Db, tables: &'a [Table]) -> Self {
        Self { old, new, tables }
    }

    /// Copies all rows that have not been copied.
    pub(super) async fn copy_all(&mut self, progress: &Progress) -> Result<(), TransferError> {
        for table in self.tables {
            let place = format!("at {}", table.name);
            let mut last = match standing::fact(self.new.read(), &place).await? {
                Some(text) if text == DONE => continue,
                Some(text) => Some(read_key(table, &text)?),
                None => None,
            };
            let all = rows::count(self.old.read(), table).await?;
            let mut done = rows::count(self.new.read(), table).await?;
            loop {
                let (some, is_last) = self.next_rows(table, last.as_ref()).await?;
                last = some.last().map(|row| rows::key_of(table, row)).or(last);
                let place_now = match &last {
                    Some(key) if !is_last => written_key(key),
                    _ => DONE.to_owned(),
                };
                let transaction = self.new.begin().await?;
                rows::insert(&transaction, table, &some).await?;
                standing::note(&transaction, &place, &place_now).await?;
                transaction.commit().await?;
                done += some.len() as u64;
                progress.at(&table.name, done, all);
                if is_last {
                    break;
                }
            }
            progress.say(&format!("{}: {done} rows", table.name));
        }
        Ok(())
    }

    /// The next rows of a table, and whether there are no more.
    async fn next_rows(
        &self,
        table: &Table,
        after: Option<&Row>,
    ) -> Result<(Vec<Row>, bool), TransferError> {
        let mut some: Vec<Row> = Vec::new();
        for _ in 0..PAGES {
            let last = some.last().map(|row| rows::key_of(table, row));
            let page = rows::page(self.old.read(), table, last.as_ref().or(after)).await?;
            let is_last = page.len() < PAGE;
            some.extend(page);
            if is_last {
                return Ok((some, true));
            }
        }
        Ok((some, false))
    }

    /// Carries over what was written meanwhile, until little is left. Where people write as fast as it is carried over,
    /// what is left is carried over while they wait.
    pub(super) async fn catch_up(&mut self, progress: &Progress) -> Result<(), TransferError> {
        for _ in 0..ROUNDS {
            let waiting = noted(self.old).await?;
            let mut done = 0;
            while done < waiting {
                done += self.carry_some().await?;
                progress.at("written meanwhile", done, waiting);
            }
            progress.say(&format!("written meanwhile: {done} rows"));
            if noted(self.old).await? <= FEW {
                break;
            }
        }
        Ok(())
    }

    /// Carries over some of what was noted, and answers how many notes that were.
    ///
    /// Rows are read after their notes: at least as new as these say. What is written after that is noted after it. The
    /// notes go last, and each by its number, for others may have come in between, and from transactions that began
    /// earlier.
    pub(super) async fn carry_some(&mut self) -> Result<u64, TransferError> {
        let notes = self.notes().await?;
        let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for note in &notes {
            keys.entry(note.tbl.as_str()).or_default().insert(&note.k);
        }
        let transaction = self.new.begin().await?;
        for (name, keys) in keys {
            let Some(table) = self.tables.iter().find(|table| table.name == name) else {
                return Err(TransferError::Garbled(name.to_owned()));
            };
            let keys: Vec<Row> = keys
                .into_iter()
                .map(|text| read_key(table, text))
                .collect::<Result<_, _>>()?;
            let now = rows::with_keys(self.old.read(), table, &keys).await?;
            rows::delete(&transaction, table, &keys).await?;
            rows::insert(&transaction, table, &now).await?;
        }
        transaction.commit().await?;
        self.forget(&notes).await?;
        Ok(notes.len() as u64)
    }

    async fn notes(&self) -> Result<Vec<Note>, StorageError> {
        let query = format!(
            "SELECT id, tbl, k FROM {} ORDER BY id LIMIT {NOTES_AT_ONCE}",
            capture::NOTES
        );
        self.old.read().rows(&query, args![]).await
    }

    async fn forget(&self, notes: &[Note]) -> Result<(), StorageError> {
        let transaction = self.old.begin().await?;
        for some in notes.chunks(500) {
            let list = placeholders(some.len());
            let statement = format!("DELETE FROM {} WHERE id IN ({list})", capture::NOTES);
            let ids = some.iter().map(|note| Value::from(note.id));
            transaction.run(&statement, ids.collect::<Vec<_>>()).await?;
        }
        transaction.commit().await
    }
}

fn written_key(key: &Row) -> String {
    serde_json::Value::from(key.clone()).to_string()
}

fn read_key(table: &Table, text: &str) -> Result<Row, TransferError> {
    serde_json::from_str(text).map_err(|_| TransferError::Garbled(table.name.clone()))
}
