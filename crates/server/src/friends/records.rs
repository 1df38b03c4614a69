//! What is stored of the people around somebody.

use super::{Friends, store};
use crate::accounts::records::Record;
use crate::kernel::db::{Sql, StorageError};
use parlor_protocol::{Timestamp, UserId};
use serde_json::json;

impl Friends {
    /// Somebody's friends, the requests that are open, and whom they have blocked.
    pub async fn records(&self, sql: &impl Sql, user: UserId) -> Result<Vec<Record>, StorageError> {
        let friends = store::list_friends(sql, user, 0, i64::MAX).await?;
        let requests = store::load_requests_of(sql, user).await?;
        let blocks = store::list_blocks(sql, user, 0, i64::MAX).await?;
        let others = requests.iter().map(|request| request.other_than(user));
        let people = friends.iter().chain(&blocks).map(|row| row.user_id);
        let people: Vec<UserId> = people.chain(others).collect();
        let people = self.accounts.briefs(&people).await?;
        let mut records = Vec::with_capacity(friends.len() + requests.len() + blocks.len());
        records.extend(friends.iter().map(|row| {
            let record = json!({ "user": people.get(&row.user_id), "since": Timestamp(row.since) });
            ("friends", record)
        }));
        records.extend(requests.iter().map(|row| {
            let record = json!({
                "user": people.get(&row.other_than(user)),
                "is_own": row.from_id == user,
                "created_at": Timestamp(row.created_at),
            });
            ("friend_requests", record)
        }));
        records.extend(blocks.iter().map(|row| {
            let user = people.get(&row.user_id);
            (
                "blocks",
                json!({ "user": user, "blocked_at": Timestamp(row.since) }),
            )
        }));
        Ok(records)
    }
}
