//! The file that a backup is.
//!
//! Lines of JSON, compressed by gzip, so that `zcat` shows what is in it: a [`Header`]; then for each table its
//! description, its rows in the order of its key, an array each, and an [`End`] with their number and SHA-256; at last the
//! [`Manifest`], which says the same of all tables together. After the compressed lines comes one more, empty, member of
//! the gzip file, whose comment is the SHA-256 of every byte before it: no bit of the file can change unnoticed.
//!
//! That last member is the same in every format: a number of a format is believed only where the sum holds.
//!
//! The sums tell of accidents, not of malice: who can write the file can write the sums.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{FormatError, Item, Reader, check_sum};
pub use write::Writer;

use super::tables::Table;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The version of the format, counted up where an older reader could not read it.
pub const FORMAT: u32 = 1;

/// A row: its values in the order of the columns, each a number, a truth value, a text or null.
pub type Row = Vec<serde_json::Value>;

/// What a backup begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the format.
    pub parlor_backup: u32,
    /// Which Parlor made it.
    pub version: String,
    /// When, in milliseconds since 1970.
    pub taken_at: i64,
    /// From which kind of database.
    pub engine: String,
    /// The schema: the steps that had been applied, in order.
    pub migrations: Vec<String>,
    /// The epoch of the logs.
    pub epoch: Option<String>,
    /// Tells the server's secret from others, without telling it.
    pub secret_mark: Option<String>,
    /// The server's secret, where that was asked for.
    pub secret_key: Option<String>,
}

/// What was written of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The table.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Of their lines, in hexadecimal.
    pub sha256: String,
}

/// What a backup ends with. The heads of all rooms' logs are the rows of the table `log_heads`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// All tables, in the order in which they were written.
    pub tables: Vec<End>,
}

/// A line that is not a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mark {
    Header(Header),
    Table(Table),
    End(End),
    Manifest(Manifest),
}

/// The number and sum of rows, as they come.
pub struct Tally {
    rows: u64,
    sum: digest::Context,
}

impl Default for Tally {
    fn default() -> Self {
        let sum = digest::Context::new(&digest::SHA256);
        Self { rows: 0, sum }
    }
}

impl Tally {
    /// Counts a row, given as its line, without what ends the line.
    pub fn line(&mut self, line: &[u8]) {
        self.rows += 1;
        self.sum.update(line);
        self.sum.update(b"\n");
    }

    /// Counts a row.
    pub fn row(&mut self, row: &Row) {
        self.line(&line_of(row));
    }

    /// How many there were.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What there was of a table.
    #[must_use]
    pub fn end(self, table: &str) -> End {
        End {
            name: table.to_owned(),
            rows: self.rows,
            sha256: hex(self.sum.finish().as_ref()),
        }
    }
}

/// A row as its line. The same row is always the same line.
fn line_of(row: &Row) -> Vec<u8> {
    // Values of these kinds always have a form.
    serde_json::to_vec(row).unwrap_or_default()
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// How long the last member is.
const TRAILER: usize = 10 + "sha256=".len() + 64 + 1 + 10;

/// The last member (RFC 1952): a comment, and nothing compressed.
fn trailer(sum: digest::Context) -> Vec<u8> {
    const COMMENT: u8 = 16;
    let mut bytes = vec![0x1f, 0x8b, 8, COMMENT, 0, 0, 0, 0, 0, 255];
    bytes.extend_from_slice(format!("sha256={}\0", hex(sum.finish().as_ref())).as_bytes());
    bytes.extend_from_slice(&[3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}
