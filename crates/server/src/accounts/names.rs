//! What a name may consist of, and when two names are the same or look the same.
//!
//! Names are compared by NFKC and case fold (Unicode 3.13), and by the confusables skeleton of UTS #39: `аdmin` with a
//! Cyrillic `а` is `admin` to the eye, so it is taken where `admin` is.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_script::{Script, UnicodeScript};
use unicode_security::general_security_profile::IdentifierType;
use unicode_security::{GeneralSecurityProfile, MixedScript, skeleton};

/// The shortest and the longest name, in characters.
pub const USERNAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=48;
/// The longest nickname, in characters.
pub const NICKNAME_LONGEST: usize = 64;
/// The longest key that is stored, in characters. Longer ones are cut, which makes more names equal, never fewer.
const KEY_LONGEST: usize = 160;
/// Begins the names that the server gives to guests, to deleted accounts and to people of archives.
const OWN_PREFIXES: [&str; 3] = ["guest-", "deleted-", "imported-"];

/// A user name that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    /// As it is shown.
    pub shown: String,
    /// Equal for names that are the same.
    pub key: String,
    /// Equal for names that look the same.
    pub skeleton: String,
}

impl Username {
    /// A name as it is, whatever it consists of.
    #[must_use]
    pub fn raw(shown: String) -> Self {
        let key = fold(&shown);
        let skeleton = skeleton(&key).take(KEY_LONGEST).collect();
        Self {
            shown,
            key,
            skeleton,
        }
    }

    /// True for names that only the server gives.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        OWN_PREFIXES
            .iter()
            .any(|prefix| self.key.starts_with(prefix))
    }
}

/// A name in the form that comparisons use: without differences of case, width or composition. Long ones are cut.
#[must_use]
pub fn fold(name: &str) -> String {
    fold_chars(name.chars()).take(KEY_LONGEST).collect()
}

/// As [`fold`], of texts of any length.
#[must_use]
pub fn fold_whole(text: &str) -> String {
    fold_chars(text.chars()).collect()
}

/// Down, up and down again, so that `ẞ`, `ß` and `ss` meet, and both small forms of `Σ`, as in full case folding.
fn fold_chars(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let lower = text.nfkc().flat_map(char::to_lowercase);
    let upper = lower.flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfkc()
}

/// Reads a user name: 2–48 letters, digits, `_`, `-`, `.`; besides ASCII of one script.
pub fn check_username(given: &str) -> Result<Username, &'static str> {
    if given.len() > 4 * NICKNAME_LONGEST {
        return Err("a name has at most 48 characters");
    }
    let shown: String = given.nfkc().collect();
    let length = shown.chars().count();
    if !USERNAME_LENGTH.contains(&length) {
        return Err("a name has 2 to 48 characters");
    }
    if !shown.chars().all(|c| is_letter(c) || is_sign(c)) || has_stacked_marks(&shown) {
        return Err("a name consists of letters, digits, _, - and .");
    }
    let dangles = |c: char| matches!(c, '-' | '.');
    let first = |c: char| dangles(c) || is_combining_mark(c);
    if shown.starts_with(first) || shown.ends_with(dangles) {
        return Err("a name begins and ends with a letter, a digit or _");
    }
    if !shown.chars().any(char::is_alphanumeric) {
        return Err("a name has a letter or a digit");
    }
    let foreign: String = shown.chars().filter(|c| !c.is_ascii()).collect();
    if !foreign.as_str().is_single_script() {
        return Err("besides ASCII, a name is written in one script");
    }
    let name = Username::raw(shown);
    if pretends_to_be_ascii(&name) {
        return Err("a name does not mix letters of two scripts that look alike");
    }
    Ok(name)
}

/// ASCII letters mixed with those of another script, all of which look like ASCII.
fn pretends_to_be_ascii(name: &Username) -> bool {
    let is_foreign = |c: char| {
        !matches!(
            c.script(),
            Script::Latin | Script::Common | Script::Inherited
        )
    };
    let mixed =
        name.shown.chars().any(|c| c.is_ascii_alphabetic()) && name.shown.chars().any(is_foreign);
    mixed && name.skeleton.is_ascii()
}

fn is_sign(c: char) -> bool {
    matches!(c, '_' | '-' | '.') || c.is_ascii_digit()
}

fn is_letter(c: char) -> bool {
    if is_invisible(c) {
        return false;
    }
    if is_combining_mark(c) {
        // Marks of a script belong to its letters. Of those that fit every script, UTS #39 names the usual ones;
        // overlays (class 1) strike letters through.
        let shared = matches!(c.script(), Script::Inherited | Script::Common);
        return !shared || (c.identifier_allowed() && canonical_combining_class(c) != 1);
    }
    c.is_alphabetic() || (c.is_numeric() && c.identifier_allowed())
}

/// More marks upon each other than any language writes.
fn has_stacked_marks(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        let shared = c.script() == Script::Inherited;
        marks = match (is_combining_mark(c), shared) {
            (false, _) => 0,
            (true, false) => marks + 1,
            (true, true) => marks + 2,
        };
        marks > 3
    })
}

fn is_invisible(c: char) -> bool {
    c.is_control() || c.identifier_type() == Some(IdentifierType::Default_Ignorable)
}

/// Reads a nickname: up to 64 visible characters on one line, without signs that change the direction of the text
/// around it. `None` where nothing is left of it.
pub fn check_nickname(given: &str) -> Result<Option<String>, &'static str> {
    let text: String = given
        .nfc()
        .take(4 * NICKNAME_LONGEST)
        .collect::<String>()
        .trim()
        .to_owned();
    if text.chars().count() > NICKNAME_LONGEST || given.len() > 16 * NICKNAME_LONGEST {
        return Err("a nickname has at most 64 characters");
    }
    // Zero-width joiner and variation selector 16 build emoji.
    let hidden = |c| is_invisible(c) && !matches!(c, '\u{200d}' | '\u{fe0f}');
    let breaks = |c| matches!(c, '\u{2028}' | '\u{2029}');
    if text.chars().any(|c| hidden(c) || breaks(c)) || has_stacked_marks(&text) {
        return Err("a nickname has visible characters only");
    }
    let visible = text
        .chars()
        .any(|c| !c.is_whitespace() && !is_invisible(c) && !is_combining_mark(c));
    if !text.is_empty() && !visible {
        return Err("a nickname has visible characters");
    }
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_hold() {
        for name in [
            "alice",
            "Bob_2",
            "x-y.z",
            "_under_",
            "李明",
            "さくらサクラ桜",
            "한글",
            "Алиса",
            "Çağrı",
            "Nguyễn",
            "ẹ́kọ́",
            "李明-pro",
            "विक्रम",
            "สมชาย",
            "محمد",
            "Ωmega",
            "٣محمد",
            "007",
        ] {
            assert!(
                check_username(name).is_ok(),
                "{name}: {:?}",
                check_username(name)
            );
        }
    }

    #[test]
    fn names_that_deceive_or_disturb_are_refused() {
        for name in [
            "",
            "a",
            &"a".repeat(49),
            "a b",
            "a@b",
            "admin.",
            "-x",
            ".x",
            "__",
            "a\u{0}b",
            "a\nb",
            "ab\u{202e}dc",
            "ab\u{200b}",
            "ab\u{200d}cd",
            "z\u{0337}a\u{0337}l\u{0337}go",
            "z\u{0301}\u{0302}\u{0303}",
            "\u{0301}ab",
            "\u{3164}\u{3164}",
            "\u{115f}\u{1160}x",
            "аdmin",
            "pаypаl",
            "алиσα",
            "👍👍",
            "½½",
            &"ﷺ".repeat(40),
            &"😀".repeat(10_000),
        ] {
            assert!(
                check_username(name).is_err(),
                "{name:?}: {:?}",
                check_username(name)
            );
        }
    }

    #[test]
    fn names_that_are_or_look_the_same_share_a_key() {
        let key = |name: &str| check_username(name).unwrap().key;
        assert_eq!(key("ＡＤＭＩＮ"), key("admin"));
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("Straße"), key("STRAẞE"));
        assert_eq!(key("Οδυσσεύς"), key("ΟΔΥΣΣΕΎΣ"));
        assert_eq!(key("e\u{301}ric"), key("Éric"));
        let look = |name: &str| Username::raw(name.to_owned()).skeleton;
        assert_eq!(look("аdmin"), look("Admin"));
        assert_eq!(look("рау"), look("pay"));
        assert_ne!(look("alice1"), look("alice_1"));
        assert_ne!(look("user10"), look("user11"));
        assert!(Username::raw("Guest-12".to_owned()).is_reserved());
    }

    proptest::proptest! {
        #[test]
        fn a_name_that_holds_is_a_name_of_itself(text in "\\PC{1,12}|[a-zа-яé\u{300}-\u{36f}_.-]{2,8}") {
            if let Ok(name) = check_username(&text) {
                proptest::prop_assert_eq!(check_username(&name.shown), Ok(name));
            }
        }
    }

    #[test]
    fn a_nickname_is_one_visible_line() {
        assert_eq!(
            check_nickname("  Ann Lee  "),
            Ok(Some("Ann Lee".to_owned()))
        );
        assert_eq!(check_nickname("👩‍👩‍👧‍👦 ❤️"), Ok(Some("👩‍👩‍👧‍👦 ❤️".to_owned())));
        assert_eq!(check_nickname("   "), Ok(None));
        for bad in [
            "a\u{202e}b",
            "a\u{2066}b",
            "a\r\nb",
            "a\u{2028}b",
            "\u{200b}",
            "\u{200d}",
            "z\u{0335}\u{0336}\u{0337}\u{0338}",
            &"x".repeat(65),
        ] {
            assert!(check_nickname(bad).is_err(), "{bad:?}");
        }
    }
}
