/** How one has put one's rooms in order: favourites, folders, quiet rooms. Pure; `shelf.svelte.ts` keeps it. */
import type { Room, RoomId, ShelfChange } from '../wire/types';
import { roomName } from './changes';

/** What this browser keeps; favourites and folders are the account's, and stand with the rooms. */
export interface Shelf {
  /** Rooms whose messages are not counted; mentions still are. */
  quiet: RoomId[];
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

export const EMPTY: Shelf = { quiet: [], closed: [] };

const toggle = <T>(list: readonly T[], item: T): T[] =>
  list.includes(item) ? list.filter((one) => one !== item) : [...list, item];

export const toggleQuiet = (shelf: Shelf, room: RoomId): Shelf => ({ ...shelf, quiet: toggle(shelf.quiet, room) });

export const toggleClosed = (shelf: Shelf, section: SectionKey): Shelf => ({
  ...shelf,
  closed: toggle(shelf.closed, section),
});

/** The folders there are: those with a room in them. */
export const foldersOf = (rooms: readonly Room[]): string[] => [
  ...new Set(rooms.flatMap(({ membership }) => membership?.folder ?? [])),
];

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
  const favourites = section('favourites', ({ membership }) => membership?.is_favourite ?? false);
  const folders = foldersOf(rooms)
    .toSorted(order.compare)
    .map((name) => section(`folder:${name}`, ({ membership }) => membership?.folder === name, { folder: name }));
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
  const { quiet, closed } = parse(kept);
  return { quiet: numbers(quiet), closed: Array.isArray(closed) ? closed.filter((key) => typeof key === 'string') : [] };
}

/** Favourites and folders that an earlier version of this page kept with the browser, by room. */
export function readOwnOrder(kept: string | null): Map<RoomId, ShelfChange> {
  const { favourites, folders } = parse(kept);
  const order = new Map<RoomId, ShelfChange>(numbers(favourites).map((room) => [room, { is_favourite: true }]));
  for (const folder of Array.isArray(folders) ? folders : []) {
    if (typeof folder?.name !== 'string') continue;
    for (const room of numbers(folder.rooms)) order.set(room, { ...order.get(room), folder: folder.name });
  }
  return order;
}

/** What storage held, with this in place of its part of it. */
export const writeShelf = (kept: string | null, shelf: Shelf): string => JSON.stringify({ ...parse(kept), ...shelf });

function parse(kept: string | null): Record<string, unknown> {
  try {
    return (JSON.parse(kept ?? '{}') as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

const numbers = (list: unknown): number[] => (Array.isArray(list) ? list.filter((id) => Number.isSafeInteger(id)) : []);
