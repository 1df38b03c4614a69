//! Long lists for systems that have no pages.

use super::Actions;
use crate::kernel::actor::Actor;
use crate::kernel::page::Limit;
use crate::messages::{MessagesError, Window};
use crate::rooms::{ListRooms, Within};
use parlor_protocol::messages::Message;
use parlor_protocol::rooms::{Member, Room, RoomKind, RoomScope};
use parlor_protocol::{Page, Problem, RoomId};

/// This many entries at most are gathered, a page at a time.
const PAGE: u32 = 200;
const MOST_PAGES: usize = 25;

/// The largest page.
pub(super) fn largest() -> Limit {
    Limit::try_from(PAGE).unwrap_or_default()
}

/// The first pages of a list, in one piece. `load` answers the page at a cursor.
pub(super) async fn gather<T, E, F>(load: impl Fn(Option<String>) -> F) -> Result<Vec<T>, Problem>
where
    F: Future<Output = Result<Page<T>, E>>,
    Problem: From<E>,
{
    let (mut items, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = load(cursor).await?;
        items.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(items)
}

impl Actions {
    /// The rooms that somebody is in or could join, or some of them: chats of two people have no name to show, and
    /// communities have paths of their own where a system has them.
    pub(super) async fn named_rooms(
        &self,
        me: &Actor,
        scope: RoomScope,
    ) -> Result<Vec<Room>, Problem> {
        let mut rooms = gather(|cursor| {
            let wanted = ListRooms {
                within: Within::Everywhere,
                scope,
                search: None,
                cursor,
                limit: largest(),
            };
            self.rooms.list(me, wanted)
        })
        .await?;
        rooms.retain(|room| room.card.kind == RoomKind::Room);
        Ok(rooms)
    }

    /// Everybody who is in a room.
    pub(super) async fn members(&self, me: &Actor, room: RoomId) -> Result<Vec<Member>, Problem> {
        let members = gather(|cursor: Option<String>| async move {
            let page = self.rooms.members(me, room, cursor.as_deref(), largest());
            page.await
        });
        members.await
    }

    /// What was said in a room and is not deleted, the oldest first: the newest messages, where there are more.
    pub(super) async fn said(&self, me: &Actor, room: RoomId) -> Result<Vec<Message>, Problem> {
        let newest_first = gather(|cursor| async move {
            let window = Window {
                cursor,
                limit: largest(),
                ..Window::default()
            };
            let page = self.messages.history(me, room, window).await?;
            Ok::<_, MessagesError>(Page {
                items: page.items.into_iter().rev().collect(),
                next: page.next,
            })
        });
        let mut messages = newest_first.await?;
        messages.reverse();
        messages.retain(|message| !message.is_deleted);
        Ok(messages)
    }
}
