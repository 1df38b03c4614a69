import { SvelteMap } from 'svelte/reactivity';
import type { LogEntry, Membership, ReadState, Room, RoomId, UserId } from '../wire/types';
import { changeMembership, readUpTo, roomAfter } from './changes';

/** The rooms one is in, as the log and the other devices change them. */
export class Rooms {
  #rooms = new SvelteMap<RoomId, Room>();
  /** What changes, for each answer that is awaited. */
  #awaiting = new Set<(() => void)[]>();
  loaded = $state(false);

  constructor(private readonly me: UserId) {}

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
    const meanwhile: (() => void)[] = [];
    this.#awaiting.add(meanwhile);
    try {
      const rooms = await request;
      if (whole) this.#rooms.clear();
      for (const room of rooms) this.#rooms.set(room.id, room);
      for (const change of meanwhile) change();
      this.loaded ||= whole;
      return rooms;
    } finally {
      this.#awaiting.delete(meanwhile);
    }
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
      if (room) this.#rooms.set(room.id, roomAfter(room, entry, this.me));
    });
  }

  /** One has read on, here or on another device. The counts come from the server where it told them. */
  read(id: RoomId, seq: number, counts?: ReadState): void {
    this.#change(() => {
      const room = this.#rooms.get(id);
      if (room) this.#rooms.set(id, changeMembership(room, (membership) => readUpTo(membership, seq, counts)));
    });
  }

  #change(change: () => void): void {
    for (const meanwhile of this.#awaiting) meanwhile.push(change);
    change();
  }

  membership(id: RoomId): Membership | null {
    return this.#rooms.get(id)?.membership ?? null;
  }
}
