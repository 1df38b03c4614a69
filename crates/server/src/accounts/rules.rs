//! Who may do what with accounts, and which values hold. Pure.

use super::error::AccountsError;
use super::names::{fold, fold_whole};
use crate::kernel::actor::Actor;
use chrono::{DateTime, Datelike, Days, NaiveDate};
use parlor_protocol::{Code, Timestamp};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_script::{Script, UnicodeScript as _};

/// The shortest and the longest password, in bytes.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=1024;
/// The longest text about oneself, in characters.
pub const BIO_LONGEST: usize = 500;
/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
const EMAIL_LONGEST: usize = 254;
/// The longest part before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const EMAIL_LOCAL_LONGEST: usize = 64;
/// The languages of the web client.
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// Passwords that are tried first by those who guess: one a line, in lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// An e-mail address that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As it was given.
    pub shown: String,
    /// Equal for addresses that are the same.
    pub key: String,
}

/// Only those who run the server.
pub fn may_administer(actor: &Actor) -> Result<(), AccountsError> {
    if actor.is_system_admin {
        return Ok(());
    }
    Err(AccountsError::Forbidden)
}

/// Only people with an account.
pub fn may_as_member(actor: &Actor) -> Result<(), AccountsError> {
    if actor.is_guest {
        return Err(AccountsError::GuestNotAllowed);
    }
    Ok(())
}

/// Said to somebody who has an account already.
pub const HAS_ACCOUNT: AccountsError = AccountsError::InvalidState("this is an account already");

/// Only guests.
pub fn may_upgrade(actor: &Actor) -> Result<(), AccountsError> {
    if actor.is_guest {
        return Ok(());
    }
    Err(HAS_ACCOUNT)
}

/// A new password for the account of this name: 8–1,024 bytes, not among the common ones, without the name.
pub fn check_password(
    field: &'static str,
    password: &str,
    username: &str,
) -> Result<(), AccountsError> {
    let message = if password.len() < *PASSWORD_LENGTH.start() {
        "a password has at least 8 bytes"
    } else if password.len() > *PASSWORD_LENGTH.end() {
        "a password has at most 1024 bytes"
    } else if COMMON.contains(password.to_lowercase().as_str()) {
        "this password is one of the most common ones"
    } else if fold_whole(password).contains(&fold(username)) {
        "a password does not contain the user name"
    } else {
        return Ok(());
    };
    let code = Code::WeakPassword;
    Err(AccountsError::Field {
        field,
        message,
        code,
    })
}

/// Reads an e-mail address that could exist; whether it does only a letter can tell.
pub fn check_email(given: &str) -> Result<Email, AccountsError> {
    if !is_plausible_email(given) {
        return Err(AccountsError::field("email", "this is no e-mail address"));
    }
    Ok(Email {
        shown: given.to_owned(),
        key: given.to_lowercase(),
    })
}

fn is_plausible_email(given: &str) -> bool {
    let Some((local, domain)) = given.rsplit_once('@') else {
        return false;
    };
    let plain =
        |c: char| c.is_alphanumeric() || (c.is_ascii_graphic() && !r#""(),:;<>@[\]"#.contains(c));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    given.len() <= EMAIL_LONGEST
        && (1..=EMAIL_LOCAL_LONGEST).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// A day in the past, since 1900, as `YYYY-MM-DD`.
pub fn check_birthday(given: &str, now: Timestamp) -> Result<(), AccountsError> {
    let refused = |message| Err(AccountsError::field("birthday", message));
    let day = NaiveDate::parse_from_str(given, "%Y-%m-%d");
    let plain = given.len() == 10 && given.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let Some(day) = day.ok().filter(|_| plain) else {
        return refused("a birthday is a day, YYYY-MM-DD");
    };
    // East of Greenwich a new day begins up to 14 hours earlier.
    let today = DateTime::from_timestamp_millis(now.0)
        .unwrap_or_default()
        .date_naive();
    if day > today.checked_add_days(Days::new(1)).unwrap_or(today) {
        return refused("a birthday is not in the future");
    }
    if day.year() < 1900 {
        return refused("a birthday is not before 1900");
    }
    Ok(())
}

/// A text about oneself, up to 500 characters.
pub fn check_bio(given: &str) -> Result<(), AccountsError> {
    let code = if given.chars().count() > BIO_LONGEST {
        Code::TooLong
    } else if given
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        Code::InvalidText
    } else {
        return Ok(());
    };
    Err(AccountsError::Field {
        field: "bio",
        message: "a bio has at most 500 characters, and no control characters",
        code,
    })
}

/// A language that the web client speaks.
pub fn check_language(given: &str) -> Result<(), AccountsError> {
    if LANGUAGES.contains(&given) {
        return Ok(());
    }
    Err(AccountsError::field("language", "zh-CN or en"))
}

/// The text of a search for people. One Latin letter or digit finds everybody and is refused; a Han character is a word.
pub fn check_search(given: &str) -> Result<String, AccountsError> {
    let text = fold(given.trim());
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Err(AccountsError::Param("q must not be empty")),
        (Some(c), None) if c.is_ascii() || c.script() == Script::Latin => Err(
            AccountsError::Param("q needs two characters, or one that is a word"),
        ),
        _ if text.contains('\0') || given.chars().count() > 100 => {
            Err(AccountsError::Param("q has at most 100 characters"))
        }
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn code(result: Result<(), AccountsError>) -> Code {
        parlor_protocol::Problem::from(result.unwrap_err()).code
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in [
            "short",
            "1234567",
            "12345678",
            "Password1",
            "qwertyuiop",
            "xx-ALICE-xx",
            "ＡＬＩＣＥ-1234",
        ] {
            let result = check_password("password", weak, "Alice");
            assert_eq!(code(result), Code::WeakPassword, "{weak}");
        }
        let long = "x".repeat(1025);
        assert_eq!(
            code(check_password("password", &long, "alice")),
            Code::WeakPassword
        );
        for fine in ["correct horse battery", "密码密码密码", &"x7".repeat(512)] {
            assert!(check_password("password", fine, "alice").is_ok(), "{fine}");
        }
    }

    #[test]
    fn the_common_passwords_are_usable_as_they_stand() {
        assert!(COMMON.len() >= 500, "{}", COMMON.len());
        for word in COMMON.iter() {
            assert!(word.len() >= 8 && word.to_lowercase() == *word, "{word:?}");
        }
    }

    #[test]
    fn addresses_are_plausible_and_compared_without_case() {
        assert_eq!(
            check_email("Alice@Example.ORG").unwrap().key,
            "alice@example.org"
        );
        for fine in [
            "a+b@c.de",
            "o'neil@x-y.example",
            "用户@例子.公司",
            "a.b@c.d.e",
        ] {
            assert!(check_email(fine).is_ok(), "{fine}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            ".a@b.c",
            "a..b@c.d",
            "a@b.c\r\nBcc: x",
            "<a@b.c>",
            "a@b@c.d",
            "a\u{202e}@b.c",
            &long,
        ] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_birthday_is_a_day_that_has_been() {
        assert!(check_birthday("2000-02-29", NOW).is_ok());
        for bad in [
            "2001-02-29",
            "2999-01-01",
            "1899-12-31",
            "2000-2-29",
            "29.02.2000",
            "",
            "+2000-1-01",
            "２０００-01-01",
        ] {
            assert_eq!(
                code(check_birthday(bad, NOW)),
                Code::InvalidField,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_search_needs_a_word() {
        for bad in ["", "  ", "a", "É", "7", "%"] {
            assert!(check_search(bad).is_err(), "{bad:?}");
        }
        for fine in ["al", "李", " Bob "] {
            assert!(check_search(fine).is_ok(), "{fine:?}");
        }
    }

    #[test]
    fn what_one_says_about_oneself_is_bounded() {
        assert_eq!(code(check_bio(&"x".repeat(501))), Code::TooLong);
        assert_eq!(code(check_bio("a\u{0}b")), Code::InvalidText);
        assert!(check_bio("two\nlines 🙂").is_ok());
        assert!(check_language("zh-CN").is_ok());
        assert_eq!(code(check_language("../etc")), Code::InvalidField);
    }
}
