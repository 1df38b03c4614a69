/** Addresses of the client's screens. */
import type { Room } from '../wire/types';

export type Panel = 'members' | 'pins' | 'settings';
export type Route =
  | { name: 'home' | 'browse' | 'new_room' | 'people' | 'notifications' | 'communities' | 'new_community' | 'account' | 'join' }
  | { name: 'sign_in' | 'sign_up' | 'newcomer' | 'setup' | 'reset' | 'privacy' | 'design' | 'not_found' }
  | { name: 'community' | 'new_room_in'; id: number }
  | { name: 'invited'; code: string }
  | { name: 'admin'; section: AdminSection; id: number | null }
  | { name: 'room'; id: number; panel: Panel | null; at: number | null };

/** What the administrators’ desk has, in the order of its list. */
export const ADMIN_SECTIONS = ['figures', 'users', 'rooms', 'communities', 'announcements', 'retention', 'holds', 'logins', 'audit'] as const;
export type AdminSection = (typeof ADMIN_SECTIONS)[number];

const FIXED: Record<string, Exclude<Route['name'], 'room' | 'community' | 'new_room_in' | 'invited' | 'admin'>> = {
  '/': 'home',
  '/app': 'home',
  '/app/browse': 'browse',
  '/app/new': 'new_room',
  '/app/people': 'people',
  '/app/notifications': 'notifications',
  '/app/communities': 'communities',
  '/app/communities/new': 'new_community',
  '/app/account': 'account',
  '/app/join': 'join',
  '/app/sign-in': 'sign_in',
  '/app/sign-up': 'sign_up',
  '/app/newcomer': 'newcomer',
  '/app/setup': 'setup',
  '/app/reset': 'reset',
  '/app/privacy': 'privacy',
  '/app/design': 'design',
};

const COMMUNITY = /^\/app\/communities\/([1-9]\d{0,15})(\/new)?$/;
const INVITED = /^\/app\/invite\/([\w-]{1,128})$/;
const ADMIN = new RegExp(`^/app/admin(?:/(${ADMIN_SECTIONS.join('|')})(?:/([1-9]\\d{0,15}))?)?$`);
const ROOM = /^\/app\/rooms\/([1-9]\d{0,15})(?:\/(members|pins|settings)|\/messages\/([1-9]\d{0,15}))?$/;

export function routeOf(pathname: string): Route {
  const path = pathname.replace(/(?<=.)\/+$/, '');
  const fixed = Object.hasOwn(FIXED, path) ? FIXED[path] : undefined;
  if (fixed) return { name: fixed };
  const [, id, panel = null, at = null] = ROOM.exec(path) ?? [];
  if (id) return { name: 'room', id: Number(id), panel: panel as Panel | null, at: at === null ? null : Number(at) };
  const [, community, isNew] = COMMUNITY.exec(path) ?? [];
  if (community) return { name: isNew ? 'new_room_in' : 'community', id: Number(community) };
  const [, code] = INVITED.exec(path) ?? [];
  if (code) return { name: 'invited', code };
  const [admin, section = ADMIN_SECTIONS[0], one] = ADMIN.exec(path) ?? [];
  if (admin) return { name: 'admin', section: section as AdminSection, id: one ? Number(one) : null };
  return { name: 'not_found' };
}

export const roomPath = (id: number, panel?: Panel): string => `/app/rooms/${id}${panel ? `/${panel}` : ''}`;

export const communityPath = (id: number): string => `/app/communities/${id}`;

/** Where one is at home in a room: of a community its page. */
export const homePath = ({ id, kind }: Pick<Room, 'id' | 'kind'>): string => (kind === 'community' ? communityPath : roomPath)(id);

/** Makes a room in a community. */
export const newRoomPath = (community: number): string => `/app/communities/${community}/new`;

export const adminPath = (section: AdminSection, id?: number): string => `/app/admin/${section}${id === undefined ? '' : `/${id}`}`;

/** Leads to what an invitation is to. */
export const invitedPath = (code: string): string => `/app/invite/${code}`;

/** Leads to a message, by its place in the room's log. */
export const messagePath = (room: number, seq: number): string => `/app/rooms/${room}/messages/${seq}`;

/** Screens for whoever is not signed in; all others need an account or a guest's visit. */
export function isOpenToAll(route: Route): boolean {
  return ['sign_in', 'sign_up', 'newcomer', 'setup', 'reset', 'privacy', 'design'].includes(route.name);
}

/** A link that lets whoever has it join a private room. The key is in the fragment: it reaches no server's log. */
export const invitationLink = (origin: string, key: string): string => `${origin}/app/join#${encodeURIComponent(key)}`;

/** The key of such a link; `null` where there is none. */
export function keyOf(hash: string): string | null {
  try {
    return decodeURIComponent(hash.replace(/^#/, '')).trim() || null;
  } catch {
    return null;
  }
}
