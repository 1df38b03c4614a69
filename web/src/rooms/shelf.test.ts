import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { bob, room } from '../testing/samples';
import { arrange, calls, EMPTY, folderOf, putInto, readShelf, toggleClosed, toggleFavourite, toggleQuiet } from './shelf';
import { RoomShelf } from './shelf.svelte';

const tea = room({ id: 1, name: 'Tea' });
const ants = room({ id: 2, name: 'ants' });
const talk = room({ id: 3, name: '', kind: 'direct', peer: bob });
const rooms = [tea, ants, talk];
const shape = (shelf = EMPTY) => arrange(rooms, shelf, 'en').map(({ key, rooms: list }) => [key, list.map(({ id }) => id)]);

it('sets rooms and direct chats apart, by name', () => {
  expect(shape()).toEqual([['rooms', [2, 1]], ['direct', [3]]]);
});

it('shows a room once: as a favourite, else in its folder', () => {
  const filed = putInto(putInto(EMPTY, 1, 'Work'), 3, 'Work');
  expect(shape(filed)).toEqual([['folder:Work', [1, 3]], ['rooms', [2]], ['direct', []]]);
  expect(shape(toggleFavourite(filed, 1))[0]).toEqual(['favourites', [1]]);
  expect(folderOf(filed, 1)).toBe('Work');
});

it('a folder ends with its last room, and a room is in one folder only', () => {
  const moved = putInto(putInto(EMPTY, 1, 'A'), 1, ' B ');
  expect(moved.folders).toEqual([{ name: 'B', rooms: [1] }]);
  expect(putInto(moved, 1, null).folders).toEqual([]);
});

it('a community holds what is announced and its rooms, and stays when they stand elsewhere', () => {
  const club = room({ id: 4, name: 'Club', kind: 'community' });
  const bar = room({ id: 5, name: 'Bar', community_id: 4 });
  const keys = (shelf = EMPTY) => arrange([...rooms, bar, club], shelf, 'en').map(({ key, rooms: list }) => [key, list.map(({ id }) => id)]);
  expect(keys()).toEqual([['community:4', [4, 5]], ['rooms', [2, 1]], ['direct', [3]]]);
  const favoured = toggleFavourite(toggleFavourite(EMPTY, 4), 5);
  expect(keys(favoured).slice(0, 2)).toEqual([['favourites', [5, 4]], ['community:4', []]]);
});

it('a quiet room calls only when one is named', () => {
  const with_ = (unread_count: number, mention_count: number) =>
    room({ membership: { ...room().membership!, unread_count, mention_count } });
  const quiet = toggleQuiet(EMPTY, 1);
  expect(calls(with_(3, 0), EMPTY)).toBe(true);
  expect(calls(with_(3, 0), quiet)).toBe(false);
  expect(calls(with_(3, 1), quiet)).toBe(true);
});

it('is kept, told to other tabs, and survives nonsense in the storage', () => {
  const storage = memoryStorage();
  const [here, there] = [new RoomShelf(storage, 'k'), new RoomShelf(storage, 'k')];
  here.favour(2);
  here.fold('direct');
  there.reread();
  expect(there.isFavourite(2)).toBe(true);
  expect(there.sections(rooms, 'en').find(({ key }) => key === 'direct')?.closed).toBe(true);
  for (const kept of ['{', '[]', '{"favourites":["x"],"folders":[{}],"closed":3}']) expect(readShelf(kept)).toEqual(EMPTY);
  expect(toggleClosed(toggleClosed(EMPTY, 'rooms'), 'rooms')).toEqual(EMPTY);
});
