//! The stamp in a message's text: which message it is, and when it left.

use memchr::memmem::Finder;
use std::fmt::Write;

/// Characters of a stamp.
pub(crate) const LENGTH: usize = SIGNATURE + 6 + 8 + 12;
const SIGNATURE: usize = 8;

/// Who sent which message, and when, in microseconds since the load began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) sender: usize,
    pub(crate) number: usize,
    pub(crate) micros: u64,
}

/// Writes the stamps of one run, and finds them again in whatever a server has put around them.
pub(crate) struct Stamper {
    signature: String,
    finder: Finder<'static>,
    /// Where the last one stood: events of one server mostly look alike.
    hint: usize,
}

impl Stamper {
    /// Stamps of one run differ from those of another.
    pub(crate) fn new(run: u32) -> Self {
        let signature = format!("run{:04x}:", run & 0xffff);
        Self {
            finder: Finder::new(&signature).into_owned(),
            signature,
            hint: 0,
        }
    }

    /// The stamp as text that JSON leaves as it is.
    pub(crate) fn write(&self, stamp: Stamp, text: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{}{:06x}{:08x}{:012x}",
            self.signature, stamp.sender, stamp.number, stamp.micros
        );
    }

    /// The first stamp in an event.
    pub(crate) fn find(&mut self, event: &[u8]) -> Option<Stamp> {
        let stands = |at: usize| event.get(at..at + SIGNATURE) == Some(self.signature.as_bytes());
        if !stands(self.hint) {
            self.hint = self.finder.find(event)?;
        }
        let digits = event.get(self.hint + SIGNATURE..self.hint + LENGTH)?;
        Some(Stamp {
            sender: usize::try_from(hex(&digits[..6])?).ok()?,
            number: usize::try_from(hex(&digits[6..14])?).ok()?,
            micros: hex(&digits[14..])?,
        })
    }
}

fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(value << 4 | u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp {
        sender: 9_999,
        number: 70_000,
        micros: 12_345_678_901,
    };

    fn event(stamper: &Stamper, before: &str) -> Vec<u8> {
        let mut text = before.to_owned();
        stamper.write(STAMP, &mut text);
        text.push_str("and so on\"}]");
        text.into_bytes()
    }

    #[test]
    fn a_stamp_is_found_wherever_it_stands() {
        let mut stamper = Stamper::new(7);
        for before in [
            "42[\"message\",{\"text\":\"",
            "42[\"new_message\",{\"id\":5,\"run0007\":\"",
            "",
        ] {
            let event = event(&stamper, before);
            assert_eq!(stamper.find(&event), Some(STAMP), "{before}");
            assert_eq!(stamper.find(&event), Some(STAMP), "again, by the hint");
        }
    }

    #[test]
    fn other_runs_cut_stamps_and_other_text_are_none() {
        let mut stamper = Stamper::new(7);
        let whole = event(&stamper, "42[");
        assert_eq!(Stamper::new(8).find(&whole), None);
        assert_eq!(stamper.find(&whole[..3 + LENGTH - 1]), None);
        assert_eq!(stamper.find(b"42[\"hello\"]"), None);
        assert_eq!(stamper.find(b"run0007:zzzzzz00000001000000000001"), None);
    }

    #[test]
    fn its_length_is_known() {
        let mut text = String::new();
        Stamper::new(u32::MAX).write(STAMP, &mut text);
        assert_eq!(text.len(), LENGTH);
    }
}
