//! What a message may be, and who may do what to it. Pure.

use super::MessagesError;
use super::model::Row;
use crate::rooms::Access;
use crate::rooms::rules::{Denied, Right, may_moderate, may_post, may_read, may_rewrite, may_tidy};
use parlor_protocol::messages::{Draft, MessageType};
use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{Code, MessageId, Timestamp};
use regex::Regex;
use std::sync::LazyLock;

/// The longest message, in characters.
pub const MOST_CHARACTERS: usize = 4000;
/// The longest message, in bytes.
pub const MOST_BYTES: usize = 16 * 1024;
/// The longest client id, in characters.
pub const LONGEST_CLIENT_ID: usize = 64;
/// The most different emoji under one message.
pub const MOST_EMOJI: usize = 50;
/// The longest emoji, in bytes.
pub const LONGEST_EMOJI: usize = 32;

/// A draft that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) content: String,
    pub(super) kind: MessageType,
    pub(super) client_id: Option<String>,
    pub(super) reply_to: Option<MessageId>,
}

/// Whether a draft can be sent by a person.
pub(super) fn check_draft(draft: Draft) -> Result<Checked, MessagesError> {
    check_content(&draft.content)?;
    if !matches!(
        draft.message_type,
        MessageType::Text | MessageType::Markdown
    ) {
        return Err(MessagesError::Field(
            "message_type",
            "people send text or markdown",
        ));
    }
    if let Some(client_id) = &draft.client_id {
        check_client_id(client_id)?;
    }
    if draft.reply_to.is_some_and(|id| id < 1) {
        return Err(MessagesError::Field("reply_to", "not an id"));
    }
    if draft.file_id.is_some() {
        return Err(MessagesError::Field("file_id", "there is no such file"));
    }
    Ok(Checked {
        content: draft.content,
        kind: draft.message_type,
        client_id: draft.client_id,
        reply_to: draft.reply_to,
    })
}

/// Whether a text can be a message: something visible, not too long, and storable everywhere.
pub fn check_content(content: &str) -> Result<(), MessagesError> {
    if content.len() > MOST_BYTES || content.chars().count() > MOST_CHARACTERS {
        let why = "a message has at most 4,000 characters and 16 KiB";
        return Err(MessagesError::Content(Code::TooLong, why));
    }
    if content.contains('\0') {
        let why = "a message cannot hold U+0000";
        return Err(MessagesError::Content(Code::InvalidText, why));
    }
    if !content.chars().any(is_visible) {
        let why = "a message needs something visible";
        return Err(MessagesError::Content(Code::EmptyMessage, why));
    }
    Ok(())
}

/// Blanks, controls and characters without a picture of their own (Unicode: `Default_Ignorable_Code_Point`, and the
/// letters and patterns that are drawn as nothing) do not count.
fn is_visible(c: char) -> bool {
    let invisible = matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}');
    !(invisible || c.is_whitespace() || c.is_control())
}

fn check_client_id(client_id: &str) -> Result<(), MessagesError> {
    let length = 1..=LONGEST_CLIENT_ID;
    if length.contains(&client_id.len()) && client_id.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(MessagesError::Field(
        "client_id",
        "a client id has 1 to 64 visible ASCII characters",
    ))
}

/// One emoji of UTS #51: a picture with its variations, several of them joined, a flag, or a keycap.
static EMOJI: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let picture = r"\p{Extended_Pictographic}(?:\x{FE0F}|[\x{1F3FB}-\x{1F3FF}]|[\x{E0020}-\x{E007E}]+\x{E007F})?";
    let keycap = r"[0-9#*]\x{FE0F}?\x{20E3}";
    let flag = r"\p{Regional_Indicator}{2}";
    Regex::new(&format!(
        r"^(?:{picture}(?:\x{{200D}}{picture})*|{keycap}|{flag})$"
    ))
    .ok()
});

/// Whether a text is one emoji.
pub(super) fn check_emoji(emoji: &str) -> Result<(), MessagesError> {
    let whole = EMOJI.as_ref().is_some_and(|shape| shape.is_match(emoji));
    if whole && emoji.len() <= LONGEST_EMOJI {
        return Ok(());
    }
    Err(MessagesError::Param("a reaction is one emoji"))
}

/// Changing what a message says: its own author, and nobody else.
pub(super) fn may_edit(access: &Access, row: &Row, now: Timestamp) -> Result<(), MessagesError> {
    check_own(access, row)?;
    may_post(access, now)?;
    check_present(row)
}

/// Deleting: one's own, also while muted, and others' where one moderates.
pub(super) fn may_delete(access: &Access, row: &Row) -> Right {
    if is_own(access, row) {
        may_tidy(access)
    } else {
        may_moderate(access)
    }
}

/// Taking back one's own deletion of one's own message, for `window` milliseconds after it.
pub(super) fn may_restore(
    access: &Access,
    row: &Row,
    window: i64,
    now: Timestamp,
) -> Result<(), MessagesError> {
    check_own(access, row)?;
    may_post(access, now)?;
    let Some(deleted_at) = row.deleted_at else {
        return Err(MessagesError::InvalidState("the message is not deleted"));
    };
    if row.deleted_by != Some(access.user_id) {
        return Err(Denied::Forbidden.into());
    }
    if now.0 >= deleted_at.saturating_add(window) {
        return Err(MessagesError::InvalidState(
            "the message was deleted too long ago",
        ));
    }
    Ok(())
}

/// The whole history in one piece: the owner, and both people of a direct chat. From outside there is none to be had,
/// of a public room as of a private one.
pub(super) fn may_export(access: &Access) -> Right {
    if !access.is_member() && !access.presides() {
        return Err(Denied::NotFound);
    }
    may_read(access)?;
    if access.role == Some(RoomRole::Owner) || access.kind == RoomKind::Direct {
        return Ok(());
    }
    Err(Denied::Forbidden)
}

/// Reacting and pinning need something that is there.
pub(super) fn check_present(row: &Row) -> Result<(), MessagesError> {
    if row.is_deleted() {
        return Err(MessagesError::InvalidState("the message is deleted"));
    }
    Ok(())
}

fn check_own(access: &Access, row: &Row) -> Result<(), MessagesError> {
    if is_own(access, row) {
        return Ok(());
    }
    Err(may_rewrite(access).into())
}

/// What the server wrote is nobody's own, even where it speaks of somebody.
fn is_own(access: &Access, row: &Row) -> bool {
    row.sender_id == access.user_id && !row.is_system()
}

#[cfg(test)]
mod tests;
