//! Subscribing a connection to a room by an event of its own, as older systems do, instead of by membership alone.

use super::Actions;
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use crate::rooms::rules;
use parlor_protocol::rooms::JoinRoom;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::{Group, SocketRef};

/// How somebody came to hear a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    /// As a member of before: nobody has been told.
    Again,
    /// As a new member: everybody is told of that.
    Anew,
}

/// Puts a connection into the group of a room, whose member its person is or becomes.
pub(super) async fn enter(
    actions: &Actions,
    actor: &Actor,
    room: RoomId,
    socket: &SocketRef,
    group: Group,
) -> Result<Entered, Problem> {
    let access = actions.rooms.access(room, actor).await?;
    rules::may_join(&access, false)?;
    if !access.is_member() {
        // Before joining, so that the connection hears of it like the others.
        socket.join(group);
        let joined = actions.rooms.join(actor, room, JoinRoom::default()).await;
        return match joined {
            Ok(_) => Ok(Entered::Anew),
            Err(error) => {
                socket.leave(group);
                Err(error.into())
            }
        };
    }
    check_pace(actions, actor)?;
    socket.join(group);
    // Who was sent out meanwhile was not in the group yet when the others left it.
    if actions.rooms.is_member(room, actor.user_id).await? {
        return Ok(Entered::Again);
    }
    socket.leave(group);
    Err(Code::NotFound.into())
}

/// Takes a connection out of the group of a room; its person stays a member.
pub(super) async fn leave(
    actions: &Actions,
    actor: &Actor,
    room: RoomId,
    socket: &SocketRef,
    group: Group,
) -> Result<(), Problem> {
    let access = actions.rooms.access(room, actor).await?;
    rules::may_tidy(&access)?;
    check_pace(actions, actor)?;
    socket.leave(group);
    Ok(())
}

/// Everybody hears of it, so it is limited like joining and leaving.
fn check_pace(actions: &Actions, actor: &Actor) -> Result<(), Problem> {
    actions.kernel.limits.check(Limit::Join, actor.user_id)
}
