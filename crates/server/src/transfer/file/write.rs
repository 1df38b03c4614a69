//! Writing a backup.

use super::{FORMAT, Header, Manifest, Mark, Row, Tally, line_of, trailer};
use crate::transfer::tables::Table;
use aws_lc_rs::digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// Writes a backup to `W`.
pub struct Writer<W: Write> {
    packed: GzEncoder<Summed<W>>,
    /// The table that is being written.
    open: Option<(String, Tally)>,
    manifest: Manifest,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    pub fn new(out: W, header: Header) -> io::Result<Self> {
        debug_assert_eq!(header.parlor_backup, FORMAT);
        let sum = digest::Context::new(&digest::SHA256);
        let packed = GzEncoder::new(Summed { out, sum }, Compression::fast());
        let mut writer = Self {
            packed,
            open: None,
            manifest: Manifest::default(),
        };
        writer.mark(&Mark::Header(header))?;
        Ok(writer)
    }

    /// Begins a table; the one before ends.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        self.end_table()?;
        self.mark(&Mark::Table(table.clone()))?;
        self.open = Some((table.name.clone(), Tally::default()));
        Ok(())
    }

    /// Adds a row to the table.
    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        let line = line_of(row);
        if let Some((_, tally)) = &mut self.open {
            tally.line(&line);
        }
        self.line(&line)
    }

    /// Ends the file, and answers what is in it and what it was written to.
    pub fn finish(mut self) -> io::Result<(Manifest, W)> {
        self.end_table()?;
        let manifest = std::mem::take(&mut self.manifest);
        self.mark(&Mark::Manifest(manifest.clone()))?;
        let Summed { mut out, sum } = self.packed.finish()?;
        out.write_all(&trailer(sum))?;
        out.flush()?;
        Ok((manifest, out))
    }

    fn end_table(&mut self) -> io::Result<()> {
        if let Some((name, tally)) = self.open.take() {
            let end = tally.end(&name);
            self.mark(&Mark::End(end.clone()))?;
            self.manifest.tables.push(end);
        }
        Ok(())
    }

    fn mark(&mut self, mark: &Mark) -> io::Result<()> {
        self.line(&serde_json::to_vec(mark)?)
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.packed.write_all(line)?;
        self.packed.write_all(b"\n")
    }
}

/// Adds up what is written.
struct Summed<W> {
    out: W,
    sum: digest::Context,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
