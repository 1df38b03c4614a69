import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { History, LogEntry, Membership, Message, RoomId, Seq, UserId } from '../wire/types';
import { applyEntry, markRead, upsert } from './entries';
import { indexFrom } from './view.svelte';

/** The page that opens a room is small, so that it is there at once. */
const PAGE = 50;
const FURTHER_PAGE = 100;
/** Fewer unread messages than this are on the newest page. */
const FEW = 40;
/** So many messages are kept at hand at most. */
export const MOST_AT_HAND = 1_200;

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
  /** Where one reads: nothing from there on is let go for what is said meanwhile. `null` is the present. */
  readingFrom: Seq | null = null;
  #opening: Promise<void> = Promise.resolve();
  #meanwhile: LogEntry[] = [];
  #generation = 0;

  constructor(
    private readonly http: Http,
    readonly roomId: RoomId,
  ) {}

  /**
   * Has at hand what opening the room shows: the messages about the first unread one, or the newest. Asked for ahead,
   * and then in earnest, it is read once.
   */
  open(membership: Pick<Membership, 'unread_count' | 'last_read_seq'> | null): Promise<void> {
    this.#opening = this.#opening.then(async () => {
      if (membership && membership.unread_count > FEW) await this.loadAround(membership.last_read_seq);
      else if (this.items.length === 0 || !this.reachesPresent) await this.loadLatest();
    });
    return this.#opening;
  }

  /** Reads the newest page afresh. */
  async loadLatest(): Promise<void> {
    await this.#read('latest', {}, (history) => {
      this.items = history.items;
      this.reachesStart = history.next == null;
      this.reachesPresent = true;
    });
  }

  async loadOlder(): Promise<void> {
    const first = this.items[0];
    if (!first || this.reachesStart || this.loading) return;
    await this.#read('older', { before: first.seq }, (history) => {
      const items = [...history.items, ...this.items];
      this.items = items.slice(0, MOST_AT_HAND);
      this.reachesStart = history.next == null;
      if (items.length > MOST_AT_HAND) this.reachesPresent = false;
    });
  }

  async loadNewer(): Promise<void> {
    const last = this.items.at(-1);
    if (!last || this.reachesPresent || this.loading) return;
    await this.#read('newer', { after: last.seq }, (history) => {
      const items = [...this.items, ...history.items];
      this.items = items.slice(-MOST_AT_HAND);
      this.reachesPresent = history.next == null;
      if (items.length > MOST_AT_HAND) this.reachesStart = false;
    });
  }

  /** Brings a message into the list, where it is not there yet, with what surrounds it. */
  async loadAround(seq: Seq): Promise<void> {
    if (this.holds(seq)) return;
    await this.#read('latest', { around: seq }, (history) => {
      this.items = history.items;
      this.reachesStart = false;
      this.reachesPresent = history.next == null;
    });
  }

  /** Whether a place in the log lies within the stretch at hand. */
  holds(seq: Seq): boolean {
    const [first, last] = [this.items[0], this.items.at(-1)];
    if (!first || !last) return false;
    return (this.reachesStart || first.seq <= seq) && (this.reachesPresent || seq <= last.seq);
  }

  apply(entry: LogEntry): void {
    if (this.loading) this.#meanwhile.push(entry);
    // Where something at hand was removed, what is left begins where the room does now.
    if (entry.type === 'messages_removed' && (this.items[0]?.seq ?? Infinity) <= entry.up_to) this.reachesStart = true;
    this.items = applyEntry(this.items, entry, this.reachesPresent);
    this.#letGo();
  }

  /** A message as a request answered it. */
  put(message: Message): void {
    const isKnown = this.items.some((item) => item.id === message.id);
    if (isKnown || this.reachesPresent) this.items = upsert(this.items, message);
  }

  markRead(author: UserId, upTo: Seq): void {
    this.items = markRead(this.items, author, upTo);
  }

  /** Days of talk in a room that stays open do not fill the memory. */
  #letGo(): void {
    const tooMany = this.items.length - MOST_AT_HAND - FURTHER_PAGE;
    if (tooMany <= 0) return;
    const spare = this.readingFrom === null ? tooMany : Math.min(tooMany, indexFrom(this.items, this.readingFrom));
    if (spare === 0) return;
    this.items = this.items.slice(spare);
    this.reachesStart = false;
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
      const history = await this.http.get<History>(`rooms/${this.roomId}/messages`, {
        ...place,
        limit: what === 'latest' ? PAGE : FURTHER_PAGE,
      });
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
