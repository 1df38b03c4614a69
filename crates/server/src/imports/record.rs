//! A row of an older system, every value as text, and how the texts are understood.

use super::ImportError;
use super::plan::Table;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use parlor_protocol::Timestamp;

/// A row.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) table: &'a Table,
    /// The columns that are there, in the order of the values.
    pub(super) columns: &'a [&'static str],
    pub(super) values: Vec<Option<String>>,
    /// In which zone the older system told its times.
    pub(super) zone: FixedOffset,
}

impl Record<'_> {
    /// The values of the key.
    pub(super) fn key(&self) -> Vec<String> {
        let of = |column: &&str| self.text(column).unwrap_or_default();
        self.table.key.iter().map(of).collect()
    }

    /// The one name of the row.
    pub(super) fn id(&self) -> String {
        self.key().join(" ")
    }

    /// A text; `None` where the column is empty or not there.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        let at = self.columns.iter().position(|it| *it == column)?;
        self.values.get(at)?.clone()
    }

    /// A text, or an empty one.
    pub(super) fn words(&self, column: &str) -> String {
        self.text(column).unwrap_or_default()
    }

    /// A number.
    pub(super) fn number(&self, column: &'static str) -> Result<Option<i64>, ImportError> {
        let Some(text) = self.given(column) else {
            return Ok(None);
        };
        let number = text.parse().ok();
        number.map(Some).ok_or_else(|| self.odd(column, &text))
    }

    /// Yes or no; no where nothing is said.
    pub(super) fn flag(&self, column: &'static str) -> Result<bool, ImportError> {
        let Some(text) = self.given(column) else {
            return Ok(false);
        };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "t" => Ok(true),
            "0" | "false" | "f" => Ok(false),
            _ => Err(self.odd(column, &text)),
        }
    }

    /// A time, or a day at its beginning.
    pub(super) fn time(&self, column: &'static str) -> Result<Option<Timestamp>, ImportError> {
        let Some(text) = self.given(column) else {
            return Ok(None);
        };
        let time = moment(&text, self.zone).map(Timestamp);
        time.map(Some).ok_or_else(|| self.odd(column, &text))
    }

    /// A day, as `YYYY-MM-DD`.
    pub(super) fn day(&self, column: &str) -> Option<String> {
        self.given(column)?.get(..10).map(str::to_owned)
    }

    fn given(&self, column: &str) -> Option<String> {
        let text = self.text(column)?.trim().to_owned();
        // MySQL's way to say that there is no time.
        (!text.is_empty() && !text.starts_with("0000-00-00")).then_some(text)
    }

    fn odd(&self, column: &'static str, text: &str) -> ImportError {
        let text: String = text.chars().take(40).collect();
        ImportError::Shape {
            table: self.table.name,
            column: Some(column),
            why: format!("{text:?} of the row {:?} is not understood", self.id()),
        }
    }
}

/// Milliseconds since 1970: times with a zone of their own as they are, others in `zone`.
fn moment(text: &str, zone: FixedOffset) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.timestamp_millis());
    }
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
    let time = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let time = time.or_else(|| Some(day()?.and_time(NaiveTime::MIN)))?;
    let time = zone.from_local_datetime(&time).single()?;
    Some(time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_understood_in_the_forms_that_databases_write() {
        let utc = FixedOffset::east_opt(0).unwrap();
        let china = FixedOffset::east_opt(8 * 3600).unwrap();
        for (text, zone, millis) in [
            ("2024-10-06 12:34:56", utc, 1_728_218_096_000),
            ("2024-10-06 12:34:56.250000", utc, 1_728_218_096_250),
            ("2024-10-06T12:34:56Z", china, 1_728_218_096_000),
            ("2024-10-06 20:34:56", china, 1_728_218_096_000),
            ("2024-10-06 12:34:56+00:00", china, 1_728_218_096_000),
            ("2024-10-06", utc, 1_728_172_800_000),
        ] {
            assert_eq!(moment(text, zone), Some(millis), "{text}");
        }
        for odd in ["yesterday", "", "2024-13-01", "1728218096"] {
            assert_eq!(moment(odd, utc), None, "{odd}");
        }
    }
}
