import type { RoomId } from '../wire/types';

const MOST = 20;

/** The rooms one was in last, the newest first; kept with this browser. */
export class Recent {
  ids = $state.raw<readonly RoomId[]>([]);

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly storageKey: string,
  ) {
    try {
      const kept = JSON.parse(storage.getItem(storageKey) ?? '[]') as unknown;
      if (Array.isArray(kept)) this.ids = kept.filter((id) => Number.isSafeInteger(id));
    } catch {
      // Nothing that can be used was kept.
    }
  }

  visit(room: RoomId): void {
    if (this.ids[0] === room) return;
    this.ids = [room, ...this.ids.filter((id) => id !== room)].slice(0, MOST);
    this.storage.setItem(this.storageKey, JSON.stringify(this.ids));
  }
}
