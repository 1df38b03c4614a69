/** What the REST interface offers administrators. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type {
  AccountChange,
  AccountDetail,
  AccountStatus,
  AccountView,
  AuditAction,
  AuditEntry,
  AuditSource,
  FigureRange,
  Figures,
  Hold,
  HoldId,
  ImportProgress,
  ImportReport,
  LoginView,
  Page,
  PasswordReset,
  PlaceHold,
  Retention,
  RetentionChange,
  Room,
  RoomId,
  RoomOrder,
  RoomOverview,
  SystemRole,
  UserId,
} from '../wire/types';

const PAGE = 50;

export interface UserFilter {
  q: string;
  status?: AccountStatus | undefined;
  role?: SystemRole | undefined;
}

export const loadUsers = (http: Http, filter: UserFilter, cursor?: string): Promise<Page<AccountView>> =>
  http.get('admin/users', { ...filter, limit: PAGE, cursor });

export const loadUser = (http: Http, id: UserId): Promise<AccountDetail> => http.get(`admin/users/${id}`);

export const changeUser = (http: Http, id: UserId, change: AccountChange): Promise<AccountView> =>
  http.put(`admin/users/${id}`, change);

export const signOutEverywhere = (http: Http, id: UserId): Promise<void> => http.delete(`admin/users/${id}/sessions`);

/** For somebody who has lost theirs: the password is enough then. */
export const removeFactors = (http: Http, id: UserId): Promise<void> => http.delete(`admin/users/${id}/factors`);

export const loadLogins = (http: Http, cursor?: string, user?: UserId): Promise<Page<LoginView>> =>
  http.get('admin/logins', { limit: PAGE, cursor, user_id: user });

export const loadCommunitiesOf = (http: Http, id: UserId): Promise<Room[]> => loadAll(http, `users/${id}/communities`);

/** A link with which somebody chooses another password. */
export const offerReset = (http: Http, id: UserId): Promise<PasswordReset> => http.post(`admin/users/${id}/password-reset`);

export const loadRooms = (
  http: Http,
  what: 'rooms' | 'communities',
  { q, sort }: { q: string; sort: RoomOrder },
  cursor?: string,
): Promise<Page<RoomOverview>> => http.get(`admin/${what}`, { q, sort, limit: PAGE, cursor });

export interface AuditFilter {
  action?: AuditAction | undefined;
  source?: AuditSource | undefined;
}

export const loadAudit = (http: Http, filter: AuditFilter, cursor?: string): Promise<Page<AuditEntry>> =>
  http.get('admin/audit', { ...filter, limit: PAGE, cursor });

export const loadFigures = (http: Http, range: FigureRange): Promise<Figures> => http.get('admin/figures', { range });

/** For how many days the server keeps what is said. */
export const loadTerms = (http: Http): Promise<Retention> => http.get('admin/retention');

export const changeTerms = (http: Http, change: RetentionChange): Promise<Retention> => http.put('admin/retention', change);

export const loadHolds = (http: Http, with_lifted: boolean, cursor?: string): Promise<Page<Hold>> =>
  http.get('admin/holds', { with_lifted, limit: PAGE, cursor });

export const placeHold = (http: Http, hold: PlaceHold): Promise<Hold> => http.post('admin/holds', hold);

export const liftHold = (http: Http, id: HoldId): Promise<Hold> => http.delete(`admin/holds/${id}`);

/** Brings the export of a room into a room. */
export const importInto = (http: Http, room: RoomId, file: Blob): Promise<ImportReport> =>
  http.send(`rooms/${room}/import`, file, 'application/jsonl');

/** How far that is. */
export const loadImport = (http: Http, room: RoomId): Promise<ImportProgress> => http.get(`rooms/${room}/import`);
