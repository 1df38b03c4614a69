//! Rows in memory: loaded when first asked for, and kept right by what is committed afterwards.
//!
//! The race of reading an old row while a change commits is closed by order: a slot is marked as loading *before* the
//! database is asked, and edits that arrive meanwhile are applied over what was loaded. An edit sets or removes
//! something, so it does no harm where the loaded rows had it already.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Locks are per shard, so that readers of different keys do not meet.
const SHARDS: usize = 16;
/// Keys held per shard; beyond it those that nobody is reading are forgotten.
const HELD: usize = 8192;

type Edit<V> = Box<dyn FnOnce(&mut V) + Send + Sync>;

enum State<V> {
    Unknown,
    Loading(Vec<Edit<V>>),
    Known(V),
}

struct Slot<V> {
    state: RwLock<State<V>>,
    /// One reader of the database at a time.
    loading: tokio::sync::Mutex<()>,
}

type Shard<K, V> = RwLock<HashMap<K, Arc<Slot<V>>>>;

/// What is known of each key.
pub(super) struct Mirror<K, V> {
    shards: Vec<Shard<K, V>>,
    hasher: RandomState,
}

impl<K, V> Default for Mirror<K, V> {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl<K: Copy + Eq + Hash, V> Mirror<K, V> {
    /// Looks at the value of `key`, from memory where it is known and by `load` where not. `None`: there is none, and
    /// nothing is remembered.
    pub(super) async fn read<R, E>(
        &self,
        key: K,
        load: impl Future<Output = Result<Option<V>, E>>,
        look: impl FnOnce(&V) -> R,
    ) -> Result<Option<R>, E> {
        let slot = self.slot(key);
        if let State::Known(value) = &*reading(&slot.state) {
            return Ok(Some(look(value)));
        }
        let _turn = slot.loading.lock().await;
        if let State::Known(value) = &*reading(&slot.state) {
            return Ok(Some(look(value)));
        }
        *writing(&slot.state) = State::Loading(Vec::new());
        let _unfinished = Unfinished(&slot.state);
        let loaded = load.await?;
        let Some(mut value) = loaded else {
            self.forget_slot(key, &slot);
            return Ok(None);
        };
        let mut state = writing(&slot.state);
        if let State::Loading(edits) = std::mem::replace(&mut *state, State::Unknown) {
            for edit in edits {
                edit(&mut value);
            }
        }
        let result = look(&value);
        *state = State::Known(value);
        Ok(Some(result))
    }

    /// Changes the value of `key` where it is known or being loaded.
    pub(super) fn edit(&self, key: K, edit: impl FnOnce(&mut V) + Send + Sync + 'static) {
        let Some(slot) = reading(self.shard(key)).get(&key).cloned() else {
            return;
        };
        match &mut *writing(&slot.state) {
            State::Unknown => {}
            State::Loading(edits) => edits.push(Box::new(edit)),
            State::Known(value) => edit(value),
        }
    }

    /// Changes every value that is known or being loaded.
    pub(super) fn edit_all(&self, edit: impl Fn(&mut V) + Clone + Send + Sync + 'static) {
        for shard in &self.shards {
            for slot in reading(shard).values() {
                match &mut *writing(&slot.state) {
                    State::Unknown => {}
                    State::Loading(edits) => edits.push(Box::new(edit.clone())),
                    State::Known(value) => edit(value),
                }
            }
        }
    }

    /// Forgets `key`.
    pub(super) fn forget(&self, key: K) {
        if let Some(slot) = writing(self.shard(key)).remove(&key) {
            *writing(&slot.state) = State::Unknown;
        }
    }

    fn forget_slot(&self, key: K, slot: &Arc<Slot<V>>) {
        let mut shard = writing(self.shard(key));
        if shard.get(&key).is_some_and(|held| Arc::ptr_eq(held, slot)) {
            shard.remove(&key);
        }
    }

    fn slot(&self, key: K) -> Arc<Slot<V>> {
        let shard = self.shard(key);
        if let Some(slot) = reading(shard).get(&key) {
            return slot.clone();
        }
        let mut shard = writing(shard);
        if shard.len() >= HELD {
            shard.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        shard
            .entry(key)
            .or_insert_with(|| {
                Arc::new(Slot {
                    state: RwLock::new(State::Unknown),
                    loading: tokio::sync::Mutex::default(),
                })
            })
            .clone()
    }

    fn shard(&self, key: K) -> &Shard<K, V> {
        let hash = self.hasher.hash_one(key);
        // The remainder is below the number of shards, and there is at least one.
        let at = usize::try_from(hash % SHARDS as u64).unwrap_or_default();
        &self.shards[at]
    }
}

/// A load that fails or is given up leaves nothing behind that would gather edits for ever.
struct Unfinished<'a, V>(&'a RwLock<State<V>>);

impl<V> Drop for Unfinished<'_, V> {
    fn drop(&mut self) {
        let mut state = writing(self.0);
        if matches!(*state, State::Loading(_)) {
            *state = State::Unknown;
        }
    }
}

fn reading<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn writing<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::convert::Infallible;
    use std::future::{pending, ready};
    use tokio::sync::oneshot;

    type People = Mirror<i64, BTreeSet<i64>>;

    fn people(ids: &[i64]) -> BTreeSet<i64> {
        ids.iter().copied().collect()
    }

    async fn known(mirror: &People) -> Vec<i64> {
        let asked = async { panic!("it is in memory") };
        let look = |set: &BTreeSet<i64>| set.iter().copied().collect();
        let Ok::<_, Infallible>(found) = mirror.read(1, asked, look).await;
        found.unwrap()
    }

    #[tokio::test]
    async fn what_commits_while_rows_are_read_is_not_lost() {
        let mirror = Arc::new(People::default());
        let (rows, read) = oneshot::channel::<()>();
        let loading = mirror.read(
            1,
            async {
                read.await.unwrap();
                Ok::<_, Infallible>(Some(people(&[10, 20])))
            },
            BTreeSet::len,
        );
        tokio::pin!(loading);
        assert!(futures_util::poll!(loading.as_mut()).is_pending());
        // Out and in again, and somebody who came and went between the reading and now.
        mirror.edit(1, |set| {
            set.remove(&10);
        });
        mirror.edit(1, |set| {
            set.insert(10);
        });
        mirror.edit(1, |set| {
            set.insert(30);
        });
        mirror.edit(1, |set| {
            set.remove(&30);
        });
        mirror.edit(1, |set| {
            set.remove(&20);
        });
        rows.send(()).unwrap();
        assert_eq!(loading.await.unwrap(), Some(1));
        mirror.edit(1, |set| {
            set.insert(40);
        });
        assert_eq!(known(&mirror).await, [10, 40]);
    }

    #[tokio::test]
    async fn what_does_not_exist_is_not_remembered() {
        let mirror = People::default();
        let Ok(nothing) = mirror
            .read(1, ready(Ok::<_, Infallible>(None)), BTreeSet::len)
            .await;
        assert_eq!(nothing, None);
        assert!(mirror.shards.iter().all(|shard| reading(shard).is_empty()));
        mirror
            .read(
                1,
                ready(Ok::<_, Infallible>(Some(people(&[5])))),
                BTreeSet::len,
            )
            .await
            .unwrap();
        assert_eq!(known(&mirror).await, [5]);
        mirror.forget(1);
        let Ok(fresh) = mirror
            .read(
                1,
                ready(Ok::<_, Infallible>(Some(people(&[6, 7])))),
                BTreeSet::len,
            )
            .await;
        assert_eq!(fresh, Some(2));
    }

    #[tokio::test]
    async fn a_reader_that_gives_up_leaves_the_next_one_to_read() {
        let mirror = People::default();
        {
            let given_up = mirror.read(
                1,
                pending::<Result<Option<BTreeSet<i64>>, Infallible>>(),
                BTreeSet::len,
            );
            tokio::pin!(given_up);
            assert!(futures_util::poll!(given_up.as_mut()).is_pending());
        }
        mirror.edit(1, |set| {
            set.insert(99);
        });
        let failed = mirror.read(1, ready(Err("no database")), BTreeSet::len);
        assert_eq!(failed.await, Err("no database"));
        let Ok(read) = mirror
            .read(
                1,
                ready(Ok::<_, Infallible>(Some(people(&[1, 2])))),
                BTreeSet::len,
            )
            .await;
        assert_eq!(read, Some(2));
    }
}
