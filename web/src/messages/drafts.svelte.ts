import { SvelteMap } from 'svelte/reactivity';
import type { RoomId } from '../wire/types';

/** What was written in each room and not sent; kept on this device. */
export class Drafts {
  #drafts = new SvelteMap<RoomId, string>();

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    private readonly storageKey: string,
  ) {
    try {
      const kept = JSON.parse(storage.getItem(storageKey) ?? '[]') as [RoomId, string][];
      for (const [room, text] of kept) this.#drafts.set(room, text);
    } catch {
      storage.removeItem(storageKey);
    }
  }

  of(room: RoomId): string {
    return this.#drafts.get(room) ?? '';
  }

  write(room: RoomId, text: string): void {
    if (text.trim() === '') this.#drafts.delete(room);
    else this.#drafts.set(room, text);
    if (this.#drafts.size > 0) this.storage.setItem(this.storageKey, JSON.stringify([...this.#drafts]));
    else this.storage.removeItem(this.storageKey);
  }

  clear(): void {
    this.#drafts.clear();
    this.storage.removeItem(this.storageKey);
  }
}
