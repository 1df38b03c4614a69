/** What the REST interface offers for rooms. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type {
  Ban,
  ChangeRoom,
  CreateRoom,
  Page,
  Room,
  RoomId,
  RoomRetention,
  RoomRole,
  ShelfChange,
  UserBrief,
  UserId,
} from '../wire/types';
import type { Moderation } from './rights';

/** All rooms one is in. */
export const loadJoined = (http: Http): Promise<Room[]> => loadAll(http, 'rooms', { scope: 'joined' });

export const searchPublic = (http: Http, q: string, cursor?: string): Promise<Page<Room>> =>
  http.get('rooms', { scope: 'public', q, limit: 50, cursor });

export const loadRoom = (http: Http, id: RoomId): Promise<Room> => http.get(`rooms/${id}`);

export const createRoom = (http: Http, room: CreateRoom): Promise<Room> => http.post('rooms', room);

export const changeRoom = (http: Http, id: RoomId, change: ChangeRoom): Promise<Room> =>
  http.put(`rooms/${id}`, change);

/** For how many days what is said in a room is kept. */
export const loadRoomTerm = (http: Http, id: RoomId): Promise<RoomRetention> => http.get(`rooms/${id}/retention`);

export const changeRoomTerm = (http: Http, id: RoomId, days: number): Promise<RoomRetention> =>
  http.put(`rooms/${id}/retention`, { days });

/** Where one keeps a room in one's list, on all devices. */
export const shelveRoom = (http: Http, id: RoomId, change: ShelfChange): Promise<Room> =>
  http.put(`rooms/${id}/shelf`, change);

export const deleteRoom = (http: Http, id: RoomId): Promise<void> => http.delete(`rooms/${id}`);

export const joinRoom = (http: Http, id: RoomId): Promise<Room> => http.post(`rooms/${id}/join`, {});

export const joinByKey = (http: Http, access_key: string): Promise<Room> => http.post('rooms/join', { access_key });

export const leaveRoom = (http: Http, id: RoomId): Promise<void> => http.post(`rooms/${id}/leave`);

export const openDirect = (http: Http, user_id: UserId): Promise<Room> => http.post('rooms/direct', { user_id });

export const searchPeople = (http: Http, q: string, cursor?: string): Promise<Page<UserBrief>> =>
  http.get('users/search', { q, limit: 50, cursor });

/** Two characters, or one that is a word: the server looks for no single Latin letter. */
export const canSearch = (text: string): boolean => [...text].length > 1 || /\p{Script=Han}/u.test(text);

export const loadBans = (http: Http, id: RoomId): Promise<Page<Ban>> => http.get(`rooms/${id}/bans`, { limit: 200 });

export const unban = (http: Http, room: RoomId, user: UserId): Promise<void> =>
  http.post(`rooms/${room}/members/${user}/unban`);

const ROLE: Partial<Record<Moderation, RoomRole>> = { promote: 'admin', demote: 'member', hand_over: 'owner' };

/** Does to a member what a moderator chose; a mute may end by itself. */
export function moderate(http: Http, room: RoomId, user: UserId, action: Moderation, until?: Date): Promise<void> {
  const path = `rooms/${room}/members/${user}`;
  const role = ROLE[action];
  if (role) return http.post(`${path}/role`, { role });
  if (action === 'mute') return http.post(`${path}/mute`, until ? { until: until.toISOString() } : {});
  return http.post(`${path}/${action}`);
}
