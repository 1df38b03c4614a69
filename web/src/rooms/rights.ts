/** What a member may do to another, as the server decides it too: here only so as not to offer what it refuses. */
import type { Room, RoomRole } from '../wire/types';

export type Moderation = 'kick' | 'mute' | 'unmute' | 'ban' | 'promote' | 'demote' | 'hand_over';

const RANK: Record<RoomRole, number> = { member: 0, admin: 1, owner: 2 };

export function mayModerate(actor: RoomRole, target: RoomRole): boolean {
  return RANK[actor] > RANK[target] && RANK[actor] >= RANK.admin;
}

/** The actions to offer on a member. */
export function moderationOf(actor: RoomRole, target: RoomRole, isMuted: boolean): Moderation[] {
  if (!mayModerate(actor, target)) return [];
  const actions: Moderation[] = [isMuted ? 'unmute' : 'mute', 'kick', 'ban'];
  if (actor === 'owner') actions.unshift(target === 'admin' ? 'demote' : 'promote', 'hand_over');
  return actions;
}

export function isMuted(until: string | null | undefined, now: number): boolean {
  return until != null && Date.parse(until) > now;
}

/** Whether one has something to send to others: the address of a public room, or the key of one's own private one. */
export function mayInvite({ kind, is_private, membership }: Pick<Room, 'kind' | 'is_private' | 'membership'>): boolean {
  return kind === 'room' && (!is_private || membership?.role === 'owner');
}
