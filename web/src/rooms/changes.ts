/** What an entry of the log makes of a room, as one person sees it. */
import type { LogEntry, Membership, ReadState, Room, UserId } from '../wire/types';

export function changeMembership(room: Room, edit: (membership: Membership) => Membership): Room {
  return room.membership ? { ...room, membership: edit(room.membership) } : room;
}

/** `isUnheard` says whose messages do not count. */
export function roomAfter(room: Room, entry: LogEntry, me: UserId, isUnheard: (user: UserId) => boolean = () => false): Room {
  if (entry.seq <= room.last_seq) return room;
  const moved = { ...room, last_seq: entry.seq };
  switch (entry.type) {
    case 'new_message':
      if (isUnheard(entry.message.user_id)) return moved;
      return changeMembership(moved, (membership) => withUnread(membership, entry, me));
    case 'user_joined':
    case 'user_left':
      return { ...moved, member_count: entry.member_count };
    case 'user_updated':
      return moved.peer?.id === entry.user.id ? { ...moved, peer: entry.user } : moved;
    case 'room_updated': {
      const { change } = entry;
      const updated = { ...moved, ...entry.room, last_seq: entry.seq };
      if (change.type === 'role' && change.user_id === me) {
        const { role } = change;
        return changeMembership(updated, (membership) => ({ ...membership, role, is_admin: role !== 'member' }));
      }
      if (change.type === 'mute' && change.user_id === me) {
        return changeMembership(updated, (membership) => ({ ...membership, muted_until: change.muted_until }));
      }
      return updated;
    }
    default:
      return moved;
  }
}

function withUnread(
  membership: Membership,
  { seq, message }: Extract<LogEntry, { type: 'new_message' }>,
  me: UserId,
): Membership {
  if (message.user_id === me || seq <= membership.last_read_seq) return membership;
  const mentioned = message.mentions_room || message.mentions?.includes(me);
  return {
    ...membership,
    unread_count: membership.unread_count + 1,
    mention_count: membership.mention_count + (mentioned ? 1 : 0),
  };
}

/** Read marks only move forward. */
export function readUpTo(membership: Membership, seq: number, counts?: ReadState): Membership {
  if (seq < membership.last_read_seq) return membership;
  return {
    ...membership,
    last_read_seq: seq,
    unread_count: counts?.unread_count ?? 0,
    mention_count: counts?.mention_count ?? 0,
  };
}

/** The sign of a room that is no direct chat. */
export function iconOf({ kind, is_private }: Pick<Room, 'kind' | 'is_private'>): 'horn' | 'lock' | 'hash' {
  if (kind === 'community') return 'horn';
  return is_private ? 'lock' : 'hash';
}

/** A direct chat bears the other person's name. */
export function roomName(room: Room): string {
  return room.kind === 'direct' ? (room.peer?.nickname ?? '') : room.name;
}

/** Rooms that are gone, without those that went with their community and those that were not known. */
export function worthTelling<T extends { room: Room | undefined }>(removals: readonly T[]): (T & { room: Room })[] {
  const known = removals.filter((one): one is T & { room: Room } => one.room !== undefined);
  const gone = new Set(known.map(({ room }) => room.id));
  return known.filter(({ room }) => room.community_id == null || !gone.has(room.community_id));
}
