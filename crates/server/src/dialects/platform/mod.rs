//! `platform`: its REST interface is the native one; on the namespace `/` it has the events `chat`, `call_request`,
//! `file_transfer` and `user_status`, beside the native events and told to those alone who use them.
//!
//! - [`decode`]: what comes in; [`encode`]: what goes out. Refusals are the native ones

mod decode;
mod encode;

use super::Actions;
use crate::kernel::bus::{Audience, Signal};
use crate::kernel::socket::{Caller, EventTable};
use crate::messages::MessagesError;
use crate::realtime::{Acquaintances, Outlet, Plane, Reach, sign_out};
use parlor_protocol::events::{NewMessage, ServerEvent};
use parlor_protocol::messages::Posted;
use parlor_protocol::{Code, Problem, RoomId};
use parlor_transport::Hub;
use std::sync::Arc;
use tokio::sync::Mutex;

const PLANE: Plane = Plane::PLATFORM;

/// The events that clients send.
pub(crate) const EVENTS: [&str; 4] = ["chat", "call_request", "file_transfer", "user_status"];

/// The dialect.
pub(super) struct Platform {
    actions: Arc<Actions>,
    hub: Hub,
    acquaintances: Acquaintances,
    /// What one connection says keeps its order while the chat that it is for is looked up.
    turns: [Mutex<()>; 32],
}

impl Platform {
    pub(super) fn new(actions: Arc<Actions>, hub: Hub) -> Arc<Self> {
        let acquaintances = actions.acquaintances(hub.clone(), PLANE);
        Arc::new(Self {
            actions,
            hub,
            acquaintances,
            turns: Default::default(),
        })
    }

    /// Adds its events to the native ones.
    pub(super) fn events(self: &Arc<Self>, table: &mut EventTable) {
        let here = self.clone();
        table.on("chat", move |caller: Caller, chat: decode::Chat| {
            let here = here.clone();
            async move { here.chat(&caller, chat).await }
        });
        for later in ["call_request", "file_transfer"] {
            table.on(later, |_: Caller, _: decode::Anything| async {
                Err::<(), Problem>(Code::NotImplemented.into())
            });
        }
        table.on(
            "user_status",
            |caller: Caller, asked: decode::SignOfLife| async move {
                asked.check(&caller.actor)?;
                Ok::<_, Problem>(encode::Presence::of(&caller.actor))
            },
        );
    }

    /// Says something to a person or in a group.
    async fn chat(&self, caller: &Caller, chat: decode::Chat) -> Result<Posted, Problem> {
        let (to, draft) = chat.read(&caller.actor)?;
        let actions = &self.actions;
        let sent = {
            let number = usize::try_from(caller.connection).unwrap_or_default();
            let turn = self.turns.get(number % self.turns.len());
            let _turn = match turn {
                Some(turn) => Some(turn.lock().await),
                None => None,
            };
            let room = match to {
                decode::To::Group(room) => room,
                decode::To::Person(user) => {
                    let room = actions.rooms.open_direct(&caller.actor, user).await?;
                    room.card.id
                }
            };
            actions.messages.send(&caller.actor, room, draft)
        };
        sent.await.map_err(|error: MessagesError| error.into())
    }

    /// Tells the others in a room.
    fn tell_others(&self, room: RoomId, said: &NewMessage) {
        let group = PLANE.room(room);
        if self.hub.group_len(group) == 0 {
            return;
        }
        let Some(packet) = encode::chat(said) else {
            return;
        };
        let own = self.hub.members(PLANE.user(said.message.user_id));
        if own.is_empty() {
            return self.hub.broadcast(group, &packet);
        }
        let others = self.hub.members(group).into_iter();
        for socket in others.filter(|socket| !own.contains(socket)) {
            self.hub.emit(socket, &packet);
        }
    }
}

impl Outlet for Platform {
    fn deliver(&self, signal: &Signal) {
        match signal {
            Signal::Event(Audience::Room(room), event) => {
                if let ServerEvent::NewMessage(said) = &**event {
                    self.tell_others(*room, said);
                }
            }
            Signal::Event(Audience::Watchers(user), event) => {
                if let ServerEvent::UserStatusUpdate(update) = &**event
                    && let Some(packet) = encode::status(update)
                {
                    self.acquaintances.tell(*user, Reach::Watchers, packet);
                }
            }
            Signal::RoomDeleted(room) => {
                let group = PLANE.room(*room);
                self.hub.leave_members(group, group);
            }
            other => sign_out(&self.hub, other, |user| PLANE.user(user)),
        }
    }
}
