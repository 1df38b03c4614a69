//! Starting and stopping to type.

use super::Presence;
use super::typists::{Begun, Look};
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::limits::Limit;
use crate::kernel::socket::Caller;
use crate::rooms::rules;
use parlor_protocol::events::{ServerEvent, TypingUpdate};
use parlor_protocol::{Problem, RoomId, UserId};
use std::sync::Arc;
use tokio::time::Instant;

impl Presence {
    /// Somebody types, or goes on: the others in the room hear of it each time.
    pub async fn start_typing(
        self: &Arc<Self>,
        caller: &Caller,
        room: RoomId,
    ) -> Result<(), Problem> {
        let user = caller.actor.user_id;
        let access = self.rooms.access(room, &caller.actor).await?;
        rules::may_post(&access, self.kernel.clock.now())?;
        self.kernel
            .limits
            .check(Limit::Typing, format_args!("{user} in {room}"))?;
        let now = Instant::now();
        if let Some(begun) = self.typists.start(room, user, caller.connection, now) {
            self.watch(begun);
        }
        self.tell_typing(room, user, true).await;
        Ok(())
    }

    /// Somebody stops typing.
    pub async fn stop_typing(&self, caller: &Caller, room: RoomId) -> Result<(), Problem> {
        let user = caller.actor.user_id;
        let access = self.rooms.access(room, &caller.actor).await?;
        rules::may_tidy(&access)?;
        if self.typists.stop(room, user) {
            self.tell_typing(room, user, false).await;
        }
        Ok(())
    }

    /// Who sends a message or leaves no longer types.
    pub(super) fn on_signal(self: &Arc<Self>, signal: &Signal) {
        match signal {
            Signal::Event(_, event) => match &**event {
                ServerEvent::NewMessage(said) => {
                    self.end_typing(said.room_id, said.message.user_id);
                }
                ServerEvent::UserLeft(left) => self.end_typing(left.room_id, left.user.id),
                _ => {}
            },
            Signal::RoomDeleted(room) => self.typists.stop_room(*room),
            _ => {}
        }
    }

    /// A connection is gone: nobody types on it.
    pub(super) fn end_typing_on(self: &Arc<Self>, connection: u64) {
        for (room, user) in self.typists.stop_connection(connection) {
            self.tell_typing_later(room, user);
        }
    }

    fn end_typing(self: &Arc<Self>, room: RoomId, user: UserId) {
        if self.typists.stop(room, user) {
            self.tell_typing_later(room, user);
        }
    }

    /// Ends somebody's typing when it is time.
    fn watch(self: &Arc<Self>, begun: Begun) {
        let this = self.clone();
        let stop = self.kernel.jobs.stopping();
        self.kernel.jobs.spawn(async move {
            loop {
                match this.typists.look(begun, Instant::now()) {
                    Look::Over => return,
                    Look::Expired => return this.tell_typing(begun.room, begun.user, false).await,
                    Look::Typing(until) => {
                        let wait = tokio::time::sleep_until(until);
                        if stop.run_until_cancelled(wait).await.is_none() {
                            return;
                        }
                    }
                }
            }
        });
    }

    fn tell_typing_later(self: &Arc<Self>, room: RoomId, user: UserId) {
        let this = self.clone();
        self.kernel
            .jobs
            .spawn(async move { this.tell_typing(room, user, false).await });
    }

    async fn tell_typing(&self, room: RoomId, user: UserId, typing: bool) {
        match self.accounts.briefs(&[user]).await {
            Ok(mut briefs) => {
                if let Some(user) = briefs.remove(&user) {
                    let update = TypingUpdate {
                        room_id: room,
                        user,
                        typing,
                    };
                    let signal = Signal::event(Audience::Room(room), update);
                    self.kernel.bus.publish(vec![signal]).await;
                }
            }
            Err(error) => tracing::warn!(%error, "who is typing could not be told"),
        }
    }
}
