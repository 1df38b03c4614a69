//! The rules, one by one.

use super::*;
use crate::messages::model::kind_to;

const NOW: Timestamp = Timestamp(1_000_000_000);

fn code(content: &str) -> Option<Code> {
    match check_content(content) {
        Ok(()) => None,
        Err(MessagesError::Content(code, _)) => Some(code),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_message_shows_something() {
    for text in ["a", " a ", "字", "👍", "🇨🇳", ".", "\u{301}"] {
        assert_eq!(code(text), None, "{text:?}");
    }
    for text in [
        "",
        " \t\r\n",
        "\u{3000}\u{a0}",
        "\u{200b}\u{200d}\u{feff}",
        "\u{2800}\u{3164}",
        "\u{fe0f}",
        "\u{7}\u{1b}",
        "\u{e0041}\u{e007f}",
        "\u{202e}\u{2066}",
    ] {
        assert_eq!(code(text), Some(Code::EmptyMessage), "{text:?}");
    }
}

#[test]
fn a_message_is_not_too_long() {
    assert_eq!(code(&"字".repeat(4000)), None);
    assert_eq!(code(&"😀".repeat(4000)), None);
    assert_eq!(code(&"a".repeat(4001)), Some(Code::TooLong));
    assert_eq!(code(&"a".repeat(1 << 20)), Some(Code::TooLong));
}

#[test]
fn a_message_is_text_that_every_database_keeps() {
    assert_eq!(code("a\0b"), Some(Code::InvalidText));
    assert_eq!(code("a\u{202e}b\u{301}\u{302}"), None);
}

#[test]
fn a_client_id_is_short_and_visible() {
    for good in ["1", "b7f4-…".trim_end_matches('…'), &"x".repeat(64), "~!@#"] {
        check_client_id(good).unwrap();
    }
    for bad in ["", " ", "a b", "é", "a\n", &"x".repeat(65)] {
        assert!(check_client_id(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn people_send_text_and_markdown_without_foreign_files() {
    let draft = |message_type, file_id| Draft {
        content: "hi".to_owned(),
        message_type,
        file_id,
        ..Draft::default()
    };
    check_draft(draft(MessageType::Text, None)).unwrap();
    check_draft(draft(MessageType::Markdown, None)).unwrap();
    for kind in [MessageType::Image, MessageType::File, MessageType::System] {
        let refused = check_draft(draft(kind, None));
        assert!(matches!(
            refused,
            Err(MessagesError::Field("message_type", _))
        ));
    }
    let refused = check_draft(draft(MessageType::Text, Some(7)));
    assert!(matches!(refused, Err(MessagesError::Field("file_id", _))));
}

#[test]
fn a_reaction_is_one_emoji() {
    for good in [
        "👍",
        "👍🏽",
        "❤️",
        "❤",
        "👨‍👩‍👧",
        "🏳️‍🌈",
        "🇨🇳",
        "1️⃣",
        "😀",
        "🧑🏽‍🚀",
        "☺️",
    ] {
        check_emoji(good).unwrap_or_else(|_| panic!("{good}"));
    }
    for bad in [
        "", "a", "👍👍", "👍 ", "+1", "字", "1", "\u{fe0f}", "\u{200d}", "🇨", "<b>",
    ] {
        assert!(check_emoji(bad).is_err(), "{bad:?}");
    }
    let family = ["👨"; 5].join("\u{200d}");
    assert!(check_emoji(&family).is_ok());
    assert!(
        check_emoji(&["👨"; 6].join("\u{200d}")).is_err(),
        "too long"
    );
}

fn access(user: i64, role: Option<RoomRole>) -> Access {
    Access {
        room_id: 1,
        kind: RoomKind::Room,
        home: crate::rooms::Home::None,
        is_private: false,
        user_id: user,
        role,
        muted_until: None,
        is_banned: false,
        is_blocked: false,
        is_guest: false,
        is_system_admin: false,
    }
}

fn row(sender: i64) -> Row {
    Row::new(5, (1, 1), sender, NOW)
}

fn denied(result: Result<(), MessagesError>) -> Denied {
    match result {
        Err(MessagesError::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_author_edits_and_not_while_muted() {
    let mut author = access(7, Some(RoomRole::Member));
    may_edit(&author, &row(7), NOW).unwrap();
    let owner = access(8, Some(RoomRole::Owner));
    assert_eq!(denied(may_edit(&owner, &row(7), NOW)), Denied::Forbidden);
    author.muted_until = Some(NOW.plus_millis(1));
    assert_eq!(denied(may_edit(&author, &row(7), NOW)), Denied::Muted);
    may_edit(&author, &row(7), NOW.plus_millis(1)).unwrap();
    author.role = None;
    assert_eq!(denied(may_edit(&author, &row(7), NOW)), Denied::NotMember);
    author.is_private = true;
    assert_eq!(denied(may_edit(&author, &row(7), NOW)), Denied::NotFound);
}

#[test]
fn authors_delete_their_own_and_moderators_anybodys() {
    let mut author = access(7, Some(RoomRole::Member));
    author.muted_until = Some(NOW.plus_millis(1));
    may_delete(&author, &row(7)).unwrap();
    assert_eq!(may_delete(&author, &row(8)), Err(Denied::Forbidden));
    may_delete(&access(9, Some(RoomRole::Admin)), &row(7)).unwrap();
    let mut system = row(7);
    system.kind = kind_to(MessageType::System);
    assert_eq!(may_delete(&author, &system), Err(Denied::Forbidden));
}

#[test]
fn one_restores_what_one_has_deleted_not_long_ago() {
    const WINDOW: i64 = 1_000;
    let author = access(7, Some(RoomRole::Member));
    let mut gone = row(7);
    assert!(matches!(
        may_restore(&author, &gone, WINDOW, NOW),
        Err(MessagesError::InvalidState(_))
    ));
    gone.deleted_at = Some(NOW.0);
    gone.deleted_by = Some(7);
    let last = NOW.plus_millis(WINDOW - 1);
    may_restore(&author, &gone, WINDOW, last).unwrap();
    assert!(matches!(
        may_restore(&author, &gone, WINDOW, last.plus_millis(1)),
        Err(MessagesError::InvalidState(_))
    ));
    gone.deleted_by = Some(8);
    assert_eq!(
        denied(may_restore(&author, &gone, WINDOW, NOW)),
        Denied::Forbidden
    );
}

#[test]
fn the_owner_exports_and_a_direct_chat_is_owned_by_both() {
    may_export(&access(7, Some(RoomRole::Owner))).unwrap();
    for role in [RoomRole::Member, RoomRole::Admin] {
        assert_eq!(may_export(&access(7, Some(role))), Err(Denied::Forbidden));
    }
    let mut outsider = access(7, None);
    assert_eq!(may_export(&outsider), Err(Denied::NotFound));
    outsider.is_private = true;
    assert_eq!(may_export(&outsider), Err(Denied::NotFound));
    outsider.is_system_admin = true;
    assert_eq!(may_export(&outsider), Err(Denied::Forbidden));
    let mut friend = access(7, Some(RoomRole::Member));
    friend.kind = RoomKind::Direct;
    may_export(&friend).unwrap();
}
