//! Broadcasting: a quiet group is written to at once, a busy one gathers.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use crate::conn::Conn;
use crate::group::{Block, Duty, GroupCore, Member, SHARE};
use crate::{Encoded, SocketId};

/// Sends an event to all members of a group, except one.
pub(crate) fn broadcast(group: &Arc<GroupCore>, packet: Encoded, except: Option<SocketId>) {
    match group.append(packet, except) {
        Duty::None => {}
        Duty::Now if group.hub.core.corks.keep(group) => {}
        Duty::Now => write(group, 0),
        Duty::Later => write_later(group),
    }
}

/// Brings the log to the members of a small group: to those who get something of other groups too, with what these have
/// gathered up to the stamp `limit`.
pub(crate) fn write(group: &Arc<GroupCore>, limit: u64) {
    if !walk_here(group, limit) {
        write_later(group);
    }
}

fn write_later(group: &Arc<GroupCore>) {
    let core = &group.hub.core;
    core.spawner.spawn(walk_until_empty(group.clone()));
}

/// Brings the log to the members. Whether it is empty now.
fn walk_here(group: &Arc<GroupCore>, limit: u64) -> bool {
    let began = Instant::now();
    let Some(block) = group.block(limit) else {
        return true;
    };
    for share in group.shares() {
        walk_share(group, &share, &block);
    }
    group.finish(&block, began)
}

fn walk_share(group: &Arc<GroupCore>, share: &[Member], block: &Block) {
    for member in share {
        member.conn.take_block(group, block);
    }
}

/// Brings the log to the members, one block after the other, until it is empty.
async fn walk_until_empty(group: Arc<GroupCore>) {
    loop {
        let wait = group.wait();
        if !wait.is_zero() {
            // Either way it is time.
            let _ = timeout(wait, group.full.notified()).await;
        }
        let done = if group.len() <= SHARE {
            walk_here(&group, 0)
        } else {
            walk_shares(&group).await
        };
        if done {
            return;
        }
    }
}

/// Brings the log to the members of a large group, each share by a task of its own. Whether it is
/// empty now.
async fn walk_shares(group: &Arc<GroupCore>) -> bool {
    let began = Instant::now();
    let Some(block) = group.block(0) else {
        return true;
    };
    let block = Arc::new(block);
    let walks = group.shares().into_iter().map(|share| {
        let (group, block) = (group.clone(), block.clone());
        group.hub.core.spawner.spawn({
            let group = group.clone();
            async move { walk_share(&group, &share, &block) }
        })
    });
    join_all(walks.collect::<Vec<_>>()).await;
    group.finish(&block, began)
}

/// Takes connections out of groups that have no other business with them.
pub(crate) fn remove(conn: &Arc<Conn>, groups: Vec<Arc<GroupCore>>) {
    for group in groups {
        group.hub.remove_member(&group, conn);
    }
}
