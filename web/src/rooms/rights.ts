/** What one may do in a room, as the server decides it too: here only so as not to offer what it refuses. */
import type { Room, RoomCard, RoomRole } from '../wire/types';

export type Moderation = 'kick' | 'mute' | 'unmute' | 'ban' | 'promote' | 'demote' | 'hand_over';

/** What one is where somebody is to be moderated. */
export interface Standing {
  kind: Room['kind'];
  role: RoomRole | null;
  /** An admin of the community that the room belongs to. */
  presides: boolean;
  /** An administrator of the server. */
  runs: boolean;
}

const RANK: Record<RoomRole, number> = { member: 0, admin: 1, owner: 2 };
const atLeast = (role: RoomRole | null, least: RoomRole) => role !== null && RANK[role] >= RANK[least];

export function standingIn(room: Room, home: Room | undefined, runs: boolean): Standing {
  return {
    kind: room.kind,
    role: room.membership?.role ?? null,
    presides: home?.membership?.is_admin ?? false,
    runs,
  };
}

/** Whether one settles what is wrong in the room. */
export const moderates = ({ kind, role, presides, runs }: Standing): boolean =>
  kind !== 'direct' && (presides || runs || atLeast(role, 'admin'));

/** Whether one decides who gets in: of a room its owner, of a community its admins. */
export const decides = ({ kind, role, presides, runs }: Standing): boolean =>
  kind !== 'direct' && (presides || runs || atLeast(role, kind === 'community' ? 'admin' : 'owner'));

/** The actions to offer on a member. */
export function moderationOf(actor: Standing, target: RoomRole, isMuted: boolean): Moderation[] {
  if (actor.kind === 'direct') return [];
  const above = actor.presides || actor.runs;
  const maySanction =
    target === 'owner' ? actor.runs : above || atLeast(actor.role, target === 'admin' ? 'owner' : 'admin');
  const actions: Moderation[] = [];
  if (target !== 'owner' && decides(actor)) actions.push(target === 'admin' ? 'demote' : 'promote');
  if (target !== 'owner' && (actor.runs || actor.role === 'owner')) actions.push('hand_over');
  // Only admins speak in the room of a community: there is nobody to mute.
  if (maySanction && actor.kind === 'room') actions.push(isMuted ? 'unmute' : 'mute');
  if (maySanction) actions.push('kick', 'ban');
  return actions;
}

export function isMuted(until: string | null | undefined, now: number): boolean {
  return until != null && Date.parse(until) > now;
}

/** Whether one has something to send to others: the address of a public room, or what opens a private one. */
export function mayInvite(room: Pick<Room, 'is_private'>, standing: Standing): boolean {
  return standing.kind !== 'direct' && (!room.is_private || moderates(standing));
}

export const isFull = ({ max_members, member_count }: Pick<RoomCard, 'max_members' | 'member_count'>): boolean =>
  max_members != null && member_count >= max_members;

/** Whether one may write there: in the room of a community its admins announce, and nobody else does. */
export function mayWrite({ kind, membership }: Pick<Room, 'kind' | 'membership'>): boolean {
  return kind !== 'community' || (membership?.is_admin ?? false);
}

/** Whether one may take the whole history along: of a room its owner, of a chat of two both. */
export const mayExport = ({ kind, role }: Standing): boolean => role !== null && (kind === 'direct' || role === 'owner');
