import type { Message, Seq, UserId } from '../wire/types';

/** Finds what is to be read out: what others said since the last look, not what came in from the past. */
export class NewsReader {
  #seen: Seq | null = null;

  constructor(private readonly me: UserId) {}

  /** The newest message that was said since, if there is one; `reachesPresent` where the list follows what is said. */
  read(items: readonly Message[], reachesPresent: boolean): Message | null {
    const last = items.at(-1);
    if (!last || !reachesPresent) {
      this.#seen = null;
      return null;
    }
    const isNews = this.#seen !== null && last.seq > this.#seen;
    this.#seen = Math.max(this.#seen ?? 0, last.seq);
    return isNews && last.user_id !== this.me && !last.is_deleted ? last : null;
  }
}
