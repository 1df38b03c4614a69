/** What the REST interface offers for friends and blocks. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type { Asked, Blocked, Friend, FriendRequest, RequestId, UserId } from '../wire/types';

export const loadFriends = (http: Http): Promise<Friend[]> => loadAll(http, 'friends');

/** Those that others have made to one, and those one has made. */
export const loadRequests = (http: Http): Promise<FriendRequest[]> => loadAll(http, 'friends/requests');

export const loadBlocked = (http: Http): Promise<Blocked[]> => loadAll(http, 'blocks');

export const ask = (http: Http, user_id: UserId): Promise<Asked> => http.post('friends/requests', { user_id });

export const accept = (http: Http, id: RequestId): Promise<Friend> => http.post(`friends/requests/${id}/accept`);

export const decline = (http: Http, id: RequestId): Promise<void> => http.post(`friends/requests/${id}/decline`);

export const withdraw = (http: Http, id: RequestId): Promise<void> => http.delete(`friends/requests/${id}`);

export const part = (http: Http, user: UserId): Promise<void> => http.delete(`friends/${user}`);

export const block = (http: Http, user: UserId): Promise<Blocked> => http.put(`blocks/${user}`);

export const unblock = (http: Http, user: UserId): Promise<void> => http.delete(`blocks/${user}`);
