import { SvelteMap } from 'svelte/reactivity';
import { Meanwhile } from '../sync/meanwhile';
import type { Problem } from '../wire/problem';
import type { LogEntry, Membership, ReadState, Room, RoomId, UserId } from '../wire/types';
import { changeMembership, readUpTo, roomAfter } from './changes';

/** The rooms one is in, as the log and the other devices change them. */
export class Rooms {
  #rooms = new SvelteMap<RoomId, Room>();
  #meanwhile = new Meanwhile();
  loaded = $state(false);
  /** Why the list could not be read; it is tried again by itself. */
  problem = $state.raw<Problem | null>(null);

  /** `isUnheard` says whose messages do not count. */
  constructor(
    private readonly me: UserId,
    private readonly isUnheard: (user: UserId) => boolean = () => false,
  ) {}

  get(id: RoomId): Room | undefined {
    return this.#rooms.get(id);
  }

  get all(): Room[] {
    return [...this.#rooms.values()];
  }

  /**
   * Takes rooms as a request answers them; `whole` where the answer lists all of one's rooms. What changed
   * while the answer was on its way is applied again after it.
   */
  async take(request: Promise<readonly Room[]>, { whole = false } = {}): Promise<readonly Room[]> {
    return this.#meanwhile.upon(request, (rooms) => {
      if (whole) this.#rooms.clear();
      for (const room of rooms) this.#rooms.set(room.id, room);
      this.loaded ||= whole;
    });
  }

  /**
   * Takes a room as it was told; older than what is known, it is passed over. Events go to all of a person's
   * devices without the key: an owner keeps the one that a request answered.
   */
  put(room: Room): void {
    this.#change(() => {
      const known = this.#rooms.get(room.id);
      if (known && known.last_seq > room.last_seq) return;
      this.#rooms.set(room.id, known?.access_key ? { access_key: known.access_key, ...room } : room);
    });
  }

  remove(id: RoomId): void {
    this.#change(() => this.#rooms.delete(id));
  }

  apply(entry: LogEntry): void {
    this.#change(() => {
      const room = this.#rooms.get(entry.room_id);
      if (room) this.#rooms.set(room.id, roomAfter(room, entry, this.me, this.isUnheard));
    });
  }

  /** One has read on, here or on another device. The counts come from the server where it told them. */
  read(id: RoomId, seq: number, counts?: ReadState): void {
    this.#change(() => {
      const room = this.#rooms.get(id);
      if (room) this.#rooms.set(id, changeMembership(room, (membership) => readUpTo(membership, seq, counts)));
    });
  }

  /** One keeps a room elsewhere in one's list, here or on another device. */
  shelve(id: RoomId, place: Pick<Membership, 'is_favourite' | 'folder'>): void {
    this.#change(() => {
      const room = this.#rooms.get(id);
      if (room) this.#rooms.set(id, changeMembership(room, (membership) => ({ ...membership, ...place })));
    });
  }

  #change(change: () => void): void {
    this.#meanwhile.change(change);
  }

  membership(id: RoomId): Membership | null {
    return this.#rooms.get(id)?.membership ?? null;
  }
}
