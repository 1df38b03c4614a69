import type { Room, RoomId } from '../wire/types';
import {
  arrange,
  calls,
  folderOf,
  putInto,
  readShelf,
  toggleClosed,
  toggleFavourite,
  toggleQuiet,
  type Section,
  type SectionKey,
  type Shelf,
} from './shelf';

/** The order one has given one's rooms, kept with this browser for each account. */
export class RoomShelf {
  #shelf = $state.raw<Shelf>(readShelf(null));

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'>,
    readonly storageKey: string,
  ) {
    this.reread();
  }

  /** Another tab has changed it. */
  reread(): void {
    this.#shelf = readShelf(this.storage.getItem(this.storageKey));
  }

  sections(rooms: readonly Room[], language: string): Section[] {
    return arrange(rooms, this.#shelf, language);
  }

  get folders(): string[] {
    return this.#shelf.folders.map((folder) => folder.name);
  }

  isFavourite = (room: RoomId): boolean => this.#shelf.favourites.includes(room);
  isQuiet = (room: RoomId): boolean => this.#shelf.quiet.includes(room);
  folderOf = (room: RoomId): string | null => folderOf(this.#shelf, room);
  calls = (room: Room): boolean => calls(room, this.#shelf);

  favour = (room: RoomId): void => this.#keep(toggleFavourite(this.#shelf, room));
  quieten = (room: RoomId): void => this.#keep(toggleQuiet(this.#shelf, room));
  fold = (section: SectionKey): void => this.#keep(toggleClosed(this.#shelf, section));
  put = (room: RoomId, folder: string | null): void => this.#keep(putInto(this.#shelf, room, folder));

  #keep(shelf: Shelf): void {
    this.#shelf = shelf;
    this.storage.setItem(this.storageKey, JSON.stringify(shelf));
  }
}
