/** What the REST interface offers for communities beyond what their own rooms do. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type { CreateCommunity, Page, Room, RoomId } from '../wire/types';

export const searchCommunities = (http: Http, q: string, cursor?: string): Promise<Page<Room>> =>
  http.get('communities', { scope: 'all', q, limit: 50, cursor });

export const loadCommunity = (http: Http, id: RoomId): Promise<Room> => http.get(`communities/${id}`);

export const found = (http: Http, community: CreateCommunity): Promise<Room> => http.post('communities', community);

export const joinCommunity = (http: Http, id: RoomId, accept_rules: boolean): Promise<Room> =>
  http.post(`communities/${id}/join`, { accept_rules });

/** The rooms of a community that one is in or could join. */
export const loadRoomsInside = (http: Http, community_id: RoomId): Promise<Room[]> => loadAll(http, 'rooms', { community_id });
