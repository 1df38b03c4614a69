import { SvelteMap } from 'svelte/reactivity';
import type { LogEntry, Membership, ReadState, Room, RoomId, UserId } from '../wire/types';
import { changeMembership, readUpTo, roomAfter } from './changes';

/** The rooms one is in, as the log and the other devices change them. */
export class Rooms {
  #rooms = new SvelteMap<RoomId, Room>();
  /** What the log brings, for each answer that is awaited. */
  #listeners = new Set<LogEntry[]>();
  loaded = $state(false);

  constructor(private readonly me: UserId) {}

  get(id: RoomId): Room | undefined {
    return this.#rooms.get(id);
  }

  get all(): Room[] {
    return [...this.#rooms.values()];
  }

  get unread(): number {
    return this.all.reduce((sum, room) => sum + (room.membership?.unread_count ?? 0), 0);
  }

  /**
   * Takes rooms as a request answers them; `whole` where the answer lists all of one's rooms. What the log brought
   * while the answer was on its way is applied again after it.
   */
  async take(request: Promise<readonly Room[]>, { whole = false } = {}): Promise<readonly Room[]> {
    const meanwhile: LogEntry[] = [];
    this.#listeners.add(meanwhile);
    try {
      const rooms = await request;
      if (whole) this.#rooms.clear();
      for (const room of rooms) this.#rooms.set(room.id, room);
      for (const entry of meanwhile) this.#change(entry);
      this.loaded ||= whole;
      return rooms;
    } finally {
      this.#listeners.delete(meanwhile);
    }
  }

  put(room: Room): void {
    this.#rooms.set(room.id, room);
  }

  remove(id: RoomId): void {
    this.#rooms.delete(id);
  }

  apply(entry: LogEntry): void {
    for (const meanwhile of this.#listeners) meanwhile.push(entry);
    this.#change(entry);
  }

  #change(entry: LogEntry): void {
    const room = this.#rooms.get(entry.room_id);
    if (room) this.#rooms.set(room.id, roomAfter(room, entry, this.me));
  }

  /** One has read on, here or on another device. The counts come from the server where it told them. */
  read(id: RoomId, seq: number, counts?: ReadState): void {
    const room = this.#rooms.get(id);
    if (room) this.#rooms.set(id, changeMembership(room, (membership) => readUpTo(membership, seq, counts)));
  }

  membership(id: RoomId): Membership | null {
    return this.#rooms.get(id)?.membership ?? null;
  }
}
