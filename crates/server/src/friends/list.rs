//! Friends, requests and the blocked, as one person sees them.

use super::error::FriendsError;
use super::model::{Beside, RequestRow};
use super::{Friends, rules, store};
use crate::kernel::actor::Actor;
use crate::kernel::page::{self, Limit};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::friends::{Blocked, Friend, FriendRequest, RequestDirection};
use parlor_protocol::{Page, Problem, Timestamp, UserId};
use std::collections::HashMap;

impl Friends {
    /// One's friends, in the order of their ids.
    pub async fn friends(
        &self,
        actor: &Actor,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Friend>, FriendsError> {
        rules::may_have_friends(actor)?;
        let (me, list) = (actor.user_id, format!("friends of {}", actor.user_id));
        let after = self.place(&list, cursor)?;
        let rows = store::list_friends(self.kernel.db.read(), me, after, limit.probe()).await?;
        let secrets = &self.kernel.secrets;
        let rows = limit.page(secrets, &list, rows, |row| row.user_id.to_string());
        Ok(Page {
            items: self.compose(me, &rows.items).await?,
            next: rows.next,
        })
    }

    /// The requests that one has made or been made, in the order in which they were.
    pub async fn requests(
        &self,
        actor: &Actor,
        direction: Option<RequestDirection>,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<FriendRequest>, FriendsError> {
        rules::may_have_friends(actor)?;
        let (me, list) = (
            actor.user_id,
            format!("requests of {} {direction:?}", actor.user_id),
        );
        let after = self.place(&list, cursor)?;
        let sql = self.kernel.db.read();
        let rows = store::list_requests(sql, me, direction, after, limit.probe()).await?;
        let secrets = &self.kernel.secrets;
        let rows = limit.page(secrets, &list, rows, |row| row.id.to_string());
        let people = rows.items.iter().map(|row| row.other_than(me)).chain([me]);
        let people: Vec<UserId> = people.collect();
        let briefs = self.accounts.briefs(&people).await?;
        let view = |row: &RequestRow| {
            let brief = |id: UserId| briefs.get(&id).cloned();
            Some(row.view(brief(row.from_id)?, brief(row.to_id)?))
        };
        Ok(Page {
            items: rows.items.iter().filter_map(view).collect(),
            next: rows.next,
        })
    }

    /// Those whom one has blocked, in the order of their ids.
    pub async fn blocks(
        &self,
        actor: &Actor,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<Blocked>, FriendsError> {
        rules::may_have_friends(actor)?;
        let (me, list) = (actor.user_id, format!("blocks of {}", actor.user_id));
        let after = self.place(&list, cursor)?;
        let rows = store::list_blocks(self.kernel.db.read(), me, after, limit.probe()).await?;
        let secrets = &self.kernel.secrets;
        let rows = limit.page(secrets, &list, rows, |row| row.user_id.to_string());
        let mut briefs = self.briefs_of(&rows.items).await?;
        let view = |row: &Beside| {
            Some(Blocked {
                user: briefs.remove(&row.user_id)?,
                blocked_at: Timestamp(row.since),
            })
        };
        Ok(Page {
            items: rows.items.iter().filter_map(view).collect(),
            next: rows.next,
        })
    }

    /// A friend as somebody sees them.
    pub(super) async fn friend(&self, of: UserId, user: UserId) -> Result<Friend, FriendsError> {
        let row = store::load_friend(self.kernel.db.read(), of, user).await?;
        let row = row.ok_or(FriendsError::NotFound)?;
        let friend = self.compose(of, &[row]).await?.pop();
        friend.ok_or(FriendsError::NotFound)
    }

    async fn compose(&self, viewer: UserId, rows: &[Beside]) -> Result<Vec<Friend>, FriendsError> {
        let ids: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
        let mut briefs = self.accounts.briefs(&ids).await?;
        let seen: HashMap<_, _> = self.accounts.last_seen(&ids).await?.into_iter().collect();
        let hidden = self.hidden_from(viewer, &ids).await?;
        let friend = |row: &Beside| {
            let id = row.user_id;
            let is_seen = !hidden.contains(&id);
            Some(Friend {
                user: briefs.remove(&id)?,
                since: Timestamp(row.since),
                is_online: is_seen && self.kernel.online.since(id).is_some(),
                last_seen: seen.get(&id).copied().filter(|_| is_seen),
            })
        };
        Ok(rows.iter().filter_map(friend).collect())
    }

    async fn briefs_of(&self, rows: &[Beside]) -> Result<HashMap<UserId, UserBrief>, FriendsError> {
        let ids: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
        Ok(self.accounts.briefs(&ids).await?)
    }

    fn place(&self, list: &str, cursor: Option<&str>) -> Result<i64, Problem> {
        let secrets = &self.kernel.secrets;
        cursor.map_or(Ok(0), |cursor| page::open_number(secrets, list, cursor))
    }
}
