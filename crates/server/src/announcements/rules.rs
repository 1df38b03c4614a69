//! What can be announced. Pure.

use crate::messages::rules::check_content;
use parlor_protocol::announcements::MakeAnnouncement;
use parlor_protocol::{Code, Problem};

/// The longest title, in characters.
const TITLE: usize = 100;
/// So many hold at a time; more are read by nobody.
pub(super) const MOST: i64 = 20;

/// Reads a draft: a line, and what a message could be.
pub(super) fn check(draft: MakeAnnouncement) -> Result<MakeAnnouncement, Problem> {
    let title = draft.title.trim().to_owned();
    let refused = |code, message: &str| Err(Problem::new(code).field("title", message));
    if title.chars().count() > TITLE {
        return refused(Code::TooLong, "a title has at most 100 characters");
    }
    if title.chars().any(char::is_control) {
        return refused(Code::InvalidText, "a title is one line of text");
    }
    if check_content(&title).is_err() {
        return refused(Code::InvalidField, "an announcement needs a title");
    }
    check_content(&draft.content)?;
    Ok(MakeAnnouncement {
        title,
        content: draft.content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(title: &str, content: &str) -> Option<Code> {
        let draft = MakeAnnouncement {
            title: title.to_owned(),
            content: content.to_owned(),
        };
        check(draft).err().map(|problem| problem.code)
    }

    #[test]
    fn an_announcement_has_a_line_and_a_text() {
        assert_eq!(code(" Maintenance ", "On *Sunday*.\n\nFrom 8."), None);
        assert_eq!(code("维护", "星期日"), None);
        assert_eq!(code("", "text"), Some(Code::InvalidField));
        assert_eq!(code("\u{200b}", "text"), Some(Code::InvalidField));
        assert_eq!(code("two\nlines", "text"), Some(Code::InvalidText));
        assert_eq!(code("nul\0", "text"), Some(Code::InvalidText));
        assert_eq!(code(&"x".repeat(101), "text"), Some(Code::TooLong));
        assert_eq!(code("title", " "), Some(Code::EmptyMessage));
        assert_eq!(code("title", &"x".repeat(4_001)), Some(Code::TooLong));
    }
}
