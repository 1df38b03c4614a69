import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { Meanwhile } from '../sync/meanwhile';
import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { Link } from '../wire/socket';
import type { LogEntry, Notification, NotificationId, Seq } from '../wire/types';
import { loadNotifications, markRead } from './api';

/** As much of a message as a notification shows, in characters. */
const EXCERPT = 140;

/** What one is told of, the same on all of one’s devices. */
export class Bell {
  #all = new SvelteMap<NotificationId, Notification>();
  #unread = new SvelteSet<NotificationId>();
  #meanwhile = new Meanwhile();
  /** Where the next page begins; nowhere at the end. */
  #next = $state.raw<string | null>(null);
  loaded = $state(false);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);

  constructor(private readonly http: Http) {}

  /** The newest first. */
  get all(): Notification[] {
    return [...this.#all.values()].sort((a, b) => b.id - a.id);
  }

  get unread(): number {
    return this.#unread.size;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  isUnread = (id: NotificationId): boolean => this.#unread.has(id);

  /** Reads the newest, and which are unread. Where that fails, it is read with the next connection. */
  async load(): Promise<void> {
    this.problem = null;
    try {
      await this.#meanwhile.upon(loadNotifications(this.http), ({ items, next, unread }) => {
        this.#all.clear();
        this.#unread.clear();
        for (const one of items) this.#all.set(one.id, one);
        for (const id of unread) this.#unread.add(id);
        this.#next = next ?? null;
        this.loaded = true;
      });
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    }
  }

  /** Reads what is older. */
  async more(): Promise<void> {
    if (!this.#next || this.loading) return;
    this.loading = true;
    this.problem = null;
    try {
      await this.#meanwhile.upon(loadNotifications(this.http, this.#next), ({ items, next }) => {
        for (const one of items) if (!this.#all.has(one.id)) this.#all.set(one.id, one);
        this.#next = next ?? null;
      });
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    } finally {
      this.loading = false;
    }
  }

  /** Hears what changes; `isNews` says whether a place in one’s own log is not behind one. */
  follow(link: Pick<Link, 'on'>, isNews: (place: Seq) => boolean): void {
    link.on('notification', ({ user_seq, notification }) => {
      if (isNews(user_seq)) this.#change(() => this.#put(notification));
    });
    link.on('notifications_read', ({ user_seq, ids }) => {
      if (isNews(user_seq)) this.#change(() => ids.forEach((id) => this.#unread.delete(id)));
    });
    link.on('notifications_removed', ({ user_seq, ids }) => {
      if (isNews(user_seq)) this.#change(() => ids.forEach((id) => this.#drop(id)));
    });
  }

  /** How a message begins may change. */
  apply(entry: LogEntry): void {
    if (entry.type !== 'message_updated') return;
    const { id, content } = entry.message;
    const excerpt = [...content].slice(0, EXCERPT).join('');
    for (const one of this.#all.values()) {
      if (one.message?.id === id) this.#all.set(one.id, { ...one, message: { ...one.message, excerpt } });
    }
  }

  /** Marks one as read, on all devices. */
  async read(id: NotificationId): Promise<void> {
    if (!this.#unread.has(id)) return;
    await markRead(this.http, { ids: [id] });
    this.#change(() => this.#unread.delete(id));
  }

  /** Marks all as read that there are now. */
  async readAll(): Promise<void> {
    const newest = Math.max(0, ...this.#unread);
    await markRead(this.http, { up_to: newest });
    this.#change(() => {
      for (const id of this.#unread) if (id <= newest) this.#unread.delete(id);
    });
  }

  #put(notification: Notification): void {
    this.#all.set(notification.id, notification);
    if (notification.is_read) this.#unread.delete(notification.id);
    else this.#unread.add(notification.id);
  }

  #drop(id: NotificationId): void {
    this.#all.delete(id);
    this.#unread.delete(id);
  }

  #change(make: () => unknown): void {
    this.#meanwhile.change(() => void make());
  }
}
