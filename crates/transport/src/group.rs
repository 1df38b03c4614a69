//! A group: its members, and the log of events that not all of them have yet.
//!
//! A busy group gathers. Its events are appended to a log, and now and then everyone gets what is
//! new in one piece. Each membership has a cursor into the log, so that a connection which must have
//! an event earlier, because something else is to follow it there, can take it earlier without
//! getting it twice.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::conn::Conn;
use crate::core::lock;
use crate::hub::HubCore;
use crate::{Encoded, Group, SocketId};

/// The largest number of members in one share, which one worker walks.
pub(crate) const SHARE: usize = 512;

/// A log this long is written without waiting longer.
const FULL_EVENTS: usize = 128;
const FULL_BYTES: usize = 128 * 1024;

/// How much longer than writing to everyone took, a busy group gathers before it writes again.
const PATIENCE: u32 = 4;

/// Gathering for less is not worth a timer.
const SHORTEST: Duration = Duration::from_millis(1);

/// A group of a namespace.
#[derive(Debug)]
pub(crate) struct GroupCore {
    pub(crate) name: Group,
    pub(crate) hub: Arc<HubCore>,
    members: Mutex<Vec<Arc<Vec<Member>>>>,
    len: AtomicUsize,
    log: Mutex<Log>,
    /// The log is not empty.
    gathering: AtomicBool,
    /// Told when the log is long.
    pub(crate) full: Notify,
}

/// A socket in a group.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) conn: Arc<Conn>,
    pub(crate) socket: SocketId,
}

/// The events that not all members have yet.
#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The number of the first entry.
    first: u64,
    /// Someone writes, or waits to write, what is in the log.
    busy: bool,
    /// When the last walk over the members began.
    last: Option<Instant>,
    /// How long from one walk to the next.
    pause: Duration,
}

#[derive(Debug)]
struct Entry {
    stamp: u64,
    packet: Encoded,
    except: Option<SocketId>,
}

/// What a walk over the members brings: a part of the log in one piece.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) bytes: Bytes,
    pub(crate) events: u32,
    /// The number of its first event, and of the first after it.
    pub(crate) first: u64,
    pub(crate) end: u64,
    /// Greater than the stamps in it. What other groups have gathered before it goes along.
    pub(crate) limit: u64,
    /// Other groups are gathering too.
    pub(crate) among_others: bool,
    for_all: bool,
    /// Its events, where some clients may want them compressed.
    packets: Vec<Encoded>,
    compressed: OnceLock<Bytes>,
}

impl Block {
    /// No member is excepted from any of it.
    pub(crate) fn is_for_all(&self) -> bool {
        self.for_all
    }

    /// The same for clients that take compressed messages, of `least` bytes and more.
    pub(crate) fn compressed(&self, least: usize) -> Bytes {
        let join = || match self.packets.as_slice() {
            [packet] => packet.compressed(least),
            packets => {
                let frames = packets.iter().map(|packet| packet.compressed(least));
                frames.collect::<Vec<_>>().concat().into()
            }
        };
        self.compressed.get_or_init(join).clone()
    }
}

/// What a caller who appended to the log has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Nothing: someone else writes it.
    None,
    /// Write it at once.
    Now,
    /// See that it is written.
    Later,
}

impl GroupCore {
    pub(crate) fn new(name: Group, hub: Arc<HubCore>) -> Self {
        Self {
            name,
            hub,
            members: Mutex::default(),
            len: AtomicUsize::new(0),
            log: Mutex::default(),
            gathering: AtomicBool::new(false),
            full: Notify::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Adds a member and returns the number of the first event it gets.
    pub(crate) fn add(&self, member: Member) -> u64 {
        {
            let mut shares = lock(&self.members);
            self.len.fetch_add(1, Ordering::AcqRel);
            match shares.iter_mut().find(|share| share.len() < SHARE) {
                Some(share) => Arc::make_mut(share).push(member),
                None => shares.push(Arc::new(vec![member])),
            }
        }
        // Only now: an event from here on is written to members that are in the list by then.
        let log = lock(&self.log);
        log.end()
    }

    /// Removes a member and returns how many are left.
    pub(crate) fn remove(&self, conn: &Arc<Conn>) -> usize {
        let mut shares = lock(&self.members);
        let found = shares.iter().enumerate().find_map(|(i, share)| {
            let position = share
                .iter()
                .position(|member| Arc::ptr_eq(&member.conn, conn))?;
            Some((i, position))
        });
        if let Some((i, position)) = found
            && let Some(share) = shares.get_mut(i)
        {
            Arc::make_mut(share).swap_remove(position);
            if share.is_empty() {
                shares.swap_remove(i);
            }
            self.len.fetch_sub(1, Ordering::AcqRel);
        }
        self.len()
    }

    /// The members as they are now, in shares.
    pub(crate) fn shares(&self) -> Vec<Arc<Vec<Member>>> {
        lock(&self.members).clone()
    }

    /// Whether some members may not have everything yet.
    pub(crate) fn is_gathering(&self) -> bool {
        self.gathering.load(Ordering::Acquire)
    }

    /// Appends an event to the log.
    pub(crate) fn append(&self, packet: Encoded, except: Option<SocketId>) -> Duty {
        let core = &self.hub.core;
        let packet = if core.config.compress.is_some() {
            packet.shared()
        } else {
            packet
        };
        let mut log = lock(&self.log);
        // Under the lock, so that the log is in the order of its stamps.
        let stamp = core.next_stamp();
        log.bytes += packet.frame().len();
        log.entries.push_back(Entry {
            stamp,
            packet,
            except,
        });
        if !self.gathering.swap(true, Ordering::AcqRel) {
            core.gathering.fetch_add(1, Ordering::AcqRel);
        }
        if log.busy {
            if log.entries.len() >= FULL_EVENTS || log.bytes >= FULL_BYTES {
                self.full.notify_one();
            }
            return Duty::None;
        }
        log.busy = true;
        let quiet = log.last.is_none_or(|last| last.elapsed() >= log.pause);
        if quiet && self.len() <= SHARE {
            Duty::Now
        } else {
            Duty::Later
        }
    }

    /// How long the log is still to gather.
    pub(crate) fn wait(&self) -> Duration {
        let log = lock(&self.log);
        if log.entries.len() >= FULL_EVENTS || log.bytes >= FULL_BYTES {
            return Duration::ZERO;
        }
        log.last.map_or(Duration::ZERO, |last| {
            log.pause.saturating_sub(last.elapsed())
        })
    }

    /// The beginning of the log, as much as an outbox may hold, for a walk over the members. Those who are in other
    /// gathering groups get what was broadcast before `limit` there too, or as much as must go before the block.
    pub(crate) fn block(&self, limit: u64) -> Option<Block> {
        let core = &self.hub.core;
        let log = lock(&self.log);
        let mut count = 0;
        let mut bytes = 0;
        for entry in &log.entries {
            bytes += entry.packet.frame().len();
            if count > 0 && (count >= core.config.outbox_events || bytes > core.config.outbox_bytes)
            {
                bytes -= entry.packet.frame().len();
                break;
            }
            count += 1;
        }
        let last = log.entries.get(count.checked_sub(1)?)?;
        let entries = log.entries.iter().take(count);
        Some(Block {
            bytes: if count == 1 {
                last.packet.frame().clone()
            } else {
                let mut block = Vec::with_capacity(bytes);
                entries
                    .clone()
                    .for_each(|entry| block.extend_from_slice(entry.packet.frame()));
                block.into()
            },
            events: u32::try_from(count).unwrap_or(u32::MAX),
            first: log.first,
            end: log.first + count as u64,
            limit: limit.max(last.stamp + 1),
            among_others: core.gathering.load(Ordering::Acquire) > 1,
            for_all: entries.clone().all(|entry| entry.except.is_none()),
            packets: if core.config.compress.is_some() {
                entries.map(|entry| entry.packet.clone()).collect()
            } else {
                Vec::new()
            },
            compressed: OnceLock::new(),
        })
    }

    /// Everyone has a block, after a walk that began at `began`. Whether the log is empty now; if
    /// not, the caller is still responsible for it.
    pub(crate) fn finish(&self, block: &Block, began: Instant) -> bool {
        let mut log = lock(&self.log);
        while log.first < block.end {
            let Some(entry) = log.entries.pop_front() else {
                break;
            };
            log.bytes -= entry.packet.frame().len();
            log.first += 1;
        }
        log.last = Some(began);
        log.pause = (began.elapsed() * PATIENCE)
            .max(SHORTEST)
            .min(self.hub.core.config.gather);
        if !log.entries.is_empty() {
            return false;
        }
        if log.entries.capacity() > FULL_EVENTS {
            log.entries = VecDeque::new();
        }
        log.busy = false;
        self.gathering.store(false, Ordering::Release);
        self.hub.core.gathering.fetch_sub(1, Ordering::AcqRel);
        true
    }

    /// The events from number `cursor` on with stamps below `limit`, with their stamps, except
    /// those that `socket` is not to get; moves the cursor behind them.
    pub(crate) fn since(
        &self,
        cursor: &mut u64,
        limit: u64,
        socket: Option<SocketId>,
    ) -> Vec<(u64, Encoded)> {
        let log = lock(&self.log);
        let skip = usize::try_from(cursor.saturating_sub(log.first)).unwrap_or(usize::MAX);
        *cursor = (*cursor).max(log.first);
        let mut found = Vec::new();
        for entry in log
            .entries
            .iter()
            .skip(skip)
            .take_while(|entry| entry.stamp < limit)
        {
            *cursor += 1;
            if entry.except.is_none() || entry.except != socket {
                found.push((entry.stamp, entry.packet.clone()));
            }
        }
        found
    }
}

impl Log {
    /// The number of the next entry.
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }
}
