import type { Http } from '../wire/http';
import { Problem } from '../wire/problem';
import type { Room, RoomId, ShelfChange } from '../wire/types';
import { shelveRoom } from './api';
import type { Rooms } from './rooms.svelte';
import {
  arrange,
  calls,
  foldersOf,
  readOwnOrder,
  readShelf,
  toggleClosed,
  toggleQuiet,
  type Section,
  type SectionKey,
  type Shelf,
  writeShelf,
} from './shelf';

interface RoomShelfOptions {
  http: Http;
  rooms: Rooms;
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  onTrouble?: ((problem: Problem) => void) | undefined;
}

/** The order one has given one's rooms: favourites and folders are the account's, the rest is this browser's. */
export class RoomShelf {
  #shelf = $state.raw<Shelf>(readShelf(null));

  constructor(
    private readonly options: RoomShelfOptions,
    readonly storageKey: string,
  ) {
    this.reread();
  }

  /** Another tab has changed it. */
  reread(): void {
    this.#shelf = readShelf(this.options.storage.getItem(this.storageKey));
  }

  /** Takes the order that was kept with this browser to the account, once: what the account says already holds. */
  async moveIn(): Promise<void> {
    const { http, rooms, storage } = this.options;
    const order = readOwnOrder(storage.getItem(this.storageKey));
    if (order.size === 0) return;
    for (const [id, change] of order) {
      const membership = rooms.membership(id);
      if (!membership || membership.is_favourite || membership.folder) continue;
      try {
        await shelveRoom(http, id, change);
      } catch (thrown) {
        // What the account does not take is let go; what did not arrive waits for the next time.
        if (Problem.of(thrown).isPassing) return;
      }
    }
    storage.setItem(this.storageKey, JSON.stringify(this.#shelf));
  }

  sections(rooms: readonly Room[], language: string): Section[] {
    return arrange(rooms, this.#shelf, language);
  }

  get folders(): string[] {
    return foldersOf(this.options.rooms.all);
  }

  isFavourite = (room: RoomId): boolean => this.options.rooms.membership(room)?.is_favourite ?? false;
  isQuiet = (room: RoomId): boolean => this.#shelf.quiet.includes(room);
  folderOf = (room: RoomId): string | null => this.options.rooms.membership(room)?.folder ?? null;
  calls = (room: Room): boolean => calls(room, this.#shelf);

  favour = (room: RoomId): Promise<void> => this.#change(room, { is_favourite: !this.isFavourite(room) });
  put = (room: RoomId, folder: string): Promise<void> => this.#change(room, { folder: folder.trim() || null });
  quieten = (room: RoomId): void => this.#keep(toggleQuiet(this.#shelf, room));
  fold = (section: SectionKey): void => this.#keep(toggleClosed(this.#shelf, section));

  /** Shows a change at once, and takes it back where the server refuses it. */
  async #change(room: RoomId, change: ShelfChange): Promise<void> {
    const { http, rooms, onTrouble } = this.options;
    const before = { is_favourite: this.isFavourite(room), folder: this.folderOf(room) };
    const { is_favourite, folder } = change;
    rooms.shelve(room, { is_favourite: is_favourite ?? before.is_favourite, folder: folder === undefined ? before.folder : folder });
    try {
      await shelveRoom(http, room, change);
    } catch (thrown) {
      rooms.shelve(room, before);
      onTrouble?.(Problem.of(thrown));
    }
  }

  #keep(shelf: Shelf): void {
    this.#shelf = shelf;
    const { storage } = this.options;
    storage.setItem(this.storageKey, writeShelf(storage.getItem(this.storageKey), shelf));
  }
}
