//! How far the members of a room have read, in memory.

use parlor_protocol::{Seq, UserId};
use std::collections::HashMap;

/// The read marks of a room's members; of those only who have said how far they have read.
#[derive(Debug, Default)]
pub(super) struct Marks {
    all: HashMap<UserId, Seq>,
    furthest: Vec<(UserId, Seq)>,
}

impl Marks {
    /// The two who have read furthest, the furthest first: of any two, one is not who wrote a given message.
    pub(super) fn furthest(&self) -> &[(UserId, Seq)] {
        &self.furthest
    }

    /// Somebody has read on.
    pub(super) fn advance(&mut self, user: UserId, seq: Seq) {
        let mark = self.all.entry(user).or_insert(seq);
        *mark = seq.max(*mark);
        let mark = (user, *mark);
        self.furthest.retain(|(other, _)| *other != user);
        self.furthest.push(mark);
        keep_furthest(&mut self.furthest);
    }

    /// Somebody is no member any more.
    pub(super) fn dismiss(&mut self, user: UserId) {
        self.all.remove(&user);
        if self.furthest.iter().any(|(one, _)| *one == user) {
            self.furthest = self.all.iter().map(|(user, seq)| (*user, *seq)).collect();
            keep_furthest(&mut self.furthest);
        }
    }
}

fn keep_furthest(marks: &mut Vec<(UserId, Seq)>) {
    marks.sort_unstable_by_key(|(user, seq)| (-seq, *user));
    marks.truncate(2);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn furthest(marks: &Marks) -> Vec<(UserId, Seq)> {
        marks.furthest().to_vec()
    }

    #[test]
    fn the_two_furthest_are_known_whoever_comes_and_goes() {
        let mut marks = Marks::default();
        assert_eq!(furthest(&marks), []);
        for (user, seq) in [(1, 5), (2, 9), (3, 7), (1, 6)] {
            marks.advance(user, seq);
        }
        assert_eq!(furthest(&marks), [(2, 9), (3, 7)]);
        marks.advance(1, 20);
        assert_eq!(furthest(&marks), [(1, 20), (2, 9)]);
        marks.dismiss(2);
        assert_eq!(furthest(&marks), [(1, 20), (3, 7)]);
        marks.dismiss(4);
        marks.dismiss(1);
        assert_eq!(furthest(&marks), [(3, 7)]);
    }

    #[test]
    fn a_mark_never_goes_back() {
        let mut marks = Marks::default();
        marks.advance(1, 8);
        marks.advance(1, 3);
        assert_eq!(furthest(&marks), [(1, 8)]);
    }
}
