/** Everything a signed-in person works with: the connection, the rooms, and what the server tells about them. */
import { Board } from './announcements/board.svelte';
import { Bell } from './notifications/bell.svelte';
import { Friends, type FriendNews } from './friends/friends.svelte';
import { Drafts } from './messages/drafts.svelte';
import { Outbox } from './messages/outbox.svelte';
import { Timeline } from './messages/timeline.svelte';
import { parseAhead } from './messages/markdown';
import { FIRST_ROWS } from './messages/view.svelte';
import type { Keeper } from './offline/keeper';
import { Presence } from './presence/presence.svelte';
import { Typing, TypingSignal } from './presence/typing.svelte';
import { loadJoined, loadRoom } from './rooms/api';
import { Members } from './rooms/members.svelte';
import { Recent } from './rooms/recent.svelte';
import { Rooms } from './rooms/rooms.svelte';
import { standingIn, type Standing } from './rooms/rights';
import { RoomShelf } from './rooms/shelf.svelte';
import { Logs } from './sync/logs';
import { whenIdle } from './ui/idle';
import type { Http } from './wire/http';
import { Problem } from './wire/problem';
import type { Link, LinkStatus } from './wire/socket';
import {
  LOG_EVENTS,
  type LogEntry,
  type Me,
  type Positions,
  type Room,
  type RoomId,
  type Seq,
  type ServerEvents,
} from './wire/types';

export type Removal = ServerEvents['room_removed'] & { room: Room | undefined };

export interface WorkspaceOptions {
  http: Http;
  me: Me;
  /** Makes the connection; the argument names the last entry of each log. */
  connect: (resume: () => Positions) => Link;
  /** Kept with the browser, and with the tab. */
  local: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  tab: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Keeps a copy for when there is no connection. */
  keeper?: Pick<Keeper, 'apply' | 'follow' | 'forgetRoom' | 'isStale' | 'stale'>;
  onOnline?: () => void;
  onRefused: () => void;
  onRemoved: (removal: Removal) => void;
  /** One's own name or standing has changed, on another device or in another tab. */
  onRenamed?: () => void;
  /** Something that was shown as done was refused. */
  onTrouble?: (problem: Problem) => void;
  onFriendNews?: (news: FriendNews) => void;
}

const RETRY_MS = 2_000;
/** So many rooms are made ready when one comes in. */
const MOST_PREPARED = 2;

export class Workspace {
  status = $state<LinkStatus>('connecting');
  readonly me: Me['id'];
  readonly http: Http;
  readonly link: Link;
  readonly rooms: Rooms;
  readonly friends: Friends;
  readonly board: Board;
  readonly bell: Bell;
  readonly logs: Logs;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly shelf: RoomShelf;
  readonly recent: Recent;
  readonly presence = new Presence();
  readonly typing: Typing;
  readonly typingSignal: TypingSignal;
  #timelines = new Map<RoomId, Timeline>();
  #members = new Map<RoomId, Members>();
  /** The last entry of the log of what concerns one alone. */
  #ownSeq: Seq;
  #closed = false;

  constructor(private readonly options: WorkspaceOptions) {
    const { http, me, connect, local, tab } = options;
    this.me = me.id;
    this.#ownSeq = me.user_seq;
    this.http = http;
    this.board = new Board(http);
    this.bell = new Bell(http);
    this.friends = new Friends({
      http,
      me,
      storage: local,
      storageKey: `parlor.blocked.${me.id}`,
      tell: (news) => this.options.onFriendNews?.(news),
    });
    this.rooms = new Rooms(me.id, this.friends.isBlocked);
    this.typing = new Typing(me.id);
    this.logs = new Logs({
      apply: (entry) => this.#apply(entry),
      reset: ({ room }) => this.#reset(room),
      lost: (room) => this.#drop(room),
      fetchMissed: (room, after) =>
        this.link.ask('join_room', { room_id: room, ...(after === undefined ? {} : { after_seq: after }) }),
    });
    this.link = connect(() => {
      const server = this.board.place;
      return { ...this.logs.positions(), me: this.#ownSeq, ...(server === undefined ? {} : { server }) };
    });
    const { onTrouble } = options;
    this.shelf = new RoomShelf({ http, rooms: this.rooms, storage: local, onTrouble }, `parlor.shelf.${me.id}`);
    this.recent = new Recent(local, `parlor.recent.${me.id}`);
    this.options.keeper?.follow(() => this.rooms.all);
    this.drafts = new Drafts(local, `parlor.drafts.${me.id}`);
    this.outbox = new Outbox({
      link: this.link,
      storage: tab,
      storageKey: `parlor.outbox.${me.id}`,
      onPosted: (message) => this.timeline(message.room_id).put(message),
    });
    this.typingSignal = new TypingSignal((event, room_id) => void this.link.ask(event, { room_id }).catch(() => {}));
    this.#listen();
  }

  /** Reads the rooms, then connects: what happens in between is replayed from the position of each room. */
  async start(): Promise<void> {
    // What everybody is told has a place of its own to resume from, which has to be known by then.
    const [isWanted] = await Promise.all([this.#refresh(), this.board.load()]);
    if (isWanted) this.link.connect();
    await Promise.all([this.friends.load(), this.bell.load()]);
  }

  /** Does not wait for the next attempt to connect. */
  reconnect(): void {
    if (this.#closed || this.status === 'online') return;
    this.link.close();
    this.link.connect();
  }

  /** How many messages wait to be sent. */
  get waiting(): number {
    const waits = (room: Room) => this.outbox.of(room.id).filter(({ state }) => state === 'sending').length;
    return this.rooms.all.reduce((sum, room) => sum + waits(room), 0);
  }

  /** How much asks to be looked at: quiet rooms only where one was named. */
  get unread(): number {
    const count = ({ id, membership }: Room) =>
      (this.shelf.isQuiet(id) ? membership?.mention_count : membership?.unread_count) ?? 0;
    return this.rooms.all.reduce((sum, room) => sum + count(room), 0);
  }

  close(): void {
    this.#closed = true;
    this.typing.clear();
    this.typingSignal.stop();
    this.link.close();
  }

  /** Forgets what this browser kept for the person: they sign out on purpose. */
  forget(): void {
    this.drafts.clear();
    this.outbox.clear();
    this.friends.forget();
  }

  timeline(room: RoomId): Timeline {
    return remember(this.#timelines, room, () => new Timeline(this.http, room));
  }

  /** Has at hand what opening a room shows: somebody is about to. What is at hand already may be what one looks at. */
  prepare(room: RoomId): void {
    const timeline = this.timeline(room);
    if (this.status !== 'online' || this.#closed || timeline.loading || timeline.items.length > 0) return;
    void timeline.open(this.rooms.membership(room)).then(() => {
      const texts = timeline.items.slice(-FIRST_ROWS).filter((message) => message.message_type === 'markdown');
      whenIdle(() => parseAhead(texts.map((message) => message.content)));
    });
  }

  /** The rooms that one was in last are likely to be opened next. */
  #prepareRecent(): void {
    const recent = this.recent.ids.filter((room) => this.rooms.get(room));
    for (const room of recent.slice(0, MOST_PREPARED)) this.prepare(room);
  }

  members(room: RoomId): Members {
    return remember(this.#members, room, () => new Members(this.http, room));
  }

  /** What one is in a room where somebody is to be moderated. */
  standingIn(room: Room): Standing {
    const home = room.community_id == null ? undefined : this.rooms.get(room.community_id);
    return standingIn(room, home, this.options.me.role === 'admin');
  }

  /** A room one joined or made, as the request answered it. */
  enter(room: Room): void {
    this.rooms.put(room);
    this.logs.start(room.id, room.last_seq);
  }

  /** Says that a room has been read, up to a place or all of it, where that is news. */
  async markRead(room: RoomId, upTo?: Seq): Promise<void> {
    const { last_seq, membership } = this.rooms.get(room) ?? {};
    if (!last_seq || !membership || membership.unread_count === 0 || this.status !== 'online') return;
    const seq = Math.min(upTo ?? last_seq, last_seq);
    if (membership.last_read_seq >= seq) return;
    const isAll = seq === last_seq;
    if (isAll) this.rooms.read(room, seq);
    const done = await this.link.ask('read', { room_id: room, seq }).then(() => true, () => false);
    // Read in part, only the server can count the rest.
    if (done && !isAll) this.reread(room);
  }

  #listen(): void {
    const { link, rooms, typing, presence } = this;
    for (const type of LOG_EVENTS) link.on(type, (event) => this.logs.receive({ ...event, type } as LogEntry));
    link.on('resync', (event) => {
      this.logs.resync(event.rooms, event.reason);
      if (event.rooms.length === 0) void this.#restart();
    });
    link.on('room_joined', ({ room, seq, user_seq }) => {
      if (!this.#isNews(user_seq)) return;
      rooms.put(room);
      this.logs.start(room.id, seq);
    });
    link.on('room_removed', (event) => {
      if (!this.#isNews(event.user_seq)) return;
      const room = rooms.get(event.room_id);
      this.#drop(event.room_id);
      this.options.onRemoved({ ...event, room });
    });
    link.on('shelf_update', ({ room_id, user_seq, is_favourite, folder }) => {
      if (this.#isNews(user_seq)) rooms.shelve(room_id, { is_favourite, folder: folder ?? null });
    });
    this.friends.follow(link, (place) => this.#isNews(place));
    this.board.follow(link, (place) => this.#isNews(place));
    this.bell.follow(link, (place) => this.#isNews(place));
    // What the blocked say does not count, nor did it; only the server can count the rest.
    link.on('block_update', () => void this.#refresh());
    link.on('read_update', (event) => this.#onRead(event));
    link.on('typing_update', (event) => typing.update(event.room_id, event.user, event.typing));
    link.on('user_status_update', (event) => presence.update(event.user, event.is_online, event.last_seen));
    link.on('online_users_update', (event) => {
      if (event.room_id === null) presence.replace(event.users);
    });
    let wasOnline = false;
    link.onStatus((status) => {
      this.status = status;
      if (status !== 'online') return;
      if (wasOnline || this.options.keeper?.isStale) void this.#refresh();
      if (!wasOnline) whenIdle(() => this.#prepareRecent());
      wasOnline = true;
      this.#freshen();
      this.options.onOnline?.();
      void this.shelf.moveIn();
      this.outbox.resume();
      void link.ask('get_online_users', {}).catch(() => {});
      if (this.friends.problem) void this.friends.load();
      if (this.board.place === undefined) void this.board.load();
      if (this.bell.problem) void this.bell.load();
    });
    link.onRefused(() => this.options.onRefused());
  }

  /** Moves on in the log of what concerns one alone; false where one was there already. What has no place is news. */
  #isNews(place: Seq | null | undefined): boolean {
    if (place == null) return true;
    const isNews = place > this.#ownSeq;
    if (isNews) this.#ownSeq = place;
    return isNews;
  }

  /** Which rooms are one’s own has to be read again. The place comes first: what changes after it is only told again. */
  async #restart(): Promise<void> {
    try {
      this.#ownSeq = (await this.http.get<Me>('auth/me')).user_seq;
    } catch {
      // The next connection resumes from the old place, and is told again to start afresh.
    }
    await Promise.all([this.#refresh(), this.friends.load(), this.board.load(), this.bell.load()]);
  }

  /** Reads the list of rooms until it succeeds; false where that is no longer wanted. */
  async #refresh(): Promise<boolean> {
    while (!this.#closed) {
      try {
        const list = await this.rooms.take(loadJoined(this.http), { whole: true });
        const followed = Object.keys(this.logs.positions()).map(Number);
        for (const id of followed) if (!this.rooms.get(id)) this.#drop(id);
        for (const room of list) this.logs.start(room.id, room.last_seq);
        this.rooms.problem = null;
        return !this.#closed;
      } catch (thrown) {
        this.rooms.problem = Problem.of(thrown);
        if (this.rooms.problem.code === 'unauthorized') return false;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return false;
  }

  /** What was shown from the copy of an earlier visit is read again. */
  #freshen(): void {
    for (const room of this.options.keeper?.stale ?? []) {
      void this.#timelines.get(room)?.loadLatest();
      void this.#members.get(room)?.load();
    }
  }

  #apply(entry: LogEntry): void {
    const { room_id } = entry;
    this.options.keeper?.apply(entry);
    this.rooms.apply(entry);
    this.bell.apply(entry);
    this.#timelines.get(room_id)?.apply(entry);
    this.#members.get(room_id)?.apply(entry);
    if (entry.type === 'new_message') {
      this.typing.update(room_id, entry.message.user, false);
      if (entry.message.user_id === this.me) this.outbox.settle(room_id, entry.message.client_id);
    }
    if (entry.type === 'user_updated' && entry.user.id === this.me) this.options.onRenamed?.();
    if (entry.type === 'room_updated' && entry.change.type === 'settings') this.reread(room_id);
    // How much is still unread where some of it was removed, only the server can count.
    if (entry.type === 'messages_removed' && entry.up_to > (this.rooms.membership(room_id)?.last_read_seq ?? Infinity)) {
      this.reread(room_id);
    }
  }

  #onRead({ room_id, user_id, seq }: ServerEvents['read_update']): void {
    if (user_id !== this.me) {
      this.#timelines.get(room_id)?.markRead(this.me, seq);
      return;
    }
    const room = this.rooms.get(room_id);
    if (!room?.membership || seq <= room.membership.last_read_seq) return;
    // Read to the end, nothing is unread. Read in part, on another device, only the server can count.
    if (seq >= room.last_seq) this.rooms.read(room_id, seq);
    else this.reread(room_id);
  }

  /** Reads a room again: for what only a request answers, as the counts and an owner's key. */
  reread(room: RoomId): void {
    this.rooms.take(loadRoom(this.http, room).then((read) => [read])).catch(() => {});
  }

  /** Too much was missed: whatever is held of the room is read afresh. */
  #reset(room: Room): void {
    this.rooms.remove(room.id);
    this.rooms.put(room);
    this.#members.get(room.id)?.load();
    this.#timelines.get(room.id)?.loadLatest();
  }

  #drop(room: RoomId): void {
    this.options.keeper?.forgetRoom(room);
    this.logs.forget(room);
    this.rooms.remove(room);
    this.#timelines.delete(room);
    this.#members.delete(room);
  }
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}
