import { SvelteMap } from 'svelte/reactivity';
import type { OnlineUser, Timestamp, UserBrief, UserId } from '../wire/types';

/** How many people one list of the server names. */
const MOST = 1_000;

/** Who is here, among the people one shares a room with. */
export class Presence {
  #seen = new SvelteMap<UserId, { online: boolean; lastSeen: Timestamp | null }>();

  /** Takes the whole list. Who is not on it is not here, unless it is so long that it was cut. */
  replace(users: readonly OnlineUser[]): void {
    const isWhole = users.length < MOST;
    const here = new Set(users.map((user) => user.id));
    for (const [id, seen] of this.#seen) if (isWhole && !here.has(id)) this.#seen.set(id, { ...seen, online: false });
    for (const id of here) this.#seen.set(id, { online: true, lastSeen: null });
  }

  update(user: UserBrief, online: boolean, lastSeen: Timestamp): void {
    this.#seen.set(user.id, { online, lastSeen });
  }

  /** Where nothing was heard of a person, what is known from elsewhere holds. */
  isOnline(id: UserId, otherwise = false): boolean {
    return this.#seen.get(id)?.online ?? otherwise;
  }

  /** When a person was last here, with the same reserve. */
  lastSeen(id: UserId, otherwise: Timestamp | null = null): Timestamp | null {
    return this.#seen.get(id)?.lastSeen ?? otherwise;
  }
}
