//! What happens elsewhere that decides about notifications: it is noted here, at once and in memory, and looked into
//! afterwards. What is shown does not wait for that.

use super::look_over::{Look, Looks};
use crate::kernel::bus::{Audience, Signal};
use parlor_protocol::events::ServerEvent;

/// Notes what has to be looked into.
pub(super) fn on_signal(looks: &Looks, signal: &Signal) {
    match signal {
        Signal::Event(audience, event) => {
            if let Some(look) = look_for(*audience, event) {
                looks.put(look);
            }
        }
        Signal::RoomDeleted(room) => looks.put(Look::NoRoom(*room)),
        _ => {}
    }
}

fn look_for(audience: Audience, event: &ServerEvent) -> Option<Look> {
    Some(match (audience, event) {
        (_, ServerEvent::ReadUpdate(event)) => Look::Read(event.user_id, event.room_id),
        (Audience::User(user), ServerEvent::RoomRemoved(event)) => Look::Left(user, event.room_id),
        (_, ServerEvent::MessageDeleted(event)) => Look::Message(event.message_id),
        (_, ServerEvent::MessagesRemoved(event)) => Look::UpTo(event.room_id, event.up_to),
        (Audience::User(user), ServerEvent::BlockUpdate(event)) => Look::By(user, event.user.id),
        (Audience::User(user), ServerEvent::FriendRequestRemoved(event)) => {
            Look::By(user, event.user_id)
        }
        _ => return None,
    })
}
