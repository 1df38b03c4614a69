/** Invitations that end by themselves: codes that let people into a room or a community. */
import type { Http } from '../wire/http';
import { loadAll } from '../wire/pages';
import type { CreateInvitation, Invitation, InvitationId, Invited, Room, RoomId } from '../wire/types';

const HOUR_MS = 3_600_000;

/** For how long an invitation holds, by what the form calls it. */
export const TERMS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
export type Term = keyof typeof TERMS;

/** How many people an invitation lets in; `null` is any number. */
export const USES = [null, 1, 10, 100] as const;
export type Uses = (typeof USES)[number];

export const draft = (term: Term, uses: Uses, now: number): CreateInvitation => ({
  expires_at: new Date(now + TERMS[term]).toISOString(),
  ...(uses === null ? {} : { max_uses: uses }),
});

export const loadInvitations = (http: Http, room: RoomId): Promise<Invitation[]> => loadAll(http, `rooms/${room}/invitations`);

export const invite = (http: Http, room: RoomId, invitation: CreateInvitation): Promise<Invitation> =>
  http.post(`rooms/${room}/invitations`, invitation);

export const revoke = (http: Http, room: RoomId, id: InvitationId): Promise<void> =>
  http.delete(`rooms/${room}/invitations/${id}`);

/** What a code is an invitation to. */
export const loadInvited = (http: Http, code: string): Promise<Invited> => http.get(`invitations/${encodeURIComponent(code)}`);

export const joinInvited = (http: Http, code: string, accept_rules: boolean): Promise<Room> =>
  http.post(`invitations/${encodeURIComponent(code)}/join`, { accept_rules });
