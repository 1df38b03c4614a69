//! Who is here.

use super::Presence;
use crate::kernel::db::StorageError;
use parlor_protocol::presence::OnlineUser;
use parlor_protocol::{Timestamp, UserId};

impl Presence {
    /// Up to `limit` people who are here and whose ids follow `after`, in the order of their ids.
    pub async fn online(
        &self,
        after: UserId,
        limit: usize,
    ) -> Result<Vec<OnlineUser>, StorageError> {
        let mut here = self.kernel.online.everybody();
        here.retain(|(user, _)| *user > after);
        self.describe(here, limit).await
    }

    async fn describe(
        &self,
        mut here: Vec<(UserId, Timestamp)>,
        limit: usize,
    ) -> Result<Vec<OnlineUser>, StorageError> {
        here.sort_unstable();
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
