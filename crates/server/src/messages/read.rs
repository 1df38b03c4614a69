//! How far people have read. A mark only moves forward, on all devices alike; what is unread follows from it.

use super::store::counts;
use super::{Desk, Messages, MessagesError};
use crate::accounts::Accounts;
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit as Rate;
use crate::kernel::log::{Stream, read};
use crate::kernel::page::{Limit, open_number};
use crate::rooms::rules::may_tidy;
use crate::rooms::{Rooms, Unread};
use parlor_protocol::accounts::UserStats;
use parlor_protocol::events::ReadUpdate;
use parlor_protocol::messages::{ReadState, Receipt};
use parlor_protocol::{MessageId, Page, RoomId, Seq, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::Arc;

impl Messages {
    /// Says that everything up to `seq` has been read. Lower than before changes nothing.
    pub async fn mark_read(
        &self,
        actor: &Actor,
        room: RoomId,
        seq: Seq,
    ) -> Result<ReadState, MessagesError> {
        let desk = &self.desk;
        desk.kernel.limits.check(Rate::Mark, actor.user_id)?;
        may_tidy(&desk.rooms.access(room, actor).await?)?;
        let head = read::head(&desk.kernel.db, Stream::Room(room)).await?;
        if !(0..=head).contains(&seq) {
            return Err(MessagesError::Field("seq", "the room has no such entry"));
        }
        let user = actor.user_id;
        let mark = desk.rooms.read_mark(room, user).await?;
        let mut last_read_seq = mark.map_or(0, |mark| mark.last_read_seq);
        if seq > last_read_seq {
            last_read_seq = desk.move_mark(room, user, seq).await?;
        }
        let counts = desk.count_unread(user, vec![(room, last_read_seq)]).await?;
        let count = counts.get(&room).copied().unwrap_or_default();
        Ok(ReadState {
            room_id: room,
            last_read_seq,
            unread_count: count.messages,
            mention_count: count.mentions,
        })
    }

    /// Who has read a message, its author aside, in the order of their ids.
    pub async fn receipts(
        &self,
        actor: &Actor,
        id: MessageId,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Receipt>, MessagesError> {
        let desk = &self.desk;
        desk.kernel.limits.check(Rate::Read, actor.user_id)?;
        let row = desk.readable(actor, id).await?;
        let secrets = &desk.kernel.secrets;
        let list = format!("receipts of {id}");
        let after = cursor.map(|cursor| open_number(secrets, &list, cursor));
        let after: UserId = after.transpose()?.unwrap_or(0);
        let place = (row.room_id, row.seq);
        let readers = desk
            .rooms
            .readers(place, row.sender_id, after, limit.probe());
        let marks = readers.await?;
        let page = limit.page(secrets, &list, marks, |mark| mark.user_id.to_string());
        let ids: Vec<UserId> = page.items.iter().map(|mark| mark.user_id).collect();
        let mut briefs = desk.accounts.briefs(&ids).await?;
        let receipt = |mark: &crate::rooms::ReadMark| {
            Some(Receipt {
                user: briefs.remove(&mark.user_id)?,
                last_read_seq: mark.last_read_seq,
                read_at: mark.read_at.map(Timestamp),
            })
        };
        Ok(Page {
            items: page.items.iter().filter_map(receipt).collect(),
            next: page.next,
        })
    }
}

impl Desk {
    /// Moves a mark forward and answers where it is then, which another device may have moved further.
    async fn move_mark(&self, room: RoomId, user: UserId, seq: Seq) -> Result<Seq, StorageError> {
        let moved = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                let is_shown = Accounts::privacy_of(tx.sql(), user).await?.read_receipts;
                let moved = Rooms::mark_read(tx, room, user, seq, is_shown).await?;
                if moved {
                    let to = if is_shown {
                        Stream::Room(room)
                    } else {
                        Stream::User(user)
                    };
                    let event = ReadUpdate {
                        room_id: room,
                        seq,
                        user_id: user,
                    };
                    tx.publish(Signal::event(to, event));
                }
                Ok::<_, StorageError>(moved)
            })
        });
        if moved.await? {
            return Ok(seq);
        }
        let mark = self.rooms.read_mark(room, user).await?;
        Ok(mark.map_or(0, |mark| mark.last_read_seq))
    }

    async fn count_stats(&self, user: UserId) -> Result<UserStats, StorageError> {
        let mut stats = self.rooms.tally(user).await?;
        stats.messages_sent = counts::sent_by(self.kernel.db.read(), user).await?;
        Ok(stats)
    }

    async fn count_unread(
        &self,
        user: UserId,
        marks: Vec<(RoomId, Seq)>,
    ) -> Result<HashMap<RoomId, Unread>, StorageError> {
        let unheard = self.friends.blocked_by(user).await?;
        let rows = counts::unread(self.kernel.db.read(), user, &marks, &unheard).await?;
        let unread = |row: counts::UnreadRow| {
            let unread = Unread {
                messages: row.messages,
                mentions: row.mentions,
            };
            (row.room_id, unread)
        };
        Ok(rows.into_iter().map(unread).collect())
    }
}

/// Lets rooms say what is unread in them, and accounts what somebody has done.
pub(super) fn count_for_others(desk: &Arc<Desk>) {
    let counting = Arc::downgrade(desk);
    desk.rooms.count_unread_with(Box::new(move |user, marks| {
        let counting = counting.upgrade();
        Box::pin(async move {
            match counting {
                Some(desk) => desk.count_unread(user, marks).await,
                None => Ok(HashMap::new()),
            }
        })
    }));
    let counting = Arc::downgrade(desk);
    desk.accounts.count_stats_with(Box::new(move |user| {
        let counting = counting.upgrade();
        Box::pin(async move {
            match counting {
                Some(desk) => desk.count_stats(user).await,
                None => Ok(UserStats::default()),
            }
        })
    }));
}
