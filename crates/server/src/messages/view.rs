//! Messages as people see them: many at once, in a fixed number of queries.

use super::Desk;
use super::model::{Row, kind_from};
use super::store::{self, beside};
use crate::kernel::db::{Sql, StorageError};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::messages::{DeliveryStatus, Message, Reaction, ReplyPreview};
use parlor_protocol::{MessageId, RoomId, Seq, Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};

/// How much of a message is shown above an answer to it, in characters.
pub(super) const EXCERPT: usize = 140;
/// So many members of a room are looked at one by one.
const FEW: usize = 100;
/// So many of those whom the server has seen last are looked at.
const LATELY: i64 = 1000;
/// People and when they were last seen.
type Seen = Vec<(UserId, Timestamp)>;
/// What a person online was last seen at.
const NOW: Timestamp = Timestamp(i64::MAX);

/// What the rows of messages do not say.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) briefs: HashMap<UserId, UserBrief>,
    pub(super) mentions: HashMap<MessageId, Vec<UserId>>,
    pub(super) reactions: HashMap<MessageId, Vec<Reaction>>,
    /// Messages that others answer.
    pub(super) answered: HashMap<MessageId, Row>,
}

impl Beside {
    /// A message as it is seen.
    pub(super) fn view(&mut self, row: &Row, status: DeliveryStatus) -> Message {
        let mut message = self.tombstone(row, status);
        if row.is_deleted() {
            return message;
        }
        message.content.clone_from(&row.content);
        message.reply_to = row.reply_to.and_then(|id| self.preview(id));
        message.file_id = row.file_id;
        message.mentions = self.mentions.remove(&row.id).unwrap_or_default();
        message.mentions_room = row.mentions_room;
        message.reactions = self.reactions.remove(&row.id).unwrap_or_default();
        message.pinned_at = row.pinned_at.map(Timestamp);
        message
    }

    /// The place of a message without anything that was said there.
    fn tombstone(&self, row: &Row, status: DeliveryStatus) -> Message {
        Message {
            id: row.id,
            room_id: row.room_id,
            seq: row.seq,
            user_id: row.sender_id,
            user: self.brief(row.sender_id),
            content: String::new(),
            message_type: kind_from(row.kind),
            timestamp: Timestamp(row.created_at),
            edited_at: row.edited_at.map(Timestamp),
            is_deleted: row.is_deleted(),
            client_id: row.client_id.clone(),
            reply_to: None,
            file_id: None,
            mentions: Vec::new(),
            mentions_room: false,
            reactions: Vec::new(),
            pinned_at: None,
            status,
        }
    }

    fn preview(&self, id: MessageId) -> Option<ReplyPreview> {
        let row = self.answered.get(&id)?;
        Some(ReplyPreview {
            id,
            seq: row.seq,
            user: self.brief(row.sender_id),
            excerpt: row.content.chars().take(EXCERPT).collect(),
            message_type: kind_from(row.kind),
            is_deleted: row.is_deleted(),
        })
    }

    /// Accounts are buried and never removed, so everybody who has said something is known.
    fn brief(&self, user: UserId) -> UserBrief {
        self.briefs
            .get(&user)
            .cloned()
            .unwrap_or_else(|| UserBrief {
                id: user,
                username: String::new(),
                nickname: String::new(),
                avatar_url: String::new(),
                is_guest: false,
            })
    }
}

impl Desk {
    /// Messages as they are seen, in the order of their rows.
    pub(super) async fn views(
        &self,
        sql: &impl Sql,
        rows: &[Row],
    ) -> Result<Vec<Message>, StorageError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut beside = self.load_beside(sql, rows).await?;
        let mut reaches = HashMap::new();
        for room in rows.iter().map(|row| row.room_id).collect::<BTreeSet<_>>() {
            reaches.insert(room, self.load_reach(room, rows).await?);
        }
        let views = rows.iter().map(|row| {
            let reach = reaches.get(&row.room_id);
            let status = reach.map_or(DeliveryStatus::Sent, |reach| reach.status(row));
            beside.view(row, status)
        });
        Ok(views.collect())
    }

    /// One message as it is seen.
    pub(super) async fn view(&self, sql: &impl Sql, row: Row) -> Result<Message, StorageError> {
        let views = self.views(sql, std::slice::from_ref(&row)).await?;
        let missing = || Beside::default().tombstone(&row, DeliveryStatus::Sent);
        Ok(views.into_iter().next().unwrap_or_else(missing))
    }

    async fn load_beside(&self, sql: &impl Sql, rows: &[Row]) -> Result<Beside, StorageError> {
        let shown: Vec<&Row> = rows.iter().filter(|row| !row.is_deleted()).collect();
        let ids: Vec<MessageId> = shown.iter().map(|row| row.id).collect();
        let mut mentions: HashMap<MessageId, Vec<UserId>> = HashMap::new();
        for mention in beside::mentions(sql, &ids).await? {
            let people = mentions.entry(mention.message_id).or_default();
            people.push(mention.user_id);
        }
        let answered: BTreeSet<MessageId> = shown.iter().filter_map(|row| row.reply_to).collect();
        let answered = store::by_ids(sql, &Vec::from_iter(answered)).await?;
        let senders = rows.iter().chain(&answered).map(|row| row.sender_id);
        let senders: BTreeSet<UserId> = senders.collect();
        Ok(Beside {
            briefs: self.accounts.briefs(&Vec::from_iter(senders)).await?,
            mentions,
            reactions: self.load_reactions(sql, &ids).await?,
            answered: answered.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    /// The reactions of messages: emoji in the order of their first use, people in the order of reacting.
    pub(super) async fn load_reactions(
        &self,
        sql: &impl Sql,
        messages: &[MessageId],
    ) -> Result<HashMap<MessageId, Vec<Reaction>>, StorageError> {
        let mut all: HashMap<MessageId, Vec<Reaction>> = HashMap::new();
        for row in beside::reactions(sql, messages).await? {
            let reactions = all.entry(row.message_id).or_default();
            match reactions.iter_mut().find(|r| r.emoji == row.emoji) {
                Some(reaction) => {
                    reaction.count += 1;
                    reaction.user_ids.push(row.user_id);
                }
                None => reactions.push(Reaction {
                    emoji: row.emoji,
                    count: 1,
                    user_ids: vec![row.user_id],
                }),
            }
        }
        Ok(all)
    }

    /// How far the messages of a room have got, as far as these rows need it.
    async fn load_reach(&self, room: RoomId, rows: &[Row]) -> Result<Reach, StorageError> {
        let mut reach = Reach {
            marks: self.rooms.furthest_read(room).await?,
            seen: Vec::new(),
        };
        let mut here = rows.iter().filter(|row| row.room_id == room);
        if here.all(|row| reach.is_read(row)) {
            return Ok(reach);
        }
        let members = self.rooms.member_ids(room).await?;
        reach.seen = self.load_here(&members).await?;
        // With two people online everything has reached somebody other than who said it.
        if reach.seen.len() < 2 {
            let oldest = rows.iter().map(|row| row.created_at).min();
            let since = Timestamp(oldest.unwrap_or_default());
            reach.seen.extend(self.load_seen(&members, since).await?);
        }
        Ok(reach)
    }

    /// Some of the members who are here.
    async fn load_here(&self, members: &[UserId]) -> Result<Seen, StorageError> {
        let here = self.kernel.online.some_of(members, FEW);
        let here = here.into_iter().map(|user| (user, NOW)).collect();
        self.visible(here).await
    }

    /// When members were last seen: all of them, or at least two of those who were seen since a moment. In a room of
    /// many these are among the people whom the server has seen last; asking for every member would take long.
    async fn load_seen(&self, members: &[UserId], since: Timestamp) -> Result<Seen, StorageError> {
        if members.len() > FEW {
            let mut lately = self.accounts.seen_since(since, LATELY).await?;
            let is_all = i64::try_from(lately.len()).is_ok_and(|found| found < LATELY);
            lately.retain(|(user, _)| members.binary_search(user).is_ok());
            let lately = self.visible(lately).await?;
            if is_all || lately.len() >= 2 {
                return Ok(lately);
            }
        }
        self.visible(self.accounts.last_seen(members).await?).await
    }

    /// Who does not let everybody see them being here does not tell it by this either.
    async fn visible(&self, mut seen: Seen) -> Result<Seen, StorageError> {
        let people: Vec<UserId> = seen.iter().map(|(user, _)| *user).collect();
        let hidden = self.accounts.presence_circles(&people).await?;
        seen.retain(|(user, _)| !hidden.contains_key(user));
        Ok(seen)
    }
}

/// How far the messages of a room have got.
struct Reach {
    /// The two who have read furthest: one of them is not who wrote a given message.
    marks: Vec<(UserId, Seq)>,
    /// When people were last seen.
    seen: Seen,
}

impl Reach {
    fn is_read(&self, row: &Row) -> bool {
        let mut others = self.marks.iter().filter(|(user, _)| *user != row.sender_id);
        others.any(|(_, seq)| *seq >= row.seq)
    }

    fn status(&self, row: &Row) -> DeliveryStatus {
        let mut others = self.seen.iter().filter(|(user, _)| *user != row.sender_id);
        if self.is_read(row) {
            DeliveryStatus::Read
        } else if others.any(|(_, at)| at.0 >= row.created_at) {
            DeliveryStatus::Delivered
        } else {
            DeliveryStatus::Sent
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gets_as_far_as_others_do() {
        let row = Row::new(1, (1, 10), 7, Timestamp(1_000));
        let status = |marks: &[(UserId, Seq)], seen: &[(UserId, i64)]| {
            let seen = seen.iter().map(|(user, at)| (*user, Timestamp(*at)));
            let reach = Reach {
                marks: marks.to_vec(),
                seen: seen.collect(),
            };
            reach.status(&row)
        };
        assert_eq!(status(&[], &[]), DeliveryStatus::Sent);
        assert_eq!(status(&[(7, 99)], &[(7, 9_999)]), DeliveryStatus::Sent);
        assert_eq!(status(&[(8, 9)], &[(8, 999)]), DeliveryStatus::Sent);
        assert_eq!(status(&[(8, 9)], &[(8, 1_000)]), DeliveryStatus::Delivered);
        assert_eq!(status(&[(7, 99), (8, 10)], &[]), DeliveryStatus::Read);
    }

    #[test]
    fn a_deleted_message_shows_its_place_alone() {
        let mut row = Row::new(1, (1, 10), 7, Timestamp(1_000));
        row.content = "canary".to_owned();
        row.client_id = Some("c1".to_owned());
        row.mentions_room = true;
        row.pinned_at = Some(2_000);
        row.reply_to = Some(1);
        row.deleted_at = Some(3_000);
        let mut beside = Beside::default();
        beside.answered.insert(1, row.clone());
        beside.mentions.insert(1, vec![8]);
        let view = beside.view(&row, DeliveryStatus::Sent);
        assert!(view.is_deleted && view.content.is_empty() && view.mentions.is_empty());
        assert!(view.reply_to.is_none() && view.pinned_at.is_none() && !view.mentions_room);
        assert_eq!(view.client_id.as_deref(), Some("c1"));
    }
}
