//! Who may do what in a room: pure answers from an [`Access`].
//!
//! Two habits run through all of them. To somebody outside, a private room and a direct chat do not exist
//! ([`Denied::NotFound`]), while a public one says that they are no member. And an administrator of the server
//! settles what is wrong in any named room, but reads in none and enters no direct chat.

use super::Access;
use super::access::Home;
use parlor_protocol::rooms::{RoomKind, RoomRole};
use parlor_protocol::{Timestamp, UserId};

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum Denied {
    /// As far as this person is concerned there is no such thing.
    NotFound,
    /// For members only.
    NotMember,
    /// Not with this standing.
    Forbidden,
    /// Not while muted.
    Muted,
    /// Not after having been sent out for good.
    Banned,
    /// Not where one has blocked the other.
    Blocked,
    /// Not as a guest.
    Guest,
    /// Not before handing the room over.
    OwnerMustStay,
    /// A direct chat always has both its people.
    DirectStays,
}

/// What follows from a right.
pub type Right = Result<(), Denied>;

/// Whom an act of moderation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The person.
    pub user_id: UserId,
    /// Their standing; `None` from outside.
    pub role: Option<RoomRole>,
}

impl Access {
    /// True for members.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.role.is_some()
    }

    /// True while they may not post.
    #[must_use]
    pub fn is_muted(&self, now: Timestamp) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }

    fn is_direct(&self) -> bool {
        self.kind == RoomKind::Direct
    }

    fn is_community(&self) -> bool {
        self.kind == RoomKind::Community
    }

    /// What belongs to a community does not exist for those who are not in it.
    fn is_hidden(&self) -> bool {
        self.is_private || self.is_direct() || self.home == Home::Outside
    }

    /// Runs the server, and this is not a chat of two people.
    fn runs(&self) -> bool {
        self.is_system_admin && !self.is_direct()
    }

    /// Runs the server, or moderates the community that the room belongs to: they settle what is wrong in it.
    #[must_use]
    pub fn presides(&self) -> bool {
        self.runs() || self.home == Home::Admin
    }

    /// Who decides: of a room its owner, of a community its admins.
    fn decider(&self) -> RoomRole {
        if self.is_community() {
            RoomRole::Admin
        } else {
            RoomRole::Owner
        }
    }

    /// What somebody outside is told about what members do.
    fn outside(&self) -> Denied {
        if self.is_hidden() {
            Denied::NotFound
        } else {
            Denied::NotMember
        }
    }

    /// At least this standing, or an administrator of the server.
    fn at_least(&self, role: RoomRole) -> Right {
        match self.role {
            _ if self.presides() => Ok(()),
            Some(own) if own >= role && !self.is_direct() => Ok(()),
            Some(_) => Err(Denied::Forbidden),
            None => Err(self.outside()),
        }
    }
}

/// The room's card and its list of members.
pub fn may_see(access: &Access) -> Right {
    if access.is_member() || access.presides() {
        Ok(())
    } else if access.is_hidden() {
        Err(Denied::NotFound)
    } else {
        may_enter(access)
    }
}

/// Becoming a member. `key_fits`: they named the room's key. Members are in already, and welcome.
pub fn may_join(access: &Access, key_fits: bool) -> Right {
    if access.is_member() {
        Ok(())
    } else if access.is_direct() || access.home == Home::Outside || (access.is_private && !key_fits)
    {
        Err(Denied::NotFound)
    } else {
        may_enter(access)
    }
}

fn may_enter(access: &Access) -> Right {
    if access.is_banned {
        Err(Denied::Banned)
    } else if access.is_guest {
        Err(Denied::Guest)
    } else {
        Ok(())
    }
}

/// Ceasing to be a member. There is nothing to leave for anybody else, in a public room as in a private one.
pub fn may_leave(access: &Access) -> Right {
    match access.role {
        None => Err(Denied::NotFound),
        Some(_) if access.is_direct() => Err(Denied::DirectStays),
        Some(RoomRole::Owner) => Err(Denied::OwnerMustStay),
        Some(_) => Ok(()),
    }
}

/// History, search, presence, typing, and what is pushed. Administrators of the server are refused openly: they know
/// of every room, and read in none.
pub fn may_read(access: &Access) -> Right {
    if access.is_member() {
        Ok(())
    } else if access.presides() {
        Err(Denied::Forbidden)
    } else {
        Err(access.outside())
    }
}

/// The rooms of a community: for those who are in it.
pub fn may_see_inside(access: &Access) -> Right {
    if access.is_community() && (access.is_member() || access.runs()) {
        Ok(())
    } else if access.is_community() && !access.is_hidden() {
        Err(Denied::NotMember)
    } else {
        Err(Denied::NotFound)
    }
}

/// Making a room in a community: its admins, who are in it themselves.
pub fn may_found(access: &Access) -> Right {
    may_see_inside(access)?;
    if access.role >= Some(RoomRole::Admin) {
        return Ok(());
    }
    Err(Denied::Forbidden)
}

/// Sending, replying, attaching, reacting, typing, and changing what one has said. In the room of a community its admins
/// alone speak.
pub fn may_post(access: &Access, now: Timestamp) -> Right {
    may_tidy(access)?;
    if access.is_blocked {
        return Err(Denied::Blocked);
    }
    if access.is_community() && access.role < Some(RoomRole::Admin) {
        return Err(Denied::Forbidden);
    }
    if access.is_muted(now) {
        return Err(Denied::Muted);
    }
    Ok(())
}

/// What the muted may still do: delete their own messages, and say how far they have read.
pub fn may_tidy(access: &Access) -> Right {
    if access.is_member() {
        Ok(())
    } else if access.is_banned {
        Err(Denied::Banned)
    } else {
        Err(access.outside())
    }
}

/// Changing what somebody else has said: nobody.
#[must_use]
pub fn may_rewrite(access: &Access) -> Denied {
    if access.is_member() || access.presides() {
        Denied::Forbidden
    } else {
        access.outside()
    }
}

/// Deleting what others have said, and changing the room's name and description.
pub fn may_moderate(access: &Access) -> Right {
    access.at_least(RoomRole::Admin)
}

/// Pinning: moderators, and both people of a direct chat.
pub fn may_pin(access: &Access) -> Right {
    if access.is_direct() && access.is_member() {
        return if access.is_blocked {
            Err(Denied::Blocked)
        } else {
            Ok(())
        };
    }
    may_moderate(access)
}

/// Privacy, key and capacity, the rules of a community.
pub fn may_configure(access: &Access) -> Right {
    access.at_least(access.decider())
}

/// Bringing in what was said elsewhere, which puts words into people's mouths: administrators of the server alone, and
/// nobody in a chat of two.
pub fn may_bring_in(access: &Access) -> Right {
    if access.runs() {
        Ok(())
    } else if access.is_member() || access.presides() {
        Err(Denied::Forbidden)
    } else {
        Err(access.outside())
    }
}

/// Deleting the room, and with a community all its rooms.
pub fn may_delete(access: &Access) -> Right {
    access.at_least(RoomRole::Owner)
}

/// Kicking, muting and banning. Nobody does it to themselves, and nobody but an administrator of the server to the
/// owner.
pub fn may_sanction(access: &Access, target: Target) -> Right {
    match target.role {
        Some(RoomRole::Owner) => may_unseat(access, target),
        Some(RoomRole::Admin) => may_touch(access, target, RoomRole::Owner),
        _ => may_touch(access, target, RoomRole::Admin),
    }
}

/// Unmuting and letting in again.
pub fn may_release(access: &Access, target: Target) -> Right {
    match target.role {
        Some(RoomRole::Admin | RoomRole::Owner) => may_touch(access, target, RoomRole::Owner),
        _ => may_touch(access, target, RoomRole::Admin),
    }
}

/// Giving somebody another standing.
pub fn may_appoint(access: &Access, target: Target, role: RoomRole) -> Right {
    if role == RoomRole::Owner {
        may_hand_over(access)
    } else if target.role == Some(RoomRole::Owner) {
        may_unseat(access, target)
    } else {
        may_touch(access, target, access.decider())
    }
}

/// Making somebody the owner.
pub fn may_hand_over(access: &Access) -> Right {
    match access.role {
        _ if access.runs() => Ok(()),
        Some(RoomRole::Owner) => Ok(()),
        Some(_) => Err(Denied::Forbidden),
        None if access.presides() => Err(Denied::Forbidden),
        None => Err(Denied::NotFound),
    }
}

/// Anything against the owner.
fn may_unseat(access: &Access, target: Target) -> Right {
    if access.runs() && access.user_id != target.user_id {
        Ok(())
    } else if access.is_member() || access.presides() {
        Err(Denied::Forbidden)
    } else {
        Err(Denied::NotFound)
    }
}

fn may_touch(access: &Access, target: Target, needed: RoomRole) -> Right {
    access.at_least(needed)?;
    if access.user_id == target.user_id {
        return Err(Denied::Forbidden);
    }
    Ok(())
}

/// Whether one more fits in.
#[must_use]
pub fn has_space(member_count: i64, max_members: Option<i64>) -> bool {
    max_members.is_none_or(|max| member_count < max)
}

#[cfg(test)]
mod tests;
