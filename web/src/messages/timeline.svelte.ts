import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { History, LogEntry, Message, RoomId, Seq, UserId } from '../wire/types';
import { applyEntry, markRead, upsert } from './entries';

const PAGE = 50;

/**
 * The part of a room's messages that is at hand: an unbroken stretch, usually up to the present. What the socket
 * brings while a page is being read is applied again after it, so that an older answer never hides newer facts.
 */
export class Timeline {
  items = $state.raw<readonly Message[]>([]);
  /** Nothing comes before the first item. */
  reachesStart = $state(false);
  /** Nothing comes after the last item: live messages are appended. */
  reachesPresent = $state(false);
  loading = $state<'latest' | 'older' | 'newer' | null>(null);
  problem = $state.raw<Problem | null>(null);
  #meanwhile: LogEntry[] = [];
  #generation = 0;

  constructor(
    private readonly http: Http,
    readonly roomId: RoomId,
  ) {}

  /** Reads the newest page afresh. */
  async loadLatest(): Promise<void> {
    await this.#read('latest', {}, (history) => {
      this.items = history.items;
      this.reachesStart = history.next === null;
      this.reachesPresent = true;
    });
  }

  async loadOlder(): Promise<void> {
    const first = this.items[0];
    if (!first || this.reachesStart || this.loading) return;
    await this.#read('older', { before: first.seq }, (history) => {
      this.items = [...history.items, ...this.items];
      this.reachesStart = history.next === null;
    });
  }

  async loadNewer(): Promise<void> {
    const last = this.items.at(-1);
    if (!last || this.reachesPresent || this.loading) return;
    await this.#read('newer', { after: last.seq }, (history) => {
      this.items = [...this.items, ...history.items];
      this.reachesPresent = history.next === null;
    });
  }

  /** Brings a message into the list, where it is not there yet, with what surrounds it. */
  async loadAround(seq: Seq): Promise<void> {
    const [first, last] = [this.items[0], this.items.at(-1)];
    if (first && last && first.seq <= seq && seq <= last.seq) return;
    await this.#read('latest', { around: seq }, (history) => {
      this.items = history.items;
      this.reachesStart = false;
      this.reachesPresent = (history.items.at(-1)?.seq ?? 0) >= history.last_seq;
    });
  }

  apply(entry: LogEntry): void {
    if (this.loading) this.#meanwhile.push(entry);
    this.items = applyEntry(this.items, entry, this.reachesPresent);
  }

  /** A message as a request answered it. */
  put(message: Message): void {
    const isKnown = this.items.some((item) => item.id === message.id);
    if (isKnown || this.reachesPresent) this.items = upsert(this.items, message);
  }

  markRead(author: UserId, upTo: Seq): void {
    this.items = markRead(this.items, author, upTo);
  }

  async #read(
    what: 'latest' | 'older' | 'newer',
    place: { before?: Seq; after?: Seq; around?: Seq },
    take: (history: History) => void,
  ): Promise<void> {
    const generation = ++this.#generation;
    this.#meanwhile = [];
    this.loading = what;
    this.problem = null;
    try {
      const history = await this.http.get<History>(`rooms/${this.roomId}/messages`, { ...place, limit: PAGE });
      if (generation !== this.#generation) return;
      take(history);
      for (const entry of this.#meanwhile) {
        if (entry.seq > history.last_seq) this.items = applyEntry(this.items, entry, this.reachesPresent);
      }
    } catch (thrown) {
      if (generation === this.#generation) this.problem = Problem.of(thrown);
    } finally {
      if (generation === this.#generation) {
        this.loading = null;
        this.#meanwhile = [];
      }
    }
  }
}
