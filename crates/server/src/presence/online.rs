//! Who is here.

use super::Presence;
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use crate::rooms::rules;
use parlor_protocol::presence::OnlineUser;
use parlor_protocol::{Problem, RoomId, Timestamp, UserId};

impl Presence {
    /// Up to `limit` people who are here and whose ids follow `after`, in the order of their ids; only members of a
    /// room, where one is named, which its members may ask.
    pub async fn online(
        &self,
        actor: &Actor,
        room: Option<RoomId>,
        after: UserId,
        limit: usize,
    ) -> Result<Vec<OnlineUser>, Problem> {
        let mut here = self.kernel.online.everybody();
        here.retain(|(user, _)| *user > after);
        if let Some(room) = room {
            let access = self.rooms.access(room, actor).await?;
            rules::may_read(&access)?;
            let members = self.rooms.member_ids(room).await?;
            here.retain(|(user, _)| members.binary_search(user).is_ok());
        }
        self.describe(actor, here, limit).await
    }

    /// Those who are here and share a room with somebody that not everybody is in.
    pub async fn companions_online(&self, actor: &Actor) -> Result<Vec<OnlineUser>, Problem> {
        let companions = self.rooms.companions(actor.user_id).await?;
        let mut here = self.kernel.online.everybody();
        here.retain(|(user, _)| companions.binary_search(user).is_ok());
        self.describe(actor, here, usize::MAX).await
    }

    async fn describe(
        &self,
        actor: &Actor,
        mut here: Vec<(UserId, Timestamp)>,
        limit: usize,
    ) -> Result<Vec<OnlineUser>, Problem> {
        self.kernel.limits.check(Limit::Read, actor.user_id)?;
        here.sort_unstable();
        let ids: Vec<UserId> = here.iter().map(|(user, _)| *user).collect();
        let hidden = self.friends.hidden_from(actor.user_id, &ids).await?;
        here.retain(|(user, _)| !hidden.contains(user));
        here.truncate(limit);

        let ids: Vec<UserId> = here.iter().map(|(user, _)| *user).collect();
        let mut briefs = self.accounts.briefs(&ids).await?;
        let describe = |(user, online_since)| {
            let user = briefs.remove(&user)?;
            Some(OnlineUser { user, online_since })
        };
        Ok(here.into_iter().filter_map(describe).collect())
    }
}
