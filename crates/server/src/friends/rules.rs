//! Who may ask whom, and block whom. Pure.

use super::error::FriendsError;
use super::model::{Relation, RequestRow};
use crate::kernel::actor::Actor;
use parlor_protocol::UserId;

/// The most requests of one person that are open at a time.
pub(super) const MOST_REQUESTS: i64 = 200;
/// The most people one person blocks: what others say is left out by their ids.
pub(super) const MOST_BLOCKED: i64 = 1_000;

/// What asking somebody comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// A new request.
    New,
    /// One that is open already.
    Again(RequestRow),
    /// The other has asked too: that makes them friends.
    Meets(RequestRow),
}

/// Only people with an account have friends.
pub(super) fn may_have_friends(actor: &Actor) -> Result<(), FriendsError> {
    if actor.is_guest {
        return Err(FriendsError::Guest);
    }
    Ok(())
}

/// Whom something is about: somebody else.
pub(super) fn check_other(actor: &Actor, user: UserId) -> Result<(), FriendsError> {
    if user < 1 {
        return Err(FriendsError::Field("user_id", "a person's id"));
    }
    if user == actor.user_id {
        return Err(FriendsError::Field("user_id", "somebody else"));
    }
    Ok(())
}

/// Whether one may ask the other, who has `open` requests waiting elsewhere.
pub(super) fn may_ask(relation: &Relation, open: i64) -> Result<Asking, FriendsError> {
    if relation.is_blocked {
        return Err(FriendsError::Blocked);
    }
    if relation.are_friends {
        return Err(FriendsError::InvalidState("you are friends already"));
    }
    match (relation.incoming, relation.outgoing) {
        (Some(request), _) => Ok(Asking::Meets(request)),
        (None, Some(request)) => Ok(Asking::Again(request)),
        (None, None) if open >= MOST_REQUESTS => Err(FriendsError::InvalidState(
            "too many of your requests are open",
        )),
        (None, None) => Ok(Asking::New),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_protocol::{Code, Problem};

    const OPEN: RequestRow = RequestRow {
        id: 5,
        from_id: 1,
        to_id: 2,
        created_at: 0,
    };

    fn refused(relation: Relation, open: i64) -> Code {
        Problem::from(may_ask(&relation, open).unwrap_err()).code
    }

    #[test]
    fn two_who_ask_each_other_meet() {
        let asked = Relation {
            outgoing: Some(OPEN),
            ..Relation::default()
        };
        let both = Relation {
            incoming: Some(OPEN),
            outgoing: Some(OPEN),
            ..Relation::default()
        };
        assert!(matches!(may_ask(&Relation::default(), 0), Ok(Asking::New)));
        assert!(matches!(may_ask(&asked, MOST_REQUESTS), Ok(Asking::Again(r)) if r == OPEN));
        assert!(matches!(may_ask(&both, 0), Ok(Asking::Meets(r)) if r == OPEN));
    }

    #[test]
    fn the_blocked_ask_in_vain_and_nobody_asks_without_end() {
        let blocked = Relation {
            is_blocked: true,
            incoming: Some(OPEN),
            ..Relation::default()
        };
        let friends = Relation {
            are_friends: true,
            ..Relation::default()
        };
        assert_eq!(refused(blocked, 0), Code::Blocked);
        assert_eq!(refused(friends, 0), Code::InvalidState);
        assert_eq!(
            refused(Relation::default(), MOST_REQUESTS),
            Code::InvalidState
        );
    }
}
