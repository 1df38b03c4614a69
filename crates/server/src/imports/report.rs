//! What came of an import.

use std::fmt;

/// What came of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Which.
    pub table: &'static str,
    /// How many rows it has.
    pub there: i64,
    /// How many were read, in this run and those before.
    pub read: i64,
    /// How many of them are here now.
    pub kept: i64,
}

/// What came of all of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// Nothing was written.
    pub dry: bool,
    /// Table by table.
    pub steps: Vec<StepReport>,
    /// Tables that stay behind, how many rows they have, and why.
    pub left: Vec<(&'static str, i64, &'static str)>,
    /// What is not as it was.
    pub notes: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        for (table, count, why) in &self.left {
            if *count > 0 {
                writeln!(f, "{table}: {count} rows stay behind: {why}")?;
            }
        }
        let verb = if self.dry { "would be" } else { "are" };
        for step in &self.steps {
            let (table, kept, there) = (step.table, step.kept, step.there);
            writeln!(f, "{table}: {kept} of {there} rows {verb} here")?;
        }
        if self.dry {
            writeln!(f, "Nothing was written.")?;
        }
        Ok(())
    }
}
