//! What is told to the two people concerned, each in their own log, and how entries become events again.

use super::Friends;
use super::model::{BlockBody, ClosedBody, FriendBody, RequestBody, RequestRow};
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::log::{Entry, NewEntry, Stream, Tx};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::events::{
    BlockUpdate, FriendRemoved, FriendRequestRemoved, FriendRequested, FriendUpdate, ServerEvent,
};
use parlor_protocol::friends::RequestOutcome;
use parlor_protocol::{Problem, Seq, Timestamp, UserId};
use serde::Serialize;

const REQUEST: &str = "friend_request";
const REQUEST_REMOVED: &str = "friend_request_removed";
const FRIEND: &str = "friend_update";
const FRIEND_REMOVED: &str = "friend_removed";
const BLOCK: &str = "block_update";

/// Tells the two that one has asked the other.
pub(super) async fn announce_request(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    from: &UserBrief,
    to: &UserBrief,
) -> Result<(), StorageError> {
    for (reader, other) in [(from, to), (to, from)] {
        let body = RequestBody {
            id: row.id,
            is_outgoing: reader.id == row.from_id,
            created_at: row.created_at,
        };
        let user_seq = append(tx, reader.id, REQUEST, from.id, other.id, &body).await?;
        let request = row.view(from.clone(), to.clone());
        let event = FriendRequested { user_seq, request };
        tx.publish(Signal::event(Stream::User(reader.id), event));
    }
    Ok(())
}

/// Tells the two what has become of a request.
pub(super) async fn announce_closed(
    tx: &mut Tx<'_>,
    row: &RequestRow,
    outcome: RequestOutcome,
) -> Result<(), StorageError> {
    for reader in [row.from_id, row.to_id] {
        let other = row.other_than(reader);
        let body = ClosedBody {
            id: row.id,
            outcome,
        };
        let user_seq = append(tx, reader, REQUEST_REMOVED, other, other, &body).await?;
        let event = FriendRequestRemoved {
            user_seq,
            request_id: row.id,
            user_id: other,
            outcome,
        };
        tx.publish(Signal::event(Stream::User(reader), event));
    }
    Ok(())
}

/// Tells two that they are friends.
pub(super) async fn announce_friends(
    tx: &mut Tx<'_>,
    one: &UserBrief,
    other: &UserBrief,
    since: Timestamp,
) -> Result<(), StorageError> {
    for (reader, friend) in [(one, other), (other, one)] {
        let body = FriendBody { since: since.0 };
        let user_seq = append(tx, reader.id, FRIEND, friend.id, friend.id, &body).await?;
        let event = FriendUpdate {
            user_seq,
            user: friend.clone(),
            since,
        };
        tx.publish(Signal::event(Stream::User(reader.id), event));
    }
    Ok(())
}

/// Tells two that they are friends no longer.
pub(super) async fn announce_parted(
    tx: &mut Tx<'_>,
    by: UserId,
    other: UserId,
) -> Result<(), StorageError> {
    for (reader, user_id) in [(by, other), (other, by)] {
        let user_seq = append(tx, reader, FRIEND_REMOVED, by, user_id, &()).await?;
        let event = FriendRemoved { user_seq, user_id };
        tx.publish(Signal::event(Stream::User(reader), event));
    }
    Ok(())
}

/// Tells somebody, and nobody else, whom they have blocked or block no longer.
pub(super) async fn announce_block(
    tx: &mut Tx<'_>,
    blocker: UserId,
    user: &UserBrief,
    blocked_at: Option<Timestamp>,
) -> Result<(), StorageError> {
    let body = BlockBody {
        blocked_at: blocked_at.map(|at| at.0),
    };
    let user_seq = append(tx, blocker, BLOCK, blocker, user.id, &body).await?;
    let event = BlockUpdate {
        user_seq,
        user: user.clone(),
        blocked_at,
    };
    tx.publish(Signal::event(Stream::User(blocker), event));
    Ok(())
}

async fn append(
    tx: &mut Tx<'_>,
    reader: UserId,
    kind: &'static str,
    actor: UserId,
    about: UserId,
    body: &impl Serialize,
) -> Result<Seq, StorageError> {
    let entry = NewEntry {
        kind,
        actor: Some(actor),
        about,
        // These bodies are plain structs: writing them cannot fail.
        body: serde_json::to_string(body).unwrap_or_default(),
    };
    tx.append(Stream::User(reader), entry).await
}

impl Friends {
    /// Entries of a person's log that are this capability's, as the events they were. Others are passed over, and so are
    /// entries that cannot be read: one bad row must not keep a reader from the rest.
    pub async fn replay_own(
        &self,
        reader: UserId,
        entries: &[Entry],
    ) -> Result<Vec<ServerEvent>, Problem> {
        let ours = |entry: &&Entry| {
            matches!(
                entry.r#type.as_str(),
                REQUEST | REQUEST_REMOVED | FRIEND | FRIEND_REMOVED | BLOCK
            )
        };
        let entries: Vec<&Entry> = entries.iter().filter(ours).collect();
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let people = entries.iter().map(|entry| entry.ref_id).chain([reader]);
        let people: Vec<UserId> = people.collect();
        let briefs = self.accounts.briefs(&people).await?;
        let event = |entry: &&Entry| {
            let event = revive(entry, briefs.get(&reader)?, briefs.get(&entry.ref_id)?);
            if event.is_none() {
                tracing::warn!(seq = entry.seq, "an entry cannot be read");
            }
            event
        };
        Ok(entries.iter().filter_map(event).collect())
    }
}

/// The event of an entry of `reader`'s log that is about `other`.
fn revive(entry: &Entry, reader: &UserBrief, other: &UserBrief) -> Option<ServerEvent> {
    let user_seq = entry.seq;
    Some(match entry.r#type.as_str() {
        REQUEST => {
            let body: RequestBody = serde_json::from_str(&entry.body).ok()?;
            let (from, to) = if body.is_outgoing {
                (reader, other)
            } else {
                (other, reader)
            };
            let row = RequestRow {
                id: body.id,
                from_id: from.id,
                to_id: to.id,
                created_at: body.created_at,
            };
            let request = row.view(from.clone(), to.clone());
            FriendRequested { user_seq, request }.into()
        }
        REQUEST_REMOVED => {
            let body: ClosedBody = serde_json::from_str(&entry.body).ok()?;
            let event = FriendRequestRemoved {
                user_seq,
                request_id: body.id,
                user_id: other.id,
                outcome: body.outcome,
            };
            event.into()
        }
        FRIEND => {
            let body: FriendBody = serde_json::from_str(&entry.body).ok()?;
            let event = FriendUpdate {
                user_seq,
                user: other.clone(),
                since: Timestamp(body.since),
            };
            event.into()
        }
        FRIEND_REMOVED => {
            let user_id = other.id;
            FriendRemoved { user_seq, user_id }.into()
        }
        _ => {
            let body: BlockBody = serde_json::from_str(&entry.body).ok()?;
            let event = BlockUpdate {
                user_seq,
                user: other.clone(),
                blocked_at: body.blocked_at.map(Timestamp),
            };
            event.into()
        }
    })
}
