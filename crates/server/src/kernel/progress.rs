//! How far something long has come, on standard error: a bar that moves where that is a terminal, and lines elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::io::Write as _;

const FORM: &str = "{bar:30} {pos} of {len} {msg} ({eta} left)";

/// How far something has come. It is gone from the terminal when it is dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    is_quiet: bool,
}

impl Progress {
    /// On standard error.
    #[must_use]
    pub fn shown() -> Self {
        Self::on(ProgressDrawTarget::stderr(), false)
    }

    /// Nowhere.
    #[must_use]
    pub fn hidden() -> Self {
        Self::on(ProgressDrawTarget::hidden(), true)
    }

    fn on(target: ProgressDrawTarget, is_quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, target).with_finish(ProgressFinish::AndClear);
        let style = ProgressStyle::with_template(FORM);
        let bar = match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        Self { bar, is_quiet }
    }

    /// So much of a whole. Both may change meanwhile: what was counted first need not be what there is in the end.
    pub fn at(&self, what: &str, done: u64, all: u64) {
        self.bar.set_length(all.max(done));
        self.bar.set_message(what.to_owned());
        self.bar.set_position(done);
    }

    /// The same for a large step: it has a line of its own where there is no bar.
    pub fn step(&self, what: &str, done: u64, all: u64) {
        self.at(what, done, all);
        if self.bar.is_hidden() {
            self.say(&format!("{what}: {done} of {all}"));
        }
    }

    /// Says something on a line of its own.
    pub fn say(&self, text: &str) {
        if !self.is_quiet {
            // Nobody watches any more: that is no reason to stop.
            let write = || writeln!(std::io::stderr(), "{text}");
            let _ = self.bar.suspend(write);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_more_than_full() {
        let progress = Progress::hidden();
        let shown = || (progress.bar.position(), progress.bar.length());
        progress.at("rooms", 1, 2);
        assert_eq!(shown(), (1, Some(2)));
        progress.at("rooms", 7, 2);
        assert_eq!(shown(), (7, Some(7)));
        assert_eq!(progress.bar.message(), "rooms");
        progress.at("messages", 0, 0);
        assert_eq!(shown(), (0, Some(0)), "and begins anew with the next");
    }
}
