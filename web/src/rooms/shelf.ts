/** How one has put one's rooms in order: favourites, folders, quiet rooms. Pure; `shelf.svelte.ts` keeps it. */
import type { Room, RoomId } from '../wire/types';
import { roomName } from './changes';

export interface Folder {
  name: string;
  rooms: RoomId[];
}

export interface Shelf {
  favourites: RoomId[];
  /** Rooms whose messages are not counted; mentions still are. */
  quiet: RoomId[];
  folders: Folder[];
  /** Sections that are folded up, by their key. */
  closed: string[];
}

/** `favourites`, `rooms`, `direct`, `folder:` and its name, or `community:` and its id. */
export type SectionKey = 'favourites' | 'rooms' | 'direct' | `folder:${string}` | `community:${number}`;

export interface Section {
  key: SectionKey;
  /** The name of a folder; the others are named by their key. */
  folder?: string;
  /** The room of a community, whose rooms the section holds. */
  community?: Room;
  rooms: Room[];
  closed: boolean;
}

export const EMPTY: Shelf = { favourites: [], quiet: [], folders: [], closed: [] };
export const MOST_FOLDERS = 50;

const toggle = <T>(list: readonly T[], item: T): T[] =>
  list.includes(item) ? list.filter((one) => one !== item) : [...list, item];

export const toggleFavourite = (shelf: Shelf, room: RoomId): Shelf => ({
  ...shelf,
  favourites: toggle(shelf.favourites, room),
});

export const toggleQuiet = (shelf: Shelf, room: RoomId): Shelf => ({ ...shelf, quiet: toggle(shelf.quiet, room) });

export const toggleClosed = (shelf: Shelf, section: SectionKey): Shelf => ({
  ...shelf,
  closed: toggle(shelf.closed, section),
});

/** Puts a room into a folder, which is made where there is none of the name; `null` takes it out of all. */
export function putInto(shelf: Shelf, room: RoomId, name: string | null): Shelf {
  const folders = shelf.folders.map((folder) => ({ ...folder, rooms: folder.rooms.filter((id) => id !== room) }));
  const wanted = name?.trim();
  if (wanted) {
    const known = folders.find((folder) => folder.name === wanted);
    if (known) known.rooms.push(room);
    else if (folders.length < MOST_FOLDERS) folders.push({ name: wanted, rooms: [room] });
  }
  return { ...shelf, folders: folders.filter((folder) => folder.rooms.length > 0) };
}

export const folderOf = (shelf: Shelf, room: RoomId): string | null =>
  shelf.folders.find((folder) => folder.rooms.includes(room))?.name ?? null;

/**
 * The sections of the list. A room stands in one of them: favourites come before folders, those before communities, and
 * those before the rest. A community has a section even where all its rooms stand elsewhere.
 */
export function arrange(rooms: readonly Room[], shelf: Shelf, language: string): Section[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  const left = new Map(rooms.toSorted((a, b) => order.compare(roomName(a), roomName(b))).map((room) => [room.id, room]));
  const take = (fits: (room: Room) => boolean): Room[] => {
    const taken = [...left.values()].filter(fits);
    for (const { id } of taken) left.delete(id);
    return taken;
  };
  const section = (key: SectionKey, fits: (room: Room) => boolean, more: Pick<Section, 'folder' | 'community'> = {}): Section => ({
    key,
    rooms: take(fits),
    closed: shelf.closed.includes(key),
    ...more,
  });
  const communities = [...left.values()].filter((room) => room.kind === 'community');
  const favourites = section('favourites', (room) => shelf.favourites.includes(room.id));
  const folders = shelf.folders
    .toSorted((a, b) => order.compare(a.name, b.name))
    .map(({ name, rooms: ids }) => section(`folder:${name}`, (room) => ids.includes(room.id), { folder: name }));
  const own = [favourites, ...folders].filter((one) => one.rooms.length > 0);
  const homes = communities.map((community) => {
    const { rooms: inside, ...rest } = section(
      `community:${community.id}`,
      (room) => room.id === community.id || room.community_id === community.id,
      { community },
    );
    // What is announced stands above what is talked about.
    return { ...rest, rooms: inside.toSorted((a, b) => Number(b.kind === 'community') - Number(a.kind === 'community')) };
  });
  return [...own, ...homes, section('rooms', (room) => room.kind === 'room'), section('direct', () => true)];
}

/** Whether a room asks to be looked at: a quiet one only where one was named. */
export function calls(room: Room, shelf: Shelf): boolean {
  const { unread_count = 0, mention_count = 0 } = room.membership ?? {};
  return shelf.quiet.includes(room.id) ? mention_count > 0 : unread_count > 0;
}

/** What storage held, as far as it can be used. */
export function readShelf(kept: string | null): Shelf {
  try {
    const value = JSON.parse(kept ?? '{}') as Partial<Shelf>;
    const numbers = (list: unknown) => (Array.isArray(list) ? list.filter((id) => Number.isSafeInteger(id)) : []);
    const folders = Array.isArray(value.folders) ? value.folders : [];
    return {
      favourites: numbers(value.favourites),
      quiet: numbers(value.quiet),
      folders: folders
        .filter((folder) => typeof folder?.name === 'string')
        .map((folder) => ({ name: folder.name, rooms: numbers(folder.rooms) })),
      closed: Array.isArray(value.closed) ? value.closed.filter((key) => typeof key === 'string') : [],
    };
  } catch {
    return EMPTY;
  }
}
