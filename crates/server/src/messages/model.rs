//! Messages as they are stored.

use super::rules::Checked;
use aws_lc_rs::digest;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A row of `messages`, and when it was pinned.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Row {
    pub(super) id: MessageId,
    pub(super) room_id: RoomId,
    pub(super) seq: Seq,
    pub(super) sender_id: UserId,
    pub(super) kind: i16,
    pub(super) content: String,
    pub(super) client_id: Option<String>,
    pub(super) digest: i64,
    pub(super) reply_to: Option<MessageId>,
    pub(super) file_id: Option<i64>,
    pub(super) mentions_room: bool,
    pub(super) created_at: i64,
    pub(super) edited_at: Option<i64>,
    pub(super) deleted_at: Option<i64>,
    pub(super) deleted_by: Option<UserId>,
    pub(super) pinned_at: Option<i64>,
}

impl Row {
    /// A message that `sender` has just said.
    pub(super) fn new(id: MessageId, place: (RoomId, Seq), sender: UserId, now: Timestamp) -> Self {
        Self {
            id,
            room_id: place.0,
            seq: place.1,
            sender_id: sender,
            kind: kind_to(MessageType::Text),
            content: String::new(),
            client_id: None,
            digest: 0,
            reply_to: None,
            file_id: None,
            mentions_room: false,
            created_at: now.0,
            edited_at: None,
            deleted_at: None,
            deleted_by: None,
            pinned_at: None,
        }
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    pub(super) fn is_system(&self) -> bool {
        self.kind == kind_to(MessageType::System)
    }
}

pub(super) fn kind_to(kind: MessageType) -> i16 {
    match kind {
        MessageType::Text => 0,
        MessageType::Markdown => 1,
        MessageType::Image => 2,
        MessageType::File => 3,
        MessageType::System => 4,
    }
}

pub(super) fn kind_from(kind: i16) -> MessageType {
    match kind {
        1 => MessageType::Markdown,
        2 => MessageType::Image,
        3 => MessageType::File,
        4 => MessageType::System,
        _ => MessageType::Text,
    }
}

/// What a draft says and where, as a number: the same client id with another one is another message. It outlives edits
/// and the deletion of the content.
pub(super) fn digest_of(room: RoomId, draft: &Checked) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    for number in [
        room,
        i64::from(kind_to(draft.kind)),
        draft.reply_to.unwrap_or(0),
    ] {
        context.update(&number.to_le_bytes());
    }
    context.update(draft.content.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&context.finish().as_ref()[..8]);
    i64::from_le_bytes(first)
}

/// What a `reaction_update` entry says beside the message and who reacted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReactionBody {
    pub(super) emoji: String,
    pub(super) added: bool,
}
