//! A message of an archive or an export, and what it has to be.

use super::Destination;
use crate::archives::format::RoomLine;
use crate::archives::writer::hex;
use aws_lc_rs::digest;
use parlor_protocol::messages::MessageType;
use parlor_protocol::{ID_LIMIT, MessageId, RoomId, Seq, Timestamp, UserId};
use std::collections::BTreeMap;

/// Clocks of two servers may differ by this much, in milliseconds.
const TOLERANCE: i64 = 24 * 60 * 60 * 1000;
/// The longest name of a person, in bytes: more than any that holds.
const LONGEST_NAME: usize = 512;

/// A message as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: MessageId,
    pub(super) room_id: RoomId,
    pub(super) seq: Seq,
    pub(super) user_id: UserId,
    pub(super) username: String,
    pub(super) nickname: String,
    pub(super) timestamp: Timestamp,
    pub(super) edited_at: Option<Timestamp>,
    pub(super) kind: MessageType,
    pub(super) content: String,
    pub(super) is_deleted: bool,
    pub(super) reply_to: Option<MessageId>,
    pub(super) mentions: Vec<UserId>,
    pub(super) mentions_room: bool,
    pub(super) reactions: Vec<(String, Vec<UserId>)>,
    pub(super) pinned_at: Option<Timestamp>,
}

/// Into which rooms the messages of a file go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rooms {
    /// All into this one.
    One(Destination),
    /// Each into its own.
    Several(BTreeMap<RoomId, RoomLine>),
}

impl Item {
    /// What makes it the same message, from whatever file it comes.
    pub(super) fn identity(&self) -> String {
        let Self {
            room_id,
            id,
            seq,
            user_id,
            timestamp,
            ..
        } = self;
        let facts = format!("{room_id} {id} {seq} {user_id} {}", timestamp.0);
        hex(digest::digest(&digest::SHA256, facts.as_bytes()).as_ref())
    }

    /// Whether it can have been a message of a server.
    pub(super) fn check(&self, now: Timestamp, rooms: &Rooms) -> Result<(), &'static str> {
        let ids = [self.id, self.room_id, self.seq, self.user_id];
        if !ids.into_iter().all(is_id) || !self.reply_to.is_none_or(is_id) {
            return Err("an id is a number from 1 to 9007199254740991");
        }
        let times = [Some(self.timestamp), self.edited_at, self.pinned_at];
        let latest = now.plus_millis(TOLERANCE);
        if times
            .into_iter()
            .flatten()
            .any(|at| at.0 < 0 || at > latest)
        {
            return Err("it is from the future, or from before computers had clocks");
        }
        if self.username.is_empty() || self.username.len() > LONGEST_NAME {
            return Err("nobody can have that name");
        }
        match rooms {
            Rooms::Several(rooms) if !rooms.contains_key(&self.room_id) => {
                Err("the archive says nothing of its room")
            }
            _ => Ok(()),
        }
    }
}

fn is_id(id: i64) -> bool {
    (1..ID_LIMIT).contains(&id)
}
