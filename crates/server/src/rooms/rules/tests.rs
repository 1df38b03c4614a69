//! The authorisation matrix, as far as it is about one room: a row per right, a letter per role.
//!
//! `Y` allowed, `h` not found, `o` no member, `n` forbidden, `g` not as a guest, `m` muted, `b` banned, `c` the owner
//! must stay.

use super::*;

const NOW: Timestamp = Timestamp(1_000_000);
const ACTOR: UserId = 1;
const OTHER: UserId = 2;

/// The columns, in this order.
const ROLES: [&str; 8] = ["gst", "usr", "mut", "mem", "adm", "own", "ban", "sys"];

fn access(role: &str, is_private: bool) -> Access {
    let standing = match role {
        "mut" | "mem" => Some(RoomRole::Member),
        "adm" => Some(RoomRole::Admin),
        "own" => Some(RoomRole::Owner),
        _ => None,
    };
    Access {
        room_id: 7,
        kind: RoomKind::Room,
        home: Home::None,
        is_private,
        user_id: ACTOR,
        role: standing,
        muted_until: (role == "mut").then_some(Timestamp(NOW.0 + 1)),
        is_banned: role == "ban",
        is_blocked: false,
        is_guest: role == "gst",
        is_system_admin: role == "sys",
    }
}

fn letter(right: Right) -> char {
    match right {
        Ok(()) => 'Y',
        Err(Denied::NotFound) => 'h',
        Err(Denied::NotMember) => 'o',
        Err(Denied::Forbidden) => 'n',
        Err(Denied::Guest) => 'g',
        Err(Denied::Muted) => 'm',
        Err(Denied::Banned) => 'b',
        Err(Denied::OwnerMustStay) => 'c',
        Err(Denied::DirectStays) => 'd',
        Err(Denied::Blocked) => 'x',
    }
}

fn row(is_private: bool, right: &dyn Fn(&Access) -> Right) -> String {
    let letters = ROLES.map(|role| letter(right(&access(role, is_private))).to_string());
    letters.join(" ")
}

fn on(user_id: UserId, role: Option<RoomRole>) -> Target {
    Target { user_id, role }
}

type Rule<'a> = Box<dyn Fn(&Access) -> Right + 'a>;

#[test]
fn the_matrix_holds() {
    let (member, admin, owner) = (
        on(OTHER, Some(RoomRole::Member)),
        on(OTHER, Some(RoomRole::Admin)),
        on(OTHER, Some(RoomRole::Owner)),
    );
    let stranger = on(OTHER, None);
    let oneself = |a: &Access| on(ACTOR, a.role);
    let rule = |f: fn(&Access) -> Right| -> Rule<'_> { Box::new(f) };
    #[rustfmt::skip]
    let rows: Vec<(&str, Rule<'_>, &str, &str)> = vec![
        //                                                        private: g u m m a o b s    public
        ("card, members", rule(may_see),                                  "h h Y Y Y Y h Y", "g Y Y Y Y Y b Y"),
        ("join with the key", rule(|a| may_join(a, true)),                "g Y Y Y Y Y b Y", "g Y Y Y Y Y b Y"),
        ("join without it", rule(|a| may_join(a, false)),                 "h h Y Y Y Y h h", "g Y Y Y Y Y b Y"),
        ("leave", rule(may_leave),                                        "h h Y Y Y c h h", "h h Y Y Y c h h"),
        ("read", rule(may_read),                                          "h h Y Y Y Y h n", "o o Y Y Y Y o n"),
        ("post, edit own", rule(|a| may_post(a, NOW)),                    "h h m Y Y Y b h", "o o m Y Y Y b o"),
        ("delete own, mark read", rule(may_tidy),                         "h h Y Y Y Y b h", "o o Y Y Y Y b o"),
        ("edit another's", rule(|a| Err(may_rewrite(a))),                 "h h n n n n h n", "o o n n n n o n"),
        ("delete another's, name", rule(may_moderate),                    "h h n n Y Y h Y", "o o n n Y Y o Y"),
        ("pin", rule(may_pin),                                            "h h n n Y Y h Y", "o o n n Y Y o Y"),
        ("privacy, key, delete", rule(may_configure),                     "h h n n n Y h Y", "o o n n n Y o Y"),
        ("sanction a member", Box::new(|a| may_sanction(a, member)),      "h h n n Y Y h Y", "o o n n Y Y o Y"),
        ("ban a stranger", Box::new(|a| may_sanction(a, stranger)),       "h h n n Y Y h Y", "o o n n Y Y o Y"),
        ("sanction an admin", Box::new(|a| may_sanction(a, admin)),       "h h n n n Y h Y", "o o n n n Y o Y"),
        ("sanction the owner", Box::new(|a| may_sanction(a, owner)),      "h h n n n n h Y", "h h n n n n h Y"),
        ("sanction oneself", Box::new(|a| may_sanction(a, oneself(a))),   "h h n n n n h n", "o o n n n n o n"),
        ("release a member", Box::new(|a| may_release(a, member)),        "h h n n Y Y h Y", "o o n n Y Y o Y"),
        ("release an admin", Box::new(|a| may_release(a, admin)),         "h h n n n Y h Y", "o o n n n Y o Y"),
        ("unmute oneself", Box::new(|a| may_release(a, oneself(a))),      "h h n n n n h n", "o o n n n n o n"),
        ("promote", Box::new(|a| may_appoint(a, member, RoomRole::Admin)), "h h n n n Y h Y", "o o n n n Y o Y"),
        ("demote an admin", Box::new(|a| may_appoint(a, admin, RoomRole::Member)), "h h n n n Y h Y", "o o n n n Y o Y"),
        ("demote the owner", Box::new(|a| may_appoint(a, owner, RoomRole::Member)), "h h n n n n h Y", "h h n n n n h Y"),
        ("promote oneself", Box::new(|a| may_appoint(a, oneself(a), RoomRole::Admin)), "h h n n n n h n", "o o n n n n o n"),
        ("hand over", Box::new(|a| may_appoint(a, member, RoomRole::Owner)), "h h n n n Y h Y", "h h n n n Y h Y"),
    ];
    let mut wrong = Vec::new();
    for (name, right, private, public) in rows {
        for (is_private, expected) in [(true, private), (false, public)] {
            let found = row(is_private, &right);
            if found != expected {
                wrong.push(format!(
                    "{name}, private={is_private}: {found}, not {expected}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{ROLES:?}\n{}", wrong.join("\n"));
}

#[test]
fn a_direct_chat_is_for_its_two_people() {
    let direct = |role: &str| Access {
        kind: RoomKind::Direct,
        ..access(role, true)
    };
    for outsider in ["gst", "usr", "ban", "sys"] {
        let a = direct(outsider);
        for right in [
            may_see(&a),
            may_join(&a, true),
            may_leave(&a),
            may_read(&a),
            may_moderate(&a),
            may_pin(&a),
            may_configure(&a),
            may_hand_over(&a),
            may_sanction(&a, on(OTHER, Some(RoomRole::Member))),
        ] {
            assert_eq!(right, Err(Denied::NotFound), "{outsider}");
        }
    }
    let a = direct("mem");
    for right in [may_see(&a), may_read(&a), may_post(&a, NOW), may_pin(&a)] {
        assert_eq!(right, Ok(()));
    }
    assert_eq!(may_leave(&a), Err(Denied::DirectStays));
    for right in [
        may_moderate(&a),
        may_configure(&a),
        may_hand_over(&a),
        may_sanction(&a, on(OTHER, Some(RoomRole::Member))),
    ] {
        assert_eq!(right, Err(Denied::Forbidden));
    }
}

#[test]
fn a_mute_ends_at_its_moment() {
    let muted = access("mut", false);
    let until = muted.muted_until.unwrap();
    assert_eq!(may_post(&muted, NOW), Err(Denied::Muted));
    assert_eq!(may_post(&muted, until), Ok(()));
}

#[test]
fn a_room_is_full_at_its_limit() {
    assert!(has_space(0, Some(1)) && has_space(5, None));
    assert!(!has_space(1, Some(1)) && !has_space(9, Some(5)));
}

#[test]
fn whoever_runs_the_server_and_is_a_member_has_both_rights() {
    let both = Access {
        is_system_admin: true,
        ..access("mem", true)
    };
    for right in [
        may_read(&both),
        may_post(&both, NOW),
        may_configure(&both),
        may_leave(&both),
    ] {
        assert_eq!(right, Ok(()));
    }
}

#[test]
fn two_who_keep_apart_read_and_tidy_up_in_their_chat_and_say_nothing() {
    let apart = Access {
        kind: RoomKind::Direct,
        is_blocked: true,
        ..access("mem", true)
    };
    assert_eq!(may_post(&apart, NOW), Err(Denied::Blocked));
    assert_eq!(may_pin(&apart), Err(Denied::Blocked));
    assert_eq!(may_read(&apart), Ok(()));
    assert_eq!(may_tidy(&apart), Ok(()));
}
