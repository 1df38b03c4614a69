//! The export of a room: a message a line, as `GET rooms/{id}/export` gives them.

use super::item::Item;
use super::{ImportError, lines};
use parlor_protocol::messages::Message;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// An export.
pub(super) struct Exported {
    path: PathBuf,
    file: File,
}

impl Exported {
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let file = File::open(path).map_err(|error| ImportError::File(path.to_owned(), error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub(super) fn each(
        &mut self,
        take: &mut dyn FnMut(Item) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let failed = |error| ImportError::File(self.path.clone(), error);
        self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let name = self.path.display().to_string();
        lines::each(&name, &self.file, |message| take(item_of(message)))
    }
}

fn item_of(message: Message) -> Item {
    let reactions = message.reactions.into_iter();
    Item {
        id: message.id,
        room_id: message.room_id,
        seq: message.seq,
        user_id: message.user_id,
        username: message.user.username,
        nickname: message.user.nickname,
        timestamp: message.timestamp,
        edited_at: message.edited_at,
        kind: message.message_type,
        content: message.content,
        is_deleted: message.is_deleted,
        reply_to: message.reply_to.map(|answered| answered.id),
        mentions: message.mentions,
        mentions_room: message.mentions_room,
        reactions: reactions.map(|r| (r.emoji, r.user_ids)).collect(),
        pinned_at: message.pinned_at,
    }
}
