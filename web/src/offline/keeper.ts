/**
 * What can be read without a connection: who one is, one's rooms, and the last messages of those opened lately.
 * It stands between the client and the REST interface: answers are kept as they pass, and where the server cannot be
 * reached, what was kept answers. One account's copy is never read by another, and it goes when one signs out.
 */
import { applyEntry } from '../messages/entries';
import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { History, LogEntry, Me, Page, Room, RoomId } from '../wire/types';
import type { Store } from './store';

interface KeeperOptions {
  open: (account: number) => Promise<Store>;
  erase: (account: number) => Promise<void>;
  /** Remembers whose copy there is. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  later?: (run: () => void, ms: number) => void;
}

const OWNER_KEY = 'parlor.kept';
const MOST_MESSAGES = 50;
const MOST_ROOMS = 20;
const PAUSE_MS = 1_000;
const HISTORY = /^rooms\/(\d+)\/messages$/;
const MEMBERS = /^rooms\/(\d+)\/members$/;

type Query = Parameters<Http['get']>[1];

export class Keeper {
  #store: Store | null = null;
  #opening: Promise<void> = Promise.resolve();
  #histories = new Map<RoomId, History>();
  #changed = new Set<RoomId>();
  #isWaiting = false;
  #owner: number | null = null;
  /** Grows when a copy is forgotten: what was asked for one account is never kept for the next, nor answered from it. */
  #turn = 0;
  #rooms: () => readonly Room[] = () => [];
  #later: NonNullable<KeeperOptions['later']>;
  /** Rooms whose messages were answered from the copy: to be read again once there is a connection. */
  readonly stale = new Set<RoomId>();
  /** Whether the list of rooms was. */
  isStale = false;

  constructor(private readonly options: KeeperOptions) {
    this.#later = options.later ?? ((run, ms) => void setTimeout(run, ms));
  }

  /** Whether somebody was signed in here and has not left. */
  get hasOwner(): boolean {
    return this.options.storage.getItem(OWNER_KEY) !== null;
  }

  /** Whose copy the browser has, as all its pages know. */
  get #remembered(): number | null {
    return Number(this.options.storage.getItem(OWNER_KEY)) || null;
  }

  /** Whose copy there is, as the server last described them. */
  async lastOwner(): Promise<Me | undefined> {
    const id = this.#remembered;
    if (!id) return undefined;
    this.#owner = id;
    await this.#open(id);
    return this.#read<Me>('me');
  }

  /** Keeps for this account from now on; another's copy is erased first. */
  async own(me: Me): Promise<void> {
    const others = [this.#owner, this.#remembered].filter((id) => id !== null && id !== me.id) as number[];
    if (others.length > 0) void this.#forget(others);
    this.#owner = me.id;
    this.options.storage.setItem(OWNER_KEY, String(me.id));
    const turn = this.#turn;
    await this.#open(me.id);
    await this.#write('me', me, turn);
  }

  /** Forgets everything: one signed out. */
  erase(): Promise<void> {
    const whose = this.#owner ?? this.#remembered;
    // In another tab somebody else may have come in by now, whose copy stays.
    if (this.#remembered === whose) this.options.storage.removeItem(OWNER_KEY);
    return this.#forget(whose === null ? [] : [whose]);
  }

  #forget(accounts: readonly number[]): Promise<void> {
    this.#turn += 1;
    this.#owner = null;
    this.#histories.clear();
    this.#changed.clear();
    this.stale.clear();
    this.#rooms = () => [];
    this.#opening = this.#opening.then(async () => {
      this.#store?.close();
      this.#store = null;
      for (const account of new Set(accounts)) await this.options.erase(account).catch(() => {});
    });
    return this.#opening;
  }

  /** Where one's rooms, as they are, can be read. */
  follow(rooms: () => readonly Room[]): void {
    this.#rooms = rooms;
  }

  /** The same interface, whose answers are kept and which answers from what was kept. */
  over(http: Http): Http {
    return { ...http, get: <T>(path: string, query?: Query) => this.#get<T>(http, path, query) };
  }

  /** The newest of rooms and messages, as the log brings them. */
  apply(entry: LogEntry): void {
    this.#schedule();
    const history = this.#histories.get(entry.room_id);
    if (!history) return;
    const items = applyEntry(history.items, entry, true).slice(-MOST_MESSAGES);
    this.#put(entry.room_id, { ...history, items: [...items], last_seq: Math.max(history.last_seq, entry.seq) });
  }

  forgetRoom(room: RoomId): void {
    this.#histories.delete(room);
    this.#changed.delete(room);
    void this.#remove(room);
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    this.#isWaiting = false;
    const turn = this.#turn;
    const rooms = this.#rooms();
    const changed = [...this.#changed];
    const histories = changed.map((room) => this.#histories.get(room));
    this.#changed.clear();
    if (rooms.length > 0) await this.#write('rooms', { items: [...rooms], next: null } satisfies Page<Room>, turn);
    for (const [at, room] of changed.entries()) await this.#write(`messages/${room}`, histories[at], turn);
    const order = (await this.#read<RoomId[]>('order')) ?? [];
    const next = [...changed, ...order.filter((room) => !changed.includes(room))];
    if (turn !== this.#turn) return;
    if (changed.length > 0) await this.#write('order', next.slice(0, MOST_ROOMS), turn);
    for (const room of next.slice(MOST_ROOMS)) await this.#remove(room, turn);
  }

  async #get<T>(http: Http, path: string, query: Query = {}): Promise<T> {
    const turn = this.#turn;
    try {
      const answer = await http.get<T>(path, query);
      if (turn === this.#turn) this.#take(path, query, answer);
      return answer;
    } catch (thrown) {
      if (Problem.of(thrown).code !== 'unreachable' || turn !== this.#turn) throw thrown;
      const kept = await this.#kept<T>(path, query);
      if (kept === undefined || turn !== this.#turn) throw thrown;
      return kept;
    }
  }

  #take(path: string, query: NonNullable<Query>, answer: unknown): void {
    const [, room] = HISTORY.exec(path) ?? [];
    if (room) {
      const history = answer as History;
      this.stale.delete(Number(room));
      const isLatest = (history.items.at(-1)?.seq ?? 0) >= history.last_seq || isNewest(query);
      if (isLatest) this.#put(Number(room), { ...history, items: history.items.slice(-MOST_MESSAGES) });
    } else if (MEMBERS.test(path) && !query.cursor) {
      void this.#write(path, answer);
    } else if (isJoinedRooms(path, query)) {
      this.isStale = false;
      this.#schedule();
    }
  }

  async #kept<T>(path: string, query: NonNullable<Query>): Promise<T | undefined> {
    const [, room] = HISTORY.exec(path) ?? [];
    if (room) {
      if (query.before !== undefined) return undefined;
      const history = await this.#read<History>(`messages/${room}`);
      if (!history) return undefined;
      this.stale.add(Number(room));
      return { ...history, next: null } as T;
    }
    if (MEMBERS.test(path) && !query.cursor) return this.#read<T>(path);
    if (!isJoinedRooms(path, query)) return undefined;
    const rooms = await this.#read<T>('rooms');
    this.isStale ||= rooms !== undefined;
    return rooms;
  }

  #put(room: RoomId, history: History): void {
    this.#histories.set(room, history);
    this.#changed.add(room);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#later(() => void this.flush(), PAUSE_MS);
  }

  async #open(account: number): Promise<void> {
    this.#opening = this.#opening.then(async () => {
      this.#store ??= await this.options.open(account).catch(() => null);
    });
    await this.#opening;
  }

  /** A copy is a convenience: that it cannot be read or written stops nothing. */
  async #read<T>(key: string): Promise<T | undefined> {
    await this.#opening;
    return this.#store?.get<T>(key).catch(() => undefined);
  }

  async #write(key: string, value: unknown, turn = this.#turn): Promise<void> {
    await this.#opening;
    if (turn === this.#turn) await this.#store?.put(key, value).catch(() => {});
  }

  async #remove(room: RoomId, turn = this.#turn): Promise<void> {
    await this.#opening;
    if (turn !== this.#turn) return;
    await this.#store?.remove(`messages/${room}`).catch(() => {});
    await this.#store?.remove(`rooms/${room}/members`).catch(() => {});
  }
}

const isNewest = ({ before, after, around }: NonNullable<Query>) =>
  before === undefined && after === undefined && around === undefined;

const isJoinedRooms = (path: string, query: NonNullable<Query>) =>
  path === 'rooms' && query.scope === 'joined' && !query.cursor;
