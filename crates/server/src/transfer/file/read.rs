//! Reading a backup. Whoever has read one to its end without an error has read what was written.

use super::{FORMAT, Header, Manifest, Mark, Row, TRAILER, Tally, trailer};
use crate::transfer::tables::{Kind, Table};
use aws_lc_rs::digest;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::{self, BufRead as _, BufReader, Read};

/// The longest line, in bytes: what a row can hold is far less.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Why a backup cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It begins like no backup.
    #[error("this is no backup of Parlor, or its beginning is damaged")]
    NotOne,
    /// A later Parlor wrote it.
    #[error("this backup has format {0}, and {FORMAT} is the newest that this version reads")]
    TooNew(u32),
    /// It ends too early.
    #[error("the backup is cut off {0}")]
    CutOff(Place),
    /// Something in it is wrong.
    #[error("the backup is damaged {place}: {why}")]
    Damaged {
        /// Where.
        place: Place,
        /// What.
        why: &'static str,
    },
    /// All it says is right, but its bytes are not those that were written.
    #[error("the backup is damaged: its checksum does not fit")]
    Checksum,
    /// The disk.
    #[error("the backup cannot be read: {0}")]
    Io(io::Error),
}

/// A place in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    table: Option<(String, u64)>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.table {
            Some((table, rows)) => write!(f, "in the table {table}, after {rows} rows"),
            None => f.write_str("between its tables"),
        }
    }
}

/// A line of a backup.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A table begins.
    Table(Table),
    /// A row of that table.
    Row(Row),
    /// The end, after which nothing comes.
    Manifest(Manifest),
}

/// Reads a backup from `R`.
pub struct Reader<R: Read> {
    lines: BufReader<GzDecoder<Summed<R>>>,
    header: Header,
    open: Option<(Table, Tally)>,
    manifest: Manifest,
    line: Vec<u8>,
    has_ended: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the header of what has `length` bytes.
    pub fn open(source: R, length: u64) -> Result<Self, FormatError> {
        let summed = Summed::new(source, length);
        let mut reader = Self {
            lines: BufReader::with_capacity(64 * 1024, GzDecoder::new(summed)),
            header: Header {
                parlor_backup: FORMAT,
                version: String::new(),
                taken_at: 0,
                engine: String::new(),
                migrations: Vec::new(),
                epoch: None,
                secret_mark: None,
                secret_key: None,
            },
            open: None,
            manifest: Manifest::default(),
            line: Vec::new(),
            has_ended: false,
        };
        reader.header = reader.read_header()?;
        Ok(reader)
    }

    /// What the backup begins with.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next line, [`Item::Manifest`] being the last; `None` after it.
    pub fn item(&mut self) -> Result<Option<Item>, FormatError> {
        while !self.has_ended {
            self.read_line()?;
            if self.line.first() == Some(&b'[') {
                return self.take_row().map(Some);
            }
            match serde_json::from_slice(&self.line) {
                Ok(Mark::Table(table)) => return self.begin(table).map(Some),
                Ok(Mark::End(end)) => {
                    let tallied = self
                        .open
                        .take()
                        .map(|(table, tally)| tally.end(&table.name));
                    if tallied.as_ref() != Some(&end) {
                        return Err(damaged_in(
                            &end.name,
                            end.rows,
                            "its rows are not those that were written",
                        ));
                    }
                    self.manifest.tables.push(end);
                }
                Ok(Mark::Manifest(manifest)) => return self.end(manifest).map(Some),
                Ok(Mark::Header(_)) => return Err(self.damaged("a second header")),
                Err(_) => return Err(self.damaged("a line is no line of a backup")),
            }
        }
        Ok(None)
    }

    fn read_header(&mut self) -> Result<Header, FormatError> {
        #[derive(serde::Deserialize)]
        struct Version {
            header: Format,
        }
        #[derive(serde::Deserialize)]
        struct Format {
            parlor_backup: u32,
        }
        match self.read_line() {
            Err(FormatError::Io(error)) => return Err(FormatError::Io(error)),
            Err(_) => return Err(FormatError::NotOne),
            Ok(()) => {}
        }
        let version: Version =
            serde_json::from_slice(&self.line).map_err(|_| FormatError::NotOne)?;
        if version.header.parlor_backup > FORMAT {
            return Err(FormatError::TooNew(version.header.parlor_backup));
        }
        match serde_json::from_slice(&self.line) {
            Ok(Mark::Header(header)) => Ok(header),
            _ => Err(FormatError::NotOne),
        }
    }

    fn begin(&mut self, table: Table) -> Result<Item, FormatError> {
        let is_known = self
            .manifest
            .tables
            .iter()
            .any(|end| end.name == table.name);
        if self.open.is_some() || is_known {
            return Err(self.damaged("a table begins where none can"));
        }
        let columns = table.columns.len();
        if table.key.is_empty() || table.key.iter().any(|at| *at >= columns) {
            return Err(self.damaged("a table has no key"));
        }
        self.open = Some((table.clone(), Tally::default()));
        Ok(Item::Table(table))
    }

    fn take_row(&mut self) -> Result<Item, FormatError> {
        let row: Row =
            serde_json::from_slice(&self.line).map_err(|_| self.damaged("a line is no row"))?;
        let Some((table, tally)) = &mut self.open else {
            return Err(self.damaged("a row is in no table"));
        };
        let fits = |(value, kind): (&Value, Kind)| match value {
            Value::Null => true,
            Value::Bool(_) => kind == Kind::Boolean,
            Value::Number(number) => kind == Kind::Integer && number.is_i64(),
            Value::String(_) => kind == Kind::Text,
            Value::Array(_) | Value::Object(_) => false,
        };
        let kinds = table.columns.iter().map(|column| column.kind);
        if row.len() != table.columns.len() || !row.iter().zip(kinds).all(fits) {
            return Err(self.damaged("a row does not fit its table"));
        }
        tally.line(&self.line);
        Ok(Item::Row(row))
    }

    fn end(&mut self, manifest: Manifest) -> Result<Item, FormatError> {
        if self.open.is_some() || manifest != self.manifest {
            return Err(self.damaged("its tables are not those that it should have"));
        }
        let rest = self.lines.fill_buf().map(<[u8]>::is_empty);
        if !rest.map_err(|error| self.failed(&error))? {
            return Err(self.damaged("something comes after its end"));
        }
        self.check_sum()?;
        self.has_ended = true;
        Ok(Item::Manifest(manifest))
    }

    /// Whether all bytes are those that were written.
    fn check_sum(&mut self) -> Result<(), FormatError> {
        // What the decoder had no use for is read too.
        self.lines.get_mut().get_mut().finish()
    }

    fn read_line(&mut self) -> Result<(), FormatError> {
        self.line.clear();
        let mut limited = (&mut self.lines).take(LONGEST_LINE);
        let read = limited.read_until(b'\n', &mut self.line);
        if let Err(error) = read {
            return Err(self.failed(&error));
        }
        if self.line.pop() != Some(b'\n') {
            let is_long = self.line.len() as u64 >= LONGEST_LINE - 1;
            return Err(if is_long {
                self.damaged("a line is longer than any row can be")
            } else {
                FormatError::CutOff(self.place())
            });
        }
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> FormatError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => FormatError::CutOff(self.place()),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                self.damaged("it cannot be unpacked")
            }
            kind => FormatError::Io(kind.into()),
        }
    }

    fn place(&self) -> Place {
        let table = self.open.as_ref();
        Place {
            table: table.map(|(table, tally)| (table.name.clone(), tally.rows())),
        }
    }

    fn damaged(&self, why: &'static str) -> FormatError {
        let place = self.place();
        FormatError::Damaged { place, why }
    }
}

fn damaged_in(table: &str, rows: u64, why: &'static str) -> FormatError {
    let place = Place {
        table: Some((table.to_owned(), rows)),
    };
    FormatError::Damaged { place, why }
}

/// Adds up what is read, and ends before the last member.
struct Summed<R> {
    source: R,
    left: u64,
    sum: digest::Context,
}

impl<R: Read> Summed<R> {
    fn new(source: R, length: u64) -> Self {
        Self {
            source,
            left: length.saturating_sub(TRAILER as u64),
            sum: digest::Context::new(&digest::SHA256),
        }
    }

    /// Reads what is left, and compares the sum with the one in the last member.
    fn finish(&mut self) -> Result<(), FormatError> {
        io::copy(self, &mut io::sink()).map_err(FormatError::Io)?;
        let mut there = Vec::new();
        let limit = TRAILER as u64 + 1;
        let source = &mut self.source;
        source
            .take(limit)
            .read_to_end(&mut there)
            .map_err(FormatError::Io)?;
        if there != trailer(self.sum.clone()) {
            return Err(FormatError::Checksum);
        }
        Ok(())
    }
}

/// Whether the bytes of a backup of `length` bytes are those that were written, whatever they say.
pub fn check_sum(source: impl Read, length: u64) -> Result<(), FormatError> {
    Summed::new(source, length).finish()
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let read = self.source.read(&mut bytes[..most])?;
        self.left -= read as u64;
        self.sum.update(&bytes[..read]);
        Ok(read)
    }
}
