//! How far something has come, on standard error: a line that moves where that is a terminal, and else a line for each
//! table that is done.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line moves.
const STEP: Duration = Duration::from_millis(100);
const WIDTH: u64 = 24;

/// How far something has come.
pub struct Progress {
    is_terminal: bool,
    is_quiet: bool,
    moved: Option<Instant>,
}

impl Progress {
    /// On standard error.
    #[must_use]
    pub fn shown() -> Self {
        Self {
            is_terminal: std::io::stderr().is_terminal(),
            is_quiet: false,
            moved: None,
        }
    }

    /// Nowhere.
    #[must_use]
    pub fn hidden() -> Self {
        Self {
            is_terminal: false,
            is_quiet: true,
            moved: None,
        }
    }

    /// So much of a whole.
    pub fn at(&mut self, what: &str, done: u64, all: u64) {
        let is_due = self.moved.is_none_or(|moved| moved.elapsed() >= STEP);
        if !self.is_terminal || !is_due {
            return;
        }
        self.moved = Some(Instant::now());
        self.write(&format!("\r\x1b[K{}", bar(what, done, all)));
    }

    /// One part is done.
    pub fn done(&mut self, what: &str, done: u64) {
        self.say(&format!("{what}: {done} rows"));
    }

    /// Says something on a line of its own.
    pub fn say(&mut self, text: &str) {
        let clear = if self.is_terminal { "\r\x1b[K" } else { "" };
        self.write(&format!("{clear}{text}\n"));
    }

    fn write(&self, text: &str) {
        if !self.is_quiet {
            // Nobody watches any more: that is no reason to stop.
            let mut out = std::io::stderr().lock();
            let _ = out.write_all(text.as_bytes());
            let _ = out.flush();
        }
    }
}

/// Both numbers may change meanwhile: what was counted first need not be what there is in the end.
fn bar(what: &str, done: u64, all: u64) -> String {
    let all = all.max(done).max(1);
    let filled = usize::try_from(done * WIDTH / all).unwrap_or(0);
    let empty = usize::try_from(WIDTH).unwrap_or(0).saturating_sub(filled);
    let percent = done * 100 / all;
    format!(
        "[{}{}] {percent:>3}%  {what}: {done} of {all} rows",
        "#".repeat(filled),
        " ".repeat(empty)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_more_than_full() {
        assert!(bar("rooms", 0, 0).starts_with("[                        ]   0%"));
        assert!(bar("rooms", 1, 2).starts_with("[############            ]  50%  rooms: 1 of 2"));
        assert!(bar("rooms", 7, 2).starts_with("[########################] 100%"));
    }
}
