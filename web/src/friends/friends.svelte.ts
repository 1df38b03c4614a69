import { SvelteMap } from 'svelte/reactivity';
import { Meanwhile } from '../sync/meanwhile';
import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { Link } from '../wire/socket';
import type { Blocked, Friend, FriendRequest, Me, RequestId, Seq, UserBrief, UserId } from '../wire/types';
import * as api from './api';

/** What somebody is to one, blocks aside. */
export type Relation =
  | { is: 'stranger' }
  | { is: 'friend'; friend: Friend }
  /** They have asked one, or one has asked them. */
  | { is: 'asking' | 'asked'; request: FriendRequest };

/** What others did that is worth a note. */
export type FriendNews = { type: 'asked' | 'accepted'; user: UserBrief };

interface FriendsOptions {
  http: Http;
  me: Pick<Me, 'id' | 'is_guest'>;
  /** Remembers whom one has blocked, so that nothing of them shows before the server has said so. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  storageKey: string;
  tell?: (news: FriendNews) => void;
}

/** Friends, requests and blocks, as the log of what concerns one alone changes them. */
export class Friends {
  #friends = new SvelteMap<UserId, Friend>();
  #requests = new SvelteMap<RequestId, FriendRequest>();
  #blocked = new SvelteMap<UserId, Blocked | null>();
  #meanwhile = new Meanwhile();
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);

  constructor(private readonly options: FriendsOptions) {
    for (const id of kept(options.storage.getItem(options.storageKey))) this.#blocked.set(id, null);
  }

  get all(): Friend[] {
    return [...this.#friends.values()];
  }

  /** Requests that wait for one’s own answer, the newest first. */
  get incoming(): FriendRequest[] {
    return this.#newest(({ to }) => to.id === this.options.me.id);
  }

  /** Requests that wait for somebody else’s answer. */
  get outgoing(): FriendRequest[] {
    return this.#newest(({ from }) => from.id === this.options.me.id);
  }

  get blocked(): Blocked[] {
    return [...this.#blocked.values()].filter((one) => one !== null);
  }

  isBlocked = (user: UserId): boolean => this.#blocked.has(user);

  relationTo(user: UserId): Relation {
    const friend = this.#friends.get(user);
    if (friend) return { is: 'friend', friend };
    const request = [...this.#requests.values()].find(({ from, to }) => from.id === user || to.id === user);
    return request ? { is: request.from.id === user ? 'asking' : 'asked', request } : { is: 'stranger' };
  }

  /** Reads everything. Guests have no friends. */
  async load(): Promise<void> {
    const { http, me } = this.options;
    if (me.is_guest) return;
    this.problem = null;
    try {
      const answers = Promise.all([api.loadFriends(http), api.loadRequests(http), api.loadBlocked(http)]);
      await this.#meanwhile.upon(answers, ([friends, requests, blocked]) => {
        replace(this.#friends, friends);
        replace(this.#requests, requests);
        replace(this.#blocked, blocked);
      });
      this.#keep();
      this.loaded = true;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    }
  }

  /** Hears what changes; `isNews` says whether a place in the log is not behind one. */
  follow(link: Pick<Link, 'on'>, isNews: (place: Seq) => boolean): void {
    link.on('friend_request', ({ user_seq, request }) => {
      if (!isNews(user_seq)) return;
      this.#change(() => this.#requests.set(request.id, request));
      if (request.from.id !== this.options.me.id) this.options.tell?.({ type: 'asked', user: request.from });
    });
    link.on('friend_request_removed', ({ user_seq, request_id, outcome }) => {
      if (!isNews(user_seq)) return;
      const request = this.#requests.get(request_id);
      this.#change(() => this.#requests.delete(request_id));
      const isMine = request?.from.id === this.options.me.id;
      if (request && isMine && outcome === 'accepted') this.options.tell?.({ type: 'accepted', user: request.to });
    });
    link.on('friend_update', ({ user_seq, user, since }) => {
      if (isNews(user_seq)) this.#change(() => this.#befriend({ ...user, since, is_online: false, last_seen: null }));
    });
    link.on('friend_removed', ({ user_seq, user_id }) => {
      if (isNews(user_seq)) this.#change(() => this.#friends.delete(user_id));
    });
    link.on('block_update', ({ user_seq, user, blocked_at }) => {
      if (isNews(user_seq)) this.#block(user.id, blocked_at ? { ...user, blocked_at } : null);
    });
  }

  /** Asks somebody; where they had asked first, that makes the two friends. */
  async ask(user: UserBrief): Promise<void> {
    const { request, accepted } = await api.ask(this.options.http, user.id);
    if (!accepted) this.#change(() => this.#requests.set(request.id, request));
    else this.#befriended(request.id, { ...user, since: new Date().toISOString(), is_online: false, last_seen: null });
  }

  async accept(request: RequestId): Promise<void> {
    this.#befriended(request, await api.accept(this.options.http, request));
  }

  async decline(request: RequestId): Promise<void> {
    await api.decline(this.options.http, request);
    this.#change(() => this.#requests.delete(request));
  }

  async withdraw(request: RequestId): Promise<void> {
    await api.withdraw(this.options.http, request);
    this.#change(() => this.#requests.delete(request));
  }

  async part(user: UserId): Promise<void> {
    await api.part(this.options.http, user);
    this.#change(() => this.#friends.delete(user));
  }

  async block(user: UserId): Promise<void> {
    this.#block(user, await api.block(this.options.http, user));
  }

  async unblock(user: UserId): Promise<void> {
    await api.unblock(this.options.http, user);
    this.#block(user, null);
  }

  /** Leaves nothing behind in this browser. */
  forget(): void {
    this.options.storage.removeItem(this.options.storageKey);
  }

  #change(make: () => unknown): void {
    this.#meanwhile.change(() => void make());
  }

  /** What is known already of whether they are here stays known. */
  #befriend(friend: Friend): void {
    this.#friends.set(friend.id, { ...friend, ...this.#friends.get(friend.id) });
  }

  #befriended(request: RequestId, friend: Friend): void {
    this.#change(() => {
      this.#requests.delete(request);
      this.#befriend(friend);
    });
  }

  /** Blocks somebody or, by `null`, does so no longer. The server parts the two and closes what was open. */
  #block(user: UserId, block: Blocked | null): void {
    this.#change(() => {
      if (!block) {
        this.#blocked.delete(user);
        return;
      }
      this.#blocked.set(user, block);
      this.#friends.delete(user);
      for (const { id, from, to } of this.#requests.values()) if (from.id === user || to.id === user) this.#requests.delete(id);
    });
    this.#keep();
  }

  #keep(): void {
    this.options.storage.setItem(this.options.storageKey, JSON.stringify([...this.#blocked.keys()]));
  }

  #newest(fits: (request: FriendRequest) => boolean): FriendRequest[] {
    return [...this.#requests.values()].filter(fits).sort((a, b) => b.id - a.id);
  }
}

function replace<T extends { id: number }>(map: SvelteMap<number, T> | SvelteMap<number, T | null>, items: readonly T[]): void {
  map.clear();
  for (const item of items) map.set(item.id, item);
}

/** What storage held, as far as it can be used. */
function kept(text: string | null): UserId[] {
  try {
    const ids: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => Number.isSafeInteger(id)) : [];
  } catch {
    return [];
  }
}
