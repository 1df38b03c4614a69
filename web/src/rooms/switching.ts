/** Finding a room or a person while one types. */
import type { Room } from '../wire/types';
import { roomName } from './changes';

const fold = (text: string) => text.normalize('NFKC').toLocaleLowerCase();

/** How well a name fits what was typed: lower is better, `null` is not at all. */
export function fit(name: string, typed: string): number | null {
  const [text, wanted] = [fold(name), fold(typed.trim())];
  if (text.startsWith(wanted)) return 0;
  if (text.split(/[\s\-_/·.]+/).some((word) => word.startsWith(wanted))) return 1;
  if (text.includes(wanted)) return 2;
  return isSpread(text, wanted) ? 3 : null;
}

/** Whether the letters occur in that order: “rdc” finds “reading circle”. */
function isSpread(text: string, wanted: string): boolean {
  let at = -1;
  return [...wanted].every((letter) => (at = text.indexOf(letter, at + 1)) >= 0);
}

/** Rooms to switch to: the best fit first; among equals those that call, then the last used, then by name. */
export function rank(
  rooms: readonly Room[],
  typed: string,
  { calls, recent, language }: { calls: (room: Room) => boolean; recent: readonly number[]; language: string },
): Room[] {
  const order = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
  const age = (room: Room) => (recent.includes(room.id) ? recent.indexOf(room.id) : recent.length);
  return rooms
    .flatMap((room) => {
      const by = [fit(roomName(room), typed), room.peer ? fit(room.peer.username, typed) : null];
      const best = Math.min(...by.map((one) => one ?? Infinity));
      return best === Infinity ? [] : [{ room, best }];
    })
    .sort(
      (a, b) =>
        a.best - b.best ||
        Number(calls(b.room)) - Number(calls(a.room)) ||
        age(a.room) - age(b.room) ||
        order.compare(roomName(a.room), roomName(b.room)),
    )
    .map(({ room }) => room);
}

/** The room a step away in the list, round its ends; `null` where there is none. */
export function neighbour(rooms: readonly Room[], current: number | null, step: 1 | -1): Room | null {
  if (rooms.length === 0) return null;
  const at = rooms.findIndex((room) => room.id === current);
  if (at < 0) return rooms.at(step > 0 ? 0 : -1) ?? null;
  return rooms[(at + step + rooms.length) % rooms.length] ?? null;
}
