import { SvelteMap } from 'svelte/reactivity';
import { Meanwhile } from '../sync/meanwhile';
import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { LogEntry, Member, Page, RoomId, UserId } from '../wire/types';

const PAGE = 200;

/** The members of one room, read page by page and kept current by the room's log. */
export class Members {
  #members = new SvelteMap<UserId, Member>();
  #meanwhile = new Meanwhile();
  next = $state.raw<string | null>(null);
  loaded = $state(false);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** Grows whenever somebody is banned or let in again. */
  banChanges = $state(0);

  constructor(
    private readonly http: Http,
    readonly roomId: RoomId,
  ) {}

  get all(): Member[] {
    return [...this.#members.values()];
  }

  get(id: UserId): Member | undefined {
    return this.#members.get(id);
  }

  async load(): Promise<void> {
    await this.#read(undefined, () => this.#members.clear());
  }

  async loadMore(): Promise<void> {
    if (this.next && !this.loading) await this.#read(this.next);
  }

  apply(entry: LogEntry): void {
    if (entry.type === 'room_updated' && entry.change.type === 'ban') this.banChanges += 1;
    this.#meanwhile.change(() => this.#take(entry));
  }

  #take(entry: LogEntry): void {
    if (entry.type === 'user_left') this.#members.delete(entry.user.id);
    if (entry.type === 'user_updated') {
      const member = this.#members.get(entry.user.id);
      if (member) this.#members.set(member.id, { ...member, ...entry.user });
    }
    if (entry.type === 'user_joined') {
      this.#members.set(entry.user.id, {
        ...entry.user,
        role: entry.role,
        is_admin: entry.role !== 'member',
        muted_until: null,
        joined_at: new Date().toISOString(),
        is_online: true,
        last_seen: null,
      });
    }
    if (entry.type === 'room_updated') this.#change(entry.change);
  }

  #change(change: Extract<LogEntry, { type: 'room_updated' }>['change']): void {
    if (change.type !== 'role' && change.type !== 'mute') return;
    const member = this.#members.get(change.user_id);
    if (!member) return;
    const edit =
      change.type === 'role'
        ? { role: change.role, is_admin: change.role !== 'member' }
        : { muted_until: change.muted_until };
    this.#members.set(member.id, { ...member, ...edit });
  }

  async #read(cursor: string | undefined, before = () => {}): Promise<void> {
    this.loading = true;
    this.problem = null;
    try {
      const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
      await this.#meanwhile.upon(this.http.get<Page<Member>>(`rooms/${this.roomId}/members`, query), (page) => {
        before();
        for (const member of page.items) this.#members.set(member.id, member);
        this.next = page.next ?? null;
        this.loaded = true;
      });
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    } finally {
      this.loading = false;
    }
  }
}
