//! Who may see who is here: as people let others see it, and never those whom they have blocked.

use super::{Friends, store};
use crate::kernel::db::StorageError;
use parlor_protocol::UserId;
use parlor_protocol::accounts::Circle;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Who is told when somebody comes or goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watchers {
    /// Everybody who shares a room with them.
    pub in_rooms: bool,
    /// And these.
    pub friends: Vec<UserId>,
    /// But not these.
    pub except: Vec<UserId>,
}

impl Friends {
    /// Those of some people of whom `viewer` may not see whether they are here.
    pub async fn hidden_from(
        &self,
        viewer: UserId,
        people: &[UserId],
    ) -> Result<HashSet<UserId>, StorageError> {
        let sql = self.kernel.db.read();
        let mut hidden = store::blockers_of(sql, viewer, people).await?;
        let circles = self.accounts.presence_circles(people).await?;
        if !circles.is_empty() {
            let near: Vec<UserId> = circles.keys().copied().collect();
            let friends = store::friends_among(sql, viewer, &near).await?;
            hidden.extend(unseen(&circles, &friends));
        }
        hidden.remove(&viewer);
        Ok(hidden)
    }

    /// Whether `viewer` may see whether somebody is here.
    pub async fn may_see(&self, viewer: UserId, of: UserId) -> Result<bool, StorageError> {
        Ok(!self.hidden_from(viewer, &[of]).await?.contains(&of))
    }

    /// Those who see somebody come and go.
    pub async fn watchers(&self, of: UserId) -> Result<Watchers, StorageError> {
        let circles = self.accounts.presence_circles(&[of]).await?;
        let circle = circles.get(&of).copied().unwrap_or_default();
        if circle == Circle::Nobody {
            return Ok(Watchers::default());
        }
        Ok(Watchers {
            in_rooms: circle == Circle::Everyone,
            ..self.acquaintances(of).await?
        })
    }

    /// Those who share a room with somebody or are their friends, whatever they are let see.
    pub async fn acquaintances(&self, of: UserId) -> Result<Watchers, StorageError> {
        let sql = self.kernel.db.read();
        Ok(Watchers {
            in_rooms: true,
            friends: store::load_friend_ids(sql, of).await?,
            except: store::blocked_by(sql, of).await?,
        })
    }
}

/// Those whose circle does not hold the viewer.
fn unseen(circles: &HashMap<UserId, Circle>, friends: &HashSet<UserId>) -> Vec<UserId> {
    let shut = |(user, circle): (&UserId, &Circle)| {
        let open = match circle {
            Circle::Everyone => true,
            Circle::Friends => friends.contains(user),
            Circle::Nobody => false,
        };
        (!open).then_some(*user)
    };
    circles.iter().filter_map(shut).collect()
}

/// Lets accounts leave out of profiles what their reader may not see.
pub(super) fn hide_for_accounts(friends: &Arc<Friends>) {
    let asked = Arc::downgrade(friends);
    friends
        .accounts
        .hide_presence_with(Box::new(move |viewer, people| {
            let asked = asked.upgrade();
            Box::pin(async move {
                match asked {
                    Some(friends) => friends.hidden_from(viewer, &people).await,
                    None => Ok(HashSet::new()),
                }
            })
        }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_holds_everybody_friends_or_nobody() {
        let circles = [
            (1, Circle::Everyone),
            (2, Circle::Friends),
            (3, Circle::Friends),
            (4, Circle::Nobody),
        ];
        let mut hidden = unseen(&circles.into(), &[2, 4].into());
        hidden.sort_unstable();
        assert_eq!(hidden, [3, 4]);
    }
}
