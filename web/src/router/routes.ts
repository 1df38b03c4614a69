/** Addresses of the client's screens. */

export type Panel = 'members' | 'pins' | 'settings';
export type Route =
  | { name: 'home' | 'browse' | 'new_room' | 'people' | 'account' | 'join' }
  | { name: 'sign_in' | 'sign_up' | 'setup' | 'privacy' | 'design' | 'not_found' }
  | { name: 'room'; id: number; panel: Panel | null; at: number | null };

const FIXED: Record<string, Exclude<Route['name'], 'room'>> = {
  '/': 'home',
  '/app': 'home',
  '/app/browse': 'browse',
  '/app/new': 'new_room',
  '/app/people': 'people',
  '/app/account': 'account',
  '/app/join': 'join',
  '/app/sign-in': 'sign_in',
  '/app/sign-up': 'sign_up',
  '/app/setup': 'setup',
  '/app/privacy': 'privacy',
  '/app/design': 'design',
};

const ROOM = /^\/app\/rooms\/([1-9]\d{0,15})(?:\/(members|pins|settings)|\/messages\/([1-9]\d{0,15}))?$/;

export function routeOf(pathname: string): Route {
  const path = pathname.replace(/(?<=.)\/+$/, '');
  const fixed = Object.hasOwn(FIXED, path) ? FIXED[path] : undefined;
  if (fixed) return { name: fixed };
  const [, id, panel = null, at = null] = ROOM.exec(path) ?? [];
  if (id) return { name: 'room', id: Number(id), panel: panel as Panel | null, at: at === null ? null : Number(at) };
  return { name: 'not_found' };
}

export const roomPath = (id: number, panel?: Panel): string => `/app/rooms/${id}${panel ? `/${panel}` : ''}`;

/** Leads to a message, by its place in the room's log. */
export const messagePath = (room: number, seq: number): string => `/app/rooms/${room}/messages/${seq}`;

/** Screens for whoever is not signed in; all others need an account or a guest's visit. */
export function isOpenToAll(route: Route): boolean {
  return ['sign_in', 'sign_up', 'setup', 'privacy', 'design'].includes(route.name);
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
