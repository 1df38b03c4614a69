/** The rooms of a community. Pure. */
import type { Room } from '../wire/types';

/** The rooms of a community in the order of its page: what one is in comes first, then by name. */
export function arrangeRooms(rooms: readonly Room[], isIn: (room: Room) => boolean, language: string): Room[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  return rooms.toSorted((a, b) => Number(isIn(b)) - Number(isIn(a)) || order.compare(a.name, b.name));
}

/** What a request for the rooms answered, with those that one has entered or that were made since. */
export function withJoined(answered: readonly Room[], joined: readonly Room[]): Room[] {
  const known = new Set(joined.map((room) => room.id));
  return [...joined, ...answered.filter((room) => !known.has(room.id))];
}
