//! Exports that are sent are brought in one at a time, and it is told how far the one is whose turn it is.

use parlor_protocol::RoomId;
use parlor_protocol::archives::{ImportProgress, ImportStage};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whose turn it is: the room that something is brought into, and how far that is.
#[derive(Clone, Debug, Default)]
pub(in crate::archives) struct Turns(Arc<Mutex<Option<(RoomId, ImportProgress)>>>);

/// A turn, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    room: RoomId,
}

impl Turns {
    /// The turn, unless it is somebody else's.
    pub(super) fn take(&self, room: RoomId) -> Option<Turn> {
        let mut present = self.present();
        if present.is_some() {
            return None;
        }
        *present = Some((room, ImportProgress::default()));
        let turns = self.clone();
        Some(Turn { turns, room })
    }

    /// How far it is with a room.
    pub(super) fn of(&self, room: RoomId) -> ImportProgress {
        let present = self.present().filter(|(whose, _)| *whose == room);
        present.map(|(_, progress)| progress).unwrap_or_default()
    }

    fn present(&self) -> MutexGuard<'_, Option<(RoomId, ImportProgress)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Notes how far it is.
    pub(super) fn note(&self, stage: ImportStage, done: u64, total: u64) {
        let progress = ImportProgress { stage, done, total };
        *self.turns.present() = Some((self.room, progress));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.turns.present() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_turn_until_it_is_given_back() {
        let turns = Turns::default();
        let turn = turns.take(1).unwrap();
        assert!(turns.take(1).is_none() && turns.take(2).is_none());
        turn.note(ImportStage::BringingIn, 2, 5);
        let half = ImportProgress {
            stage: ImportStage::BringingIn,
            done: 2,
            total: 5,
        };
        assert_eq!(
            (turns.of(1), turns.of(2)),
            (half, ImportProgress::default())
        );
        drop(turn);
        assert_eq!(turns.of(1).stage, ImportStage::None);
        assert!(turns.take(2).is_some());
    }
}
