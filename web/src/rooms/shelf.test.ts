import { expect, it, vi } from 'vitest';
import { fakeHttp, memoryStorage } from '../testing/fakes';
import { bob, room } from '../testing/samples';
import type { Membership, Room } from '../wire/types';
import { Rooms } from './rooms.svelte';
import { arrange, calls, EMPTY, foldersOf, readOwnOrder, readShelf, toggleClosed, toggleQuiet } from './shelf';
import { RoomShelf } from './shelf.svelte';

const tea = room({ id: 1, name: 'Tea' });
const ants = room({ id: 2, name: 'ants' });
const talk = room({ id: 3, name: '', kind: 'direct', peer: bob });
const rooms = [tea, ants, talk];
const kept = (of: Room, place: Partial<Membership>): Room => ({ ...of, membership: { ...of.membership!, ...place } });
const shape = (list = rooms) => arrange(list, EMPTY, 'en').map(({ key, rooms: shown }) => [key, shown.map(({ id }) => id)]);

function shelf(storage = memoryStorage(), list = rooms) {
  const http = fakeHttp();
  const known = new Rooms(9);
  for (const one of list) known.put(one);
  const onTrouble = vi.fn();
  return { http, known, onTrouble, storage, shelf: new RoomShelf({ http, rooms: known, storage, onTrouble }, 'k') };
}

it('sets rooms and direct chats apart, by name', () => {
  expect(shape()).toEqual([['rooms', [2, 1]], ['direct', [3]]]);
});

it('shows a room once: as a favourite, else in its folder', () => {
  const filed = [kept(tea, { folder: 'Work' }), ants, kept(talk, { folder: 'Work' })];
  expect(shape(filed)).toEqual([['folder:Work', [1, 3]], ['rooms', [2]], ['direct', []]]);
  expect(shape([kept(filed[0]!, { is_favourite: true }), ants, talk])[0]).toEqual(['favourites', [1]]);
  expect(foldersOf(filed)).toEqual(['Work']);
});

it('a community holds what is announced and its rooms, and stays when they stand elsewhere', () => {
  const club = room({ id: 4, name: 'Club', kind: 'community' });
  const bar = room({ id: 5, name: 'Bar', community_id: 4 });
  expect(shape([...rooms, bar, club])).toEqual([['community:4', [4, 5]], ['rooms', [2, 1]], ['direct', [3]]]);
  const favoured = [bar, club].map((one) => kept(one, { is_favourite: true }));
  expect(shape([...rooms, ...favoured]).slice(0, 2)).toEqual([['favourites', [5, 4]], ['community:4', []]]);
});

it('a quiet room calls only when one is named', () => {
  const with_ = (unread_count: number, mention_count: number) =>
    room({ membership: { ...room().membership!, unread_count, mention_count } });
  const quiet = toggleQuiet(EMPTY, 1);
  expect(calls(with_(3, 0), EMPTY)).toBe(true);
  expect(calls(with_(3, 0), quiet)).toBe(false);
  expect(calls(with_(3, 1), quiet)).toBe(true);
});

it('what this browser keeps is told to other tabs, and survives nonsense in the storage', () => {
  const storage = memoryStorage();
  const [here, there] = [shelf(storage).shelf, shelf(storage).shelf];
  here.quieten(2);
  here.fold('direct');
  there.reread();
  expect(there.isQuiet(2)).toBe(true);
  expect(there.sections(rooms, 'en').find(({ key }) => key === 'direct')?.closed).toBe(true);
  for (const odd of ['{', '[]', 'null', '{"quiet":["x"],"folders":[{}],"closed":3}']) {
    expect(readShelf(odd)).toEqual(EMPTY);
    expect(readOwnOrder(odd).size).toBe(0);
  }
  expect(toggleClosed(toggleClosed(EMPTY, 'rooms'), 'rooms')).toEqual(EMPTY);
});

it('a favourite shows at once, and is taken back where the server refuses it', async () => {
  const { http, known, onTrouble, shelf: own } = shelf();
  const answer = http.hold('PUT rooms/1/shelf');
  const done = own.favour(1);
  expect(own.isFavourite(1)).toBe(true);
  answer({ code: 'rate_limited' }, 429);
  await done;
  expect(own.isFavourite(1)).toBe(false);
  expect(onTrouble).toHaveBeenCalledWith(expect.objectContaining({ code: 'rate_limited' }));
  http.answer('PUT rooms/1/shelf', tea);
  await own.put(1, ' Work ');
  expect(http.requests.at(-1)?.body).toEqual({ folder: 'Work' });
  expect(known.membership(1)?.folder).toBe('Work');
});

it('the order of an earlier version moves to the account, once, and overrules nothing there', async () => {
  const old = { favourites: [1, 2, 77], quiet: [2], folders: [{ name: 'Work', rooms: [1, 3] }], closed: ['rooms'] };
  const storage = memoryStorage({ k: JSON.stringify(old) });
  const first = shelf(storage, [tea, kept(ants, { folder: 'Insects' }), talk]);
  first.http.answer('PUT rooms/1/shelf', tea);
  first.shelf.quieten(3);
  await first.shelf.moveIn();
  // It broke off at the direct chat, and begins again: nothing is lost by saying it twice.
  const again = shelf(storage, [kept(tea, { is_favourite: true, folder: 'Work' }), kept(ants, { folder: 'Insects' }), talk]);
  again.http.answer('PUT rooms/3/shelf', talk);
  await again.shelf.moveIn();
  const sent = [...first.http.requests, ...again.http.requests].map(({ name, body }) => [name, body]);
  expect(sent).toEqual([
    ['PUT rooms/1/shelf', { is_favourite: true, folder: 'Work' }],
    ['PUT rooms/3/shelf', { folder: 'Work' }],
    ['PUT rooms/3/shelf', { folder: 'Work' }],
  ]);
  expect(JSON.parse(storage.getItem('k')!)).toEqual({ quiet: [2, 3], closed: ['rooms'] });
});
