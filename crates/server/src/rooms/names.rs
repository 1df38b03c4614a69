//! What a room may be called, and the other plain fields: pure checks.

use super::error::RoomsError;
use parlor_protocol::Code;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest name, in characters.
const NAME: usize = 100;
/// The longest folded name, in characters: what the unique column holds.
const FOLDED: usize = 400;
/// The longest description, in characters.
const DESCRIPTION: usize = 500;
/// The longest name of a folder, in characters.
const FOLDER: usize = 40;
/// The longest rules, in characters.
const RULES: usize = 5_000;
/// More marks than this on one letter cover its neighbours.
const MARKS: usize = 4;

/// A name as it is stored, and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) shown: String,
    pub(super) folded: String,
}

/// Reads a name: composed, without blanks around it, on one line, and showing what it is.
pub(super) fn check_name(text: &str) -> Result<Name, RoomsError> {
    let shown = check_line("name", text, NAME, "at most 100 characters")?;
    let folded = fold(&shown);
    if folded.trim().is_empty() {
        return Err(RoomsError::field("name", "a room needs a name"));
    }
    if folded.chars().count() > FOLDED {
        return Err(too_long("name", "too long once written out"));
    }
    Ok(Name { shown, folded })
}

/// What can be kept of a name that does not hold: what is visible of it, on one line and not too long.
pub(super) fn tidy_name(text: &str) -> String {
    let line: String = text
        .nfc()
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect();
    let plain = |c: &char| !c.is_control() && !is_invisible(*c) && !is_combining_mark(*c);
    line.trim().chars().filter(plain).take(NAME).collect()
}

/// A name that is known to hold.
pub(super) fn plain_name(shown: String) -> Name {
    let folded = fold(&shown).chars().take(FOLDED).collect();
    Name { shown, folded }
}

/// What can be kept of a description.
pub(super) fn tidy_description(text: &str) -> String {
    tidy_text(text, DESCRIPTION)
}

/// What can be kept of rules.
pub(super) fn tidy_rules(text: &str) -> String {
    tidy_text(text, RULES)
}

fn tidy_text(text: &str, most: usize) -> String {
    let plain = |c: &char| (!c.is_control() || matches!(c, '\n' | '\t')) && !is_invisible(*c);
    let text = text.trim().nfc().filter(plain);
    text.take(most).collect()
}

/// Reads the name of a folder, which its owner alone sees; it may be empty.
pub(super) fn check_folder(text: &str) -> Result<String, RoomsError> {
    check_line("folder", text, FOLDER, "at most 40 characters")
}

/// Reads one line, composed and without blanks around it.
fn check_line(
    field: &'static str,
    text: &str,
    most: usize,
    too_much: &'static str,
) -> Result<String, RoomsError> {
    let shown: String = text.trim().nfc().collect();
    if shown.chars().count() > most {
        return Err(too_long(field, too_much));
    }
    if shown.chars().any(|c| c.is_control() || is_invisible(c)) || marks(&shown) > MARKS {
        return Err(RoomsError::Field {
            field,
            code: Code::InvalidText,
            message: "no line breaks, control or invisible characters, or piles of marks",
        });
    }
    Ok(shown)
}

/// Reads a description: text of any number of lines.
pub(super) fn check_description(text: &str) -> Result<String, RoomsError> {
    check_text("description", text, DESCRIPTION, "at most 500 characters")
}

/// Reads the rules of a community: text of any number of lines, or none.
pub(super) fn check_rules(text: &str) -> Result<String, RoomsError> {
    check_text("rules", text, RULES, "at most 5,000 characters")
}

fn check_text(
    field: &'static str,
    text: &str,
    most: usize,
    too_much: &'static str,
) -> Result<String, RoomsError> {
    let text: String = text.trim().nfc().collect();
    if text.chars().count() > most {
        return Err(too_long(field, too_much));
    }
    let broken = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c);
    if text.chars().any(broken) {
        return Err(RoomsError::Field {
            field,
            code: Code::InvalidText,
            message: "no control or invisible characters",
        });
    }
    Ok(text)
}

/// Reads an access key: as it was typed.
pub(super) fn check_key(key: &str) -> Result<&str, RoomsError> {
    if !(4..=64).contains(&key.chars().count()) {
        return Err(RoomsError::field("access_key", "4 to 64 characters"));
    }
    let broken = |c: char| c.is_control() || is_invisible(c);
    if key.trim() != key || key.chars().any(broken) {
        return Err(RoomsError::field(
            "access_key",
            "no blanks around it, no control or invisible characters",
        ));
    }
    Ok(key)
}

/// Reads a capacity.
pub(super) fn check_max_members(max: Option<i64>) -> Result<(), RoomsError> {
    if max.is_some_and(|max| !(2..=100_000).contains(&max)) {
        return Err(RoomsError::field("max_members", "2 to 100000"));
    }
    Ok(())
}

/// Names that fold to the same text are the same name: NFKC without regard to case, and without what joins emoji.
/// Upper case first, so that `ß` meets `SS` and every sigma the others.
pub fn fold(text: &str) -> String {
    let upper: String = text.nfkc().flat_map(char::to_uppercase).collect();
    let lower = upper.chars().flat_map(char::to_lowercase);
    lower.nfkc().filter(|c| !joins(*c)).collect()
}

/// Zero-width joiners and variation selectors: emoji and some scripts need them, names do not differ by them.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Takes no room, turns the direction of what follows, or looks like a blank.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The longest pile of combining marks.
fn marks(text: &str) -> usize {
    let (mut longest, mut pile) = (0, 0);
    for c in text.chars() {
        pile = if is_combining_mark(c) { pile + 1 } else { 0 };
        longest = longest.max(pile);
    }
    longest
}

fn too_long(field: &'static str, message: &'static str) -> RoomsError {
    RoomsError::Field {
        field,
        code: Code::TooLong,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_protocol::Problem;

    fn folded(text: &str) -> String {
        check_name(text).unwrap().folded
    }

    fn refused(text: &str) -> Code {
        Problem::from(check_name(text).unwrap_err()).code
    }

    #[test]
    fn names_are_equal_ignoring_case_and_form() {
        assert_eq!(folded("Reading Circle"), folded("READING circle"));
        assert_eq!(folded("ＡＤＭＩＮ"), folded("admin"));
        assert_eq!(folded("Straße"), folded("STRASSE"));
        assert_eq!(folded("ΟΔΟΣ"), folded("οδος"));
        assert_eq!(folded("e\u{301}t\u{e9}"), folded("ÉTÉ"));
        assert_eq!(folded(" 大厅 "), "大厅");
        assert_eq!(folded("👩\u{200d}💻 devs"), folded("👩💻 DEVS"));
        assert_ne!(folded("room 1"), folded("room 2"));
    }

    #[test]
    fn a_name_is_one_visible_line() {
        assert_eq!(check_name("  a b ").unwrap().shown, "a b");
        assert_eq!(refused(""), Code::InvalidField);
        assert_eq!(refused(" \u{3000} "), Code::InvalidField);
        assert_eq!(refused("\u{200d}\u{fe0f}"), Code::InvalidField);
        for bad in [
            "a\nb",
            "a\r\nSet-Cookie: b",
            "a\0b",
            "a\u{202e}b",
            "a\u{200b}b",
            "x\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}",
        ] {
            assert_eq!(refused(bad), Code::InvalidText, "{bad:?}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(check_name(&"厅".repeat(100)).is_ok());
        assert_eq!(refused(&"厅".repeat(101)), Code::TooLong);
        assert_eq!(refused(&"\u{fdfa}".repeat(100)), Code::TooLong);
        assert!(check_description(&"段\n".repeat(250)).is_ok());
        assert!(check_description(&"段".repeat(501)).is_err());
        assert!(check_description("a\0").is_err());
    }

    #[test]
    fn a_key_is_kept_as_it_was_typed() {
        assert_eq!(check_key("open, Sésame").unwrap(), "open, Sésame");
        for bad in ["abc", " abcd", "ab\ncd", "ab\u{200b}cd", &"k".repeat(65)] {
            assert!(check_key(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_capacity_is_two_to_a_hundred_thousand() {
        for good in [None, Some(2), Some(100_000)] {
            assert!(check_max_members(good).is_ok());
        }
        for bad in [-1, 0, 1, 100_001, 1_000_000] {
            assert!(check_max_members(Some(bad)).is_err());
        }
    }
}
