//! What a client says it has, and what it therefore misses.

use parlor_protocol::{Code, ID_LIMIT, Problem, RoomId, Seq};
use std::collections::BTreeMap;

/// The most rooms a client may name.
const MAX_ROOMS: usize = 2_000;
/// Who misses more than this of a log takes a fresh view of it instead.
pub(super) const MAX_MISSED: Seq = 1_000;

/// The names under which a client says what it has of its person's own log, and of the server's.
const ME: &str = "me";
const SERVER: &str = "server";

/// The last entries a client has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Of its person's own log, if it says so.
    pub(super) me: Option<Seq>,
    /// Of the server's log, if it says so.
    pub(super) server: Option<Seq>,
    /// Per room.
    pub(super) rooms: BTreeMap<RoomId, Seq>,
    /// They are numbers of logs that are gone.
    pub(super) is_of_another_past: bool,
}

/// What a client misses of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// These entries: after the first number, up to and including the second.
    Entries(Seq, Seq),
    /// More than is replayed.
    TooMany,
    /// It has entries that this log never had: the log is another one.
    Reset,
}

/// Reads `resume` of a connection's `auth`.
pub(super) fn check_resume(resume: &BTreeMap<String, Seq>) -> Result<Seen, Problem> {
    let invalid = |message: &str| Problem::new(Code::InvalidField).field("resume", message);
    let mut seen = Seen::default();
    for (name, seq) in resume {
        check_seen(*seq).map_err(|()| invalid("the values are seqs, 0 or more"))?;
        if name == ME {
            seen.me = Some(*seq);
        } else if name == SERVER {
            seen.server = Some(*seq);
        } else {
            let odd = || invalid("the names are ids of rooms, me and server");
            let id = room_id(name).ok_or_else(odd)?;
            seen.rooms.insert(id, *seq);
        }
    }
    if seen.rooms.len() > MAX_ROOMS {
        return Err(invalid("at most 2000 rooms can be resumed at once"));
    }
    Ok(seen)
}

fn room_id(name: &str) -> Option<RoomId> {
    let plain = name.bytes().all(|b| b.is_ascii_digit());
    let id = name.parse().ok()?;
    (plain && (1..ID_LIMIT).contains(&id)).then_some(id)
}

/// Whether a number can be the last entry that a client has.
pub(super) fn check_seen(seq: Seq) -> Result<(), ()> {
    if (0..ID_LIMIT).contains(&seq) {
        Ok(())
    } else {
        Err(())
    }
}

/// What somebody misses who has everything up to `seen` of a log that ends with `head`.
pub(super) fn missed(seen: Seq, head: Seq) -> Missed {
    match head - seen {
        ..0 => Missed::Reset,
        0..=MAX_MISSED => Missed::Entries(seen, head),
        _ => Missed::TooMany,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, Seq)]) -> Result<Seen, Code> {
        let resume = pairs.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect();
        check_resume(&resume).map_err(|problem| problem.code)
    }

    #[test]
    fn rooms_are_named_by_their_ids_and_ones_own_log_by_me() {
        let rooms = [(7, 0), (12, 99)].into();
        let both = check(&[("7", 0), ("12", 99)]).unwrap();
        assert_eq!((both.me, both.rooms), (None, rooms));
        let one = check(&[("7", 1), ("me", 5)]).unwrap();
        assert_eq!((one.me, one.rooms), (Some(5), [(7, 1)].into()));
        assert_eq!(check(&[("server", 3)]).unwrap().server, Some(3));
        for odd in [
            "",
            "0",
            "-1",
            "+1",
            "1.5",
            "seven",
            "Me",
            "９",
            "9007199254740992",
        ] {
            assert_eq!(check(&[(odd, 1)]), Err(Code::InvalidField), "{odd}");
        }
    }

    #[test]
    fn seqs_are_not_negative() {
        assert_eq!(check(&[("7", -1)]), Err(Code::InvalidField));
        assert_eq!(check(&[("7", i64::MAX)]), Err(Code::InvalidField));
        assert_eq!(check(&[("me", -1)]), Err(Code::InvalidField));
    }

    #[test]
    fn nobody_resumes_ten_thousand_rooms() {
        let many = (1..=10_000).map(|id: i64| (id.to_string(), 1)).collect();
        assert_eq!(check_resume(&many).unwrap_err().code, Code::InvalidField);
    }

    #[test]
    fn who_is_ahead_of_the_log_has_another_one() {
        assert_eq!(missed(5, 5), Missed::Entries(5, 5));
        assert_eq!(missed(5, 1_005), Missed::Entries(5, 1_005));
        assert_eq!(missed(5, 1_006), Missed::TooMany);
        assert_eq!(missed(6, 5), Missed::Reset);
    }
}
