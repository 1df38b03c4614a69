//! How far a command has come: a bar that moves, where standard error is a terminal.

use std::io::{IsTerminal as _, Write as _};

/// The width of the bar, in characters.
const WIDTH: u64 = 30;

/// A bar.
#[derive(Default)]
pub(super) struct Bar {
    shown: Option<String>,
}

impl Bar {
    /// So much is done of a whole.
    pub(super) fn at(&mut self, done: u64, total: u64) {
        let mut out = std::io::stderr();
        if !out.is_terminal() {
            return;
        }
        let text = draw(done, total);
        if self.shown.as_ref() == Some(&text) {
            return;
        }
        // The command goes on where its terminal is gone.
        let end = if done >= total { "\n" } else { "" };
        let _ = write!(out, "\r{text}{end}").and_then(|()| out.flush());
        self.shown = Some(text);
    }
}

fn draw(done: u64, total: u64) -> String {
    let done = done.min(total);
    let filled = (done * WIDTH).checked_div(total).unwrap_or(WIDTH);
    let (filled, left) = (bars("█", filled), bars("·", WIDTH - filled));
    format!("{filled}{left} {done} of {total}")
}

fn bars(sign: &str, count: u64) -> String {
    sign.repeat(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills() {
        assert_eq!(draw(0, 4), format!("{} 0 of 4", "·".repeat(30)));
        assert_eq!(
            draw(2, 4),
            format!("{}{} 2 of 4", "█".repeat(15), "·".repeat(15))
        );
        assert_eq!(draw(9, 4), format!("{} 4 of 4", "█".repeat(30)));
        assert_eq!(draw(0, 0), format!("{} 0 of 0", "█".repeat(30)));
    }
}
