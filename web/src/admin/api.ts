/** What the REST interface offers administrators. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type { AccountChange, AccountStatus, AccountView, LoginView, Page, Room, SystemRole, UserId } from '../wire/types';

const PAGE = 50;

export interface UserFilter {
  q: string;
  status?: AccountStatus | undefined;
  role?: SystemRole | undefined;
}

export const loadUsers = (http: Http, filter: UserFilter, cursor?: string): Promise<Page<AccountView>> =>
  http.get('admin/users', { ...filter, limit: PAGE, cursor });

export const loadUser = (http: Http, id: UserId): Promise<AccountView> => http.get(`admin/users/${id}`);

export const changeUser = (http: Http, id: UserId, change: AccountChange): Promise<AccountView> =>
  http.put(`admin/users/${id}`, change);

export const signOutEverywhere = (http: Http, id: UserId): Promise<void> => http.delete(`admin/users/${id}/sessions`);

export const loadLogins = (http: Http, cursor?: string, user?: UserId): Promise<Page<LoginView>> =>
  http.get('admin/logins', { limit: PAGE, cursor, user_id: user });

export const loadCommunitiesOf = (http: Http, id: UserId): Promise<Room[]> => loadAll(http, `users/${id}/communities`);
