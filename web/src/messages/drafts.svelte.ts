import { SvelteMap } from 'svelte/reactivity';
import type { RoomId } from '../wire/types';

/** What was written in each room and not sent; kept on this device, for all tabs of it. */
export class Drafts {
  #drafts = new SvelteMap<RoomId, string>();

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    readonly storageKey: string,
  ) {
    this.reread();
  }

  of(room: RoomId): string {
    return this.#drafts.get(room) ?? '';
  }

  write(room: RoomId, text: string): void {
    // Another tab may have written in another room.
    this.reread();
    if (text.trim() === '') this.#drafts.delete(room);
    else this.#drafts.set(room, text);
    if (this.#drafts.size > 0) this.storage.setItem(this.storageKey, JSON.stringify([...this.#drafts]));
    else this.storage.removeItem(this.storageKey);
  }

  /** Another tab has changed them. */
  reread(): void {
    const kept = this.#read();
    for (const room of [...this.#drafts.keys()]) if (!kept.has(room)) this.#drafts.delete(room);
    for (const [room, text] of kept) if (this.#drafts.get(room) !== text) this.#drafts.set(room, text);
  }

  clear(): void {
    this.#drafts.clear();
    this.storage.removeItem(this.storageKey);
  }

  #read(): Map<RoomId, string> {
    try {
      return new Map(JSON.parse(this.storage.getItem(this.storageKey) ?? '[]') as [RoomId, string][]);
    } catch {
      return new Map();
    }
  }
}
