//! Which terms hold. Pure.

use super::RetentionError;
use crate::kernel::actor::Actor;
use crate::rooms::RoomTerm;
use parlor_protocol::Timestamp;
use parlor_protocol::retention::{PlaceHold, Retention, RetentionChange, RoomRetention};
use parlor_protocol::rooms::RoomKind;

/// The longest term, in days.
pub const LONGEST: i64 = 36_500;
/// The longest reason of a hold, in characters.
pub const LONGEST_REASON: usize = 1_000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The server's terms and legal holds: administrators of the server.
pub fn may_administer(actor: &Actor) -> Result<(), RetentionError> {
    if actor.is_system_admin {
        return Ok(());
    }
    Err(RetentionError::Forbidden)
}

/// Whether a number of days can be a term.
pub fn check_days(field: &'static str, days: i64) -> Result<(), RetentionError> {
    if (0..=LONGEST).contains(&days) {
        return Ok(());
    }
    Err(RetentionError::Field(
        field,
        "0 for ever, or 1 to 36,500 days",
    ))
}

/// The server's terms as they will be.
pub fn changed(
    mut terms: Retention,
    change: &RetentionChange,
) -> Result<Retention, RetentionError> {
    for (field, place, days) in [
        ("public_rooms", &mut terms.public_rooms, change.public_rooms),
        (
            "private_rooms",
            &mut terms.private_rooms,
            change.private_rooms,
        ),
        ("direct_chats", &mut terms.direct_chats, change.direct_chats),
        ("communities", &mut terms.communities, change.communities),
    ] {
        if let Some(days) = days {
            check_days(field, days)?;
            *place = days;
        }
    }
    Ok(terms)
}

/// A room's term, the server's for rooms of its kind, and what follows: the shorter of the two.
#[must_use]
pub fn terms_of(terms: &Retention, room: &RoomTerm) -> RoomRetention {
    let server_days = match room.kind {
        RoomKind::Direct => terms.direct_chats,
        RoomKind::Community => terms.communities,
        RoomKind::Room if room.is_private => terms.private_rooms,
        RoomKind::Room => terms.public_rooms,
    };
    let ends = [server_days, room.days]
        .into_iter()
        .filter(|days| *days > 0);
    RoomRetention {
        days: room.days,
        server_days,
        days_in_force: ends.min().unwrap_or(0),
    }
}

/// Whether a room can have a term: none that is longer than the server's.
pub fn check_room_days(days: i64, server_days: i64) -> Result<(), RetentionError> {
    check_days("days", days)?;
    if server_days > 0 && days > server_days {
        return Err(RetentionError::Field(
            "days",
            "the server keeps what is said for a shorter time",
        ));
    }
    Ok(())
}

/// What was said before this moment is too old, where a term is in force.
#[must_use]
pub fn too_old(days_in_force: i64, now: Timestamp) -> Option<Timestamp> {
    (days_in_force > 0).then(|| now.plus_millis(-days_in_force.saturating_mul(DAY)))
}

/// Whether a hold names one person or one room, and says why.
pub fn check_hold(hold: &PlaceHold) -> Result<(), RetentionError> {
    let reason = hold.reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.contains('\0') {
        return Err(RetentionError::Field("reason", "1 to 1,000 characters"));
    }
    match (hold.user_id, hold.room_id) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(RetentionError::Field(
            "user_id",
            "either a person or a room is held",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(kind: RoomKind, is_private: bool, days: i64) -> RoomTerm {
        RoomTerm {
            room_id: 1,
            kind,
            is_private,
            days,
        }
    }

    #[test]
    fn the_shorter_term_is_in_force_and_none_is_for_ever() {
        let terms = Retention {
            public_rooms: 30,
            private_rooms: 0,
            direct_chats: 7,
            communities: 365,
        };
        let in_force = |kind, is_private, days| {
            let terms = terms_of(&terms, &term(kind, is_private, days));
            (terms.server_days, terms.days_in_force)
        };
        assert_eq!(in_force(RoomKind::Room, false, 0), (30, 30));
        assert_eq!(in_force(RoomKind::Room, false, 10), (30, 10));
        // Set before the server's became shorter.
        assert_eq!(in_force(RoomKind::Room, false, 90), (30, 30));
        assert_eq!(in_force(RoomKind::Room, true, 0), (0, 0));
        assert_eq!(in_force(RoomKind::Room, true, 90), (0, 90));
        assert_eq!(in_force(RoomKind::Direct, true, 0), (7, 7));
        assert_eq!(in_force(RoomKind::Community, false, 0), (365, 365));
    }

    #[test]
    fn no_room_keeps_for_longer_than_the_server() {
        check_room_days(30, 30).unwrap();
        check_room_days(0, 30).unwrap();
        check_room_days(LONGEST, 0).unwrap();
        for (days, server_days) in [(31, 30), (-1, 0), (LONGEST + 1, 0), (i64::MAX, 0)] {
            check_room_days(days, server_days).unwrap_err();
        }
    }

    #[test]
    fn what_is_absent_stays() {
        let before = Retention {
            public_rooms: 30,
            ..Retention::default()
        };
        let change = RetentionChange {
            direct_chats: Some(7),
            ..RetentionChange::default()
        };
        let after = changed(before, &change).unwrap();
        assert_eq!((after.public_rooms, after.direct_chats), (30, 7));
        let odd = RetentionChange {
            communities: Some(-1),
            ..RetentionChange::default()
        };
        changed(before, &odd).unwrap_err();
    }

    #[test]
    fn a_term_counts_back_from_now() {
        assert_eq!(too_old(0, Timestamp(1_000)), None);
        assert_eq!(too_old(2, Timestamp(5 * DAY)), Some(Timestamp(3 * DAY)));
    }

    #[test]
    fn a_hold_is_of_one_person_or_one_room_for_a_reason() {
        let hold = |user_id, room_id, reason: &str| PlaceHold {
            user_id,
            room_id,
            reason: reason.to_owned(),
        };
        check_hold(&hold(Some(1), None, "case 7")).unwrap();
        check_hold(&hold(None, Some(1), "case 7")).unwrap();
        for odd in [
            hold(None, None, "case 7"),
            hold(Some(1), Some(1), "case 7"),
            hold(Some(1), None, "  "),
            hold(Some(1), None, "a\0b"),
            hold(Some(1), None, &"x".repeat(1_001)),
        ] {
            check_hold(&odd).unwrap_err();
        }
    }
}
