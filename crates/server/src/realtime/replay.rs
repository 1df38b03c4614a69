//! Replaying what a client missed, before it goes live.
//!
//! The order is what makes it gap-free: broadcasts are held back, the connection joins its groups, the heads of the
//! logs are read, the entries up to the heads are replayed from storage, and then what was held back is let go, but for
//! what was replayed. A person's own log, which says what rooms they are in, comes before those rooms.

use super::groups::Plane;
use super::resume::{Missed, missed};
use super::session::Session;
use super::{Native, delivery, groups};
use crate::announcements::Announcements;
use crate::kernel::log::{Entry, Stream, read};
use parlor_protocol::events::{Resync, ServerEvent, Welcome};
use parlor_protocol::{Problem, RoomId, Seq, UserId};
use parlor_transport::{Encoded, Group, Socket, SocketRef};
use std::collections::HashMap;
use std::sync::Arc;

/// How many entries are read at a time.
const PAGE: u32 = 200;
/// How many are sent before the client has to have taken them.
const BURST: usize = 50;

/// A connection whose broadcasts are held back, until this is dropped.
pub(super) struct Hold<'a> {
    socket: &'a SocketRef,
    /// What the client has been sent of each group's log by other means.
    sent: HashMap<Group, Seq>,
}

impl<'a> Hold<'a> {
    pub(super) fn new(socket: &'a SocketRef) -> Self {
        socket.hold();
        Self {
            socket,
            sent: HashMap::new(),
        }
    }

    /// The client has the entries of a group's log up to here.
    pub(super) fn sent(&mut self, group: Group, upto: Seq) {
        self.sent.insert(group, upto);
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let has = |packet: &Encoded| {
            let (group, seq) = packet.tag()?;
            Some(seq <= self.sent.get(&group)?.unsigned_abs())
        };
        self.socket.release(|packet| has(packet) != Some(true));
    }
}

impl Native {
    /// Replays what a client missed that said what it has; its broadcasts are held back since it connected.
    pub(super) async fn catch_up(&self, socket: &Socket<Arc<Session>>) {
        let session = socket.session();
        let Some(seen) = session.take_resume() else {
            return;
        };
        let _turn = session.replay.lock().await;
        let mut hold = Hold::new(socket);
        let reader = session.actor().user_id;
        if seen.is_of_another_past {
            send_resync(socket, Vec::new(), "reset");
            return;
        }
        if let Some(own) = seen.me
            && let Err(reason) = self.replay_own(socket, reader, own, &mut hold).await
        {
            // Which rooms are theirs has to be read again, and with it all that is in them.
            send_resync(socket, Vec::new(), reason);
            return;
        }
        if let Some(told) = seen.server
            && let Err(reason) = self.replay_server(socket, reader, told, &mut hold).await
        {
            send_resync(socket, Vec::new(), reason);
            return;
        }
        let seen = seen.rooms;
        let Ok(heads) = self.own_heads(reader).await else {
            resync(socket, seen.into_keys().collect(), "too_many");
            return;
        };
        let (mut too_many, mut reset) = (Vec::new(), Vec::new());
        for (room, seen) in seen {
            let Some(&head) = heads.get(&room) else {
                continue;
            };
            match self
                .replay_room(socket, reader, room, missed(seen, head))
                .await
            {
                Ok(Outcome::Sent) => hold.sent(groups::room(room), head),
                Ok(Outcome::Gone) => {}
                Ok(Outcome::Reset) => reset.push(room),
                Ok(Outcome::TooMany) | Err(_) => too_many.push(room),
            }
        }
        resync(socket, too_many, "too_many");
        resync(socket, reset, "reset");
    }

    /// The heads of the logs of a person's rooms.
    async fn own_heads(&self, reader: UserId) -> Result<HashMap<RoomId, Seq>, Problem> {
        let rooms = self.rooms.rooms_of(reader).await?;
        let streams: Vec<_> = rooms.iter().map(|room| Stream::Room(*room)).collect();
        let heads = read::heads(&self.kernel.db, &streams).await?;
        Ok(rooms.into_iter().zip(heads).collect())
    }

    async fn replay_room(
        &self,
        socket: &SocketRef,
        reader: UserId,
        room: RoomId,
        missed: Missed,
    ) -> Result<Outcome, Problem> {
        let (mut after, head) = match missed {
            Missed::Entries(after, head) => (after, head),
            Missed::TooMany => return Ok(Outcome::TooMany),
            Missed::Reset => return Ok(Outcome::Reset),
        };
        while after < head {
            let page = match self.page(reader, room, after, head).await? {
                Page::Events(upto, events) => {
                    after = upto;
                    events
                }
                Page::Gone => return Ok(Outcome::Gone),
                Page::Missing => return Ok(Outcome::Reset),
            };
            // The client may take its time, and be sent out meanwhile: then it gets no more of what was read already.
            for burst in page.chunks(BURST) {
                if !self.rooms.is_member(room, reader).await? {
                    return Ok(Outcome::Gone);
                }
                send_all(socket, burst).await;
            }
        }
        Ok(Outcome::Sent)
    }

    /// Replays what a client missed of its person's own log, or says why the client has to read everything again.
    async fn replay_own(
        &self,
        socket: &SocketRef,
        reader: UserId,
        seen: Seq,
        hold: &mut Hold<'_>,
    ) -> Result<(), &'static str> {
        let (entries, head) = self.entries_since(Stream::User(reader), seen).await?;
        let rooms = self.rooms.replay_own(reader, &entries).await;
        let friends = self.friends.replay_own(reader, &entries).await;
        let told = self.notifications.replay_own(reader, &entries).await;
        let mut events = rooms.map_err(|_| "too_many")?;
        events.extend(friends.map_err(|_| "too_many")?);
        events.extend(told.map_err(|_| "too_many")?);
        events.extend(Announcements::replay_own(&entries));
        events.sort_by_key(ServerEvent::user_seq);
        send_all(socket, &events).await;
        hold.sent(groups::user(reader), head);
        for event in events {
            // Told as it is now: only what is newer is news.
            if let ServerEvent::RoomJoined(joined) = event {
                hold.sent(groups::room(joined.room_id), joined.seq);
            }
        }
        Ok(())
    }

    /// Replays what a client missed of what everybody is told, or says why it has to read everything again.
    async fn replay_server(
        &self,
        socket: &SocketRef,
        reader: UserId,
        seen: Seq,
        hold: &mut Hold<'_>,
    ) -> Result<(), &'static str> {
        let (entries, head) = self.entries_since(Stream::Server, seen).await?;
        let events = self.announcements.replay(reader, &entries).await;
        send_all(socket, &events.map_err(|_| "too_many")?).await;
        hold.sent(Plane::NATIVE.everybody(), head);
        Ok(())
    }

    /// The entries of a log after a place, and its head; or why everything has to be read again.
    async fn entries_since(
        &self,
        log: Stream,
        seen: Seq,
    ) -> Result<(Vec<Entry>, Seq), &'static str> {
        let db = &self.kernel.db;
        let head = read::head(db, log).await.map_err(|_| "too_many")?;
        let (after, head) = match missed(seen, head) {
            Missed::Entries(after, head) => (after, head),
            Missed::TooMany => return Err("too_many"),
            Missed::Reset => return Err("reset"),
        };
        let limit = u32::try_from(head - after).unwrap_or(u32::MAX);
        let entries = read::after(db, log, after, limit).await;
        let entries = entries.map_err(|_| "too_many")?;
        if !entries.iter().map(|entry| entry.seq).eq(after + 1..=head) {
            return Err("reset");
        }
        Ok((entries, head))
    }

    /// Reads some entries after `after` and up to `head`, as the events they were.
    pub(super) async fn page(
        &self,
        reader: UserId,
        room: RoomId,
        after: Seq,
        head: Seq,
    ) -> Result<Page, Problem> {
        let mut entries = read::after(&self.kernel.db, Stream::Room(room), after, PAGE).await?;
        entries.retain(|entry| entry.seq <= head);
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(Page::Missing);
        };
        if first.seq != after + 1 {
            return Ok(Page::Missing);
        }
        let upto = last.seq;
        let mut events = self.rooms.replay(room, &entries).await?;
        events.extend(self.messages.replay(room, &entries).await?);
        events.sort_by_key(|event| event.place().map(|(_, seq)| seq));
        // Asked after reading, so that nothing is shown that was said after somebody was sent out.
        if !self.rooms.is_member(room, reader).await? {
            return Ok(Page::Gone);
        }
        Ok(Page::Events(upto, events))
    }
}

/// What became of a replay.
enum Outcome {
    Sent,
    TooMany,
    Reset,
    /// The reader is not in the room any more.
    Gone,
}

/// Some entries of a log.
pub(super) enum Page {
    /// Up to the number.
    Events(Seq, Vec<ServerEvent>),
    /// The log does not reach back that far.
    Missing,
    /// The reader is not in the room any more.
    Gone,
}

/// Tells a client to read rooms again, if there are any.
fn resync(socket: &SocketRef, rooms: Vec<RoomId>, reason: &str) {
    if !rooms.is_empty() {
        send_resync(socket, rooms, reason);
    }
}

fn send_resync(socket: &SocketRef, rooms: Vec<RoomId>, reason: &str) {
    let reason = reason.to_owned();
    send(socket, &Resync { rooms, reason }.into());
}

/// What a connection hears first.
pub(super) fn welcome(socket: &SocketRef, epoch: &str) {
    let epoch = epoch.to_owned();
    send(socket, &Welcome { epoch }.into());
}

/// Sends events as fast as the client takes them.
async fn send_all(socket: &SocketRef, events: &[ServerEvent]) {
    for burst in events.chunks(BURST) {
        for event in burst {
            send(socket, event);
        }
        socket.flushed().await;
    }
}

fn send(socket: &SocketRef, event: &ServerEvent) {
    if let Some(packet) = delivery::encode(event) {
        socket.emit(&packet);
    }
}
