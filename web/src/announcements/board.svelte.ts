import { SvelteMap } from 'svelte/reactivity';
import { Meanwhile } from '../sync/meanwhile';
import type { Http } from '../wire/http';
import type { Link } from '../wire/socket';
import type { Announcement, AnnouncementId, Seq } from '../wire/types';
import { dismiss, loadOpen } from './api';

/** What those who run the server have announced, until one has dismissed it. */
export class Board {
  #open = new SvelteMap<AnnouncementId, Announcement>();
  #meanwhile = new Meanwhile();
  /** The last entry at hand of the log of what everybody is told. */
  #seq: Seq | undefined;

  constructor(private readonly http: Http) {}

  /** The newest first. */
  get all(): Announcement[] {
    return [...this.#open.values()].sort((a, b) => b.id - a.id);
  }

  /** Where to resume; nowhere before the first look. */
  get place(): Seq | undefined {
    return this.#seq;
  }

  /** Reads what holds. Where that fails, it is read with the next connection. */
  async load(): Promise<void> {
    await this.#meanwhile
      .upon(loadOpen(this.http), ({ items, server_seq }) => {
        this.#open.clear();
        for (const one of items) this.#open.set(one.id, one);
        this.#seq = Math.max(this.#seq ?? 0, server_seq);
      })
      .catch(() => {});
  }

  /** Hears what changes; `isNews` says whether a place in one’s own log is not behind one. */
  follow(link: Pick<Link, 'on'>, isNews: (place: Seq) => boolean): void {
    link.on('announcement', ({ server_seq, announcement }) => {
      if (this.#moves(server_seq)) this.#change(() => this.#open.set(announcement.id, announcement));
    });
    link.on('announcement_withdrawn', ({ server_seq, announcement_id }) => {
      if (this.#moves(server_seq)) this.#change(() => this.#open.delete(announcement_id));
    });
    link.on('announcement_dismissed', ({ user_seq, announcement_id }) => {
      if (isNews(user_seq)) this.#change(() => this.#open.delete(announcement_id));
    });
  }

  /** Puts one away, on all devices. */
  async dismiss(id: AnnouncementId): Promise<void> {
    await dismiss(this.http, id);
    this.#change(() => this.#open.delete(id));
  }

  #moves(place: Seq): boolean {
    const isNews = this.#seq === undefined || place > this.#seq;
    if (isNews) this.#seq = place;
    return isNews;
  }

  #change(make: () => unknown): void {
    this.#meanwhile.change(() => void make());
  }
}
