//! Corks: what is told to several groups in one go reaches a member of several of them in one write.

use std::sync::{Arc, Mutex};

use crate::core::{Core, lock};
use crate::fanout;
use crate::group::GroupCore;

/// While it is there, quiet groups gather what is broadcast; when the last cork is dropped, all of it goes out. What is
/// told keeps its order, and whatever must follow it on a connection still does.
#[derive(Debug)]
#[must_use = "what is broadcast gathers only while the cork is kept"]
pub struct Cork(Arc<Core>);

/// The corks of a transport, and what they keep back.
#[derive(Debug, Default)]
pub(crate) struct Corks(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    corks: usize,
    groups: Vec<Arc<GroupCore>>,
}

impl Corks {
    /// Keeps a group until the last cork is dropped, and sees then that it is written. `false`: there is no cork.
    pub(crate) fn keep(&self, group: &Arc<GroupCore>) -> bool {
        let mut kept = lock(&self.0);
        let is_corked = kept.corks > 0;
        if is_corked {
            kept.groups.push(group.clone());
        }
        is_corked
    }
}

impl Cork {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        lock(&core.corks.0).corks += 1;
        Self(core)
    }
}

impl Drop for Cork {
    fn drop(&mut self) {
        let groups = {
            let mut kept = lock(&self.0.corks.0);
            kept.corks -= 1;
            if kept.corks > 0 {
                return;
            }
            std::mem::take(&mut kept.groups)
        };
        // Whoever is in several of them gets everything with the first.
        let limit = self.0.stamps();
        for group in &groups {
            fanout::write(group, limit);
        }
    }
}
