//! The event `join_room`: becoming a member, and catching up in one room.

use super::events::{Answer, answer, emit};
use super::replay::{Hold, Page};
use super::resume::{Missed, check_seen, missed};
use super::session::Session;
use super::{Native, groups};
use crate::audit::refusals;
use crate::kernel::actor::Actor;
use crate::kernel::body::from_json;
use crate::kernel::limits::Limit;
use crate::kernel::log::{Stream, read};
use parlor_protocol::events::{JoinRoomEvent, JoinedRoom, LogEntry, RoomJoined};
use parlor_protocol::rooms::JoinRoom;
use parlor_protocol::{Code, Problem, RoomId, Seq};
use parlor_transport::{Ack, Socket, Verdict};
use serde_json::value::to_raw_value;
use std::sync::Arc;

/// Who missed more than this many bytes takes a fresh view instead: an answer is written in one piece.
const MAX_BYTES: usize = 256 * 1024;

impl Native {
    /// Joins a room, which members have done already, and answers with what the client misses of it.
    pub(super) async fn join_room(
        &self,
        socket: &Socket<Arc<Session>>,
        payload: &str,
        ack: Option<Ack>,
    ) -> Verdict {
        let event = match from_json::<JoinRoomEvent>(payload.as_bytes()).and_then(check) {
            Ok(event) => event,
            Err(problem) => {
                refusals::note(&self.kernel, &socket.session().actor(), &problem).await;
                return answer(socket, ack, Err(problem));
            }
        };
        let Some(after) = event.after_seq else {
            let joined = self.join(socket, &event).await;
            return answer(socket, ack, joined.and_then(|joined| encode(&joined)));
        };
        // What was missed goes into the answer, and what follows it is held back until then.
        let _turn = socket.session().replay.lock().await;
        let mut hold = Hold::new(socket);
        match self.join_after(socket, &event, after).await {
            Ok((joined, upto)) => {
                hold.sent(groups::room(event.room_id), upto);
                answer(socket, ack, Ok(joined))
            }
            Err(problem) => answer(socket, ack, Err(problem)),
        }
    }

    async fn join(
        &self,
        socket: &Socket<Arc<Session>>,
        event: &JoinRoomEvent,
    ) -> Result<JoinedRoom, Problem> {
        let (room_id, actor) = (event.room_id, socket.session().actor());
        let was_inside = self.rooms.is_member(room_id, actor.user_id).await?;
        let with = JoinRoom {
            access_key: event.access_key.clone(),
            ..JoinRoom::default()
        };
        let room = self.rooms.join(&actor, room_id, with).await?;
        let seq = read::head(&self.kernel.db, Stream::Room(room_id)).await?;
        if was_inside {
            // Who becomes a member is told on all devices; who is one already, here.
            let joined = RoomJoined {
                room_id,
                seq,
                user_seq: None,
                room: room.clone(),
            };
            emit(socket, "room_joined", &joined);
        }
        Ok(JoinedRoom {
            room,
            seq,
            entries: None,
            resync: None,
        })
    }

    /// The encoded answer, and up to where the client has the room's log with it.
    async fn join_after(
        &self,
        socket: &Socket<Arc<Session>>,
        event: &JoinRoomEvent,
        after: Seq,
    ) -> Result<(Box<serde_json::value::RawValue>, Seq), Problem> {
        let mut joined = self.join(socket, event).await?;
        let actor = socket.session().actor();
        joined.entries = self
            .missed_entries(&actor, event.room_id, after, joined.seq)
            .await?;
        if joined.entries.is_some() {
            let encoded = encode(&joined)?;
            if encoded.get().len() <= MAX_BYTES {
                return Ok((encoded, joined.seq));
            }
        }
        joined.entries = None;
        joined.resync = Some(true);
        Ok((encode(&joined)?, 0))
    }

    /// The entries after a place, up to another; `None`: too many, or not there.
    async fn missed_entries(
        &self,
        actor: &Actor,
        room: RoomId,
        after: Seq,
        head: Seq,
    ) -> Result<Option<Vec<LogEntry>>, Problem> {
        let Missed::Entries(mut after, head) = missed(after, head) else {
            return Ok(None);
        };
        let mut entries = Vec::new();
        if after < head {
            self.kernel.limits.check(Limit::Read, actor.user_id)?;
        }
        while after < head {
            match self.page(actor.user_id, room, after, head).await? {
                Page::Events(upto, events) => {
                    entries.extend(events.into_iter().map(LogEntry::from));
                    after = upto;
                }
                Page::Missing => return Ok(None),
                Page::Gone => return Err(Code::NotFound.into()),
            }
        }
        Ok(Some(entries))
    }
}

fn check(event: JoinRoomEvent) -> Result<JoinRoomEvent, Problem> {
    let message = "a seq is 0 or more";
    match event.after_seq.map_or(Ok(()), check_seen) {
        Ok(()) => Ok(event),
        Err(()) => Err(Problem::new(Code::InvalidField).field("after_seq", message)),
    }
}

fn encode(joined: &JoinedRoom) -> Answer {
    to_raw_value(joined).map_err(|_| Code::Internal.into())
}
