import { expect, it } from 'vitest';
import { fakeHttp, memoryStorage } from '../testing/fakes';
import { entry, me, message, room } from '../testing/samples';
import type { History, Page, Room } from '../wire/types';
import { Keeper } from './keeper';
import type { Store } from './store';

/** A browser with its databases, in which one page after another is opened. */
function browser() {
  const databases = new Map<number, Map<string, unknown>>();
  const storage = memoryStorage();
  const open = async (account: number): Promise<Store> => {
    const values = databases.get(account) ?? new Map<string, unknown>();
    databases.set(account, values);
    return {
      get: async <T>(key: string) => values.get(key) as T | undefined,
      put: async (key, value) => void values.set(key, structuredClone(value)),
      remove: async (key) => void values.delete(key),
      close: () => {},
    };
  };
  const page = () => {
    const keeper = new Keeper({ open, erase: async (id) => void databases.delete(id), storage, later: () => {} });
    const http = fakeHttp();
    return { keeper, server: http, http: keeper.over(http) };
  };
  return { databases, page };
}

const HISTORY = 'GET rooms/1/messages?limit=50';
const history: History = { items: [message(9), message(10)], next: null, last_seq: 10 };
const read = (http: ReturnType<ReturnType<typeof browser>['page']>['http'], query: object = { limit: 50 }) =>
  http.get<History>('rooms/1/messages', { ...query });

async function kept() {
  const { databases, page } = browser();
  const { keeper, server, http } = page();
  await keeper.own(me);
  server.answer(HISTORY, history);
  await read(http);
  keeper.apply(entry(11));
  keeper.follow(() => [room()]);
  await keeper.flush();
  return { databases, page };
}

it('what was read, and what the log brought after it, can be read without a connection', async () => {
  const { page } = await kept();
  const { keeper, http } = page();
  expect(keeper.hasOwner).toBe(true);
  expect(await keeper.lastOwner()).toEqual(me);
  expect((await http.get<Page<Room>>('rooms', { scope: 'joined', limit: 200 })).items).toEqual([room()]);
  expect((await read(http)).items.map(({ seq }) => seq)).toEqual([9, 10, 11]);
  expect(keeper.isStale).toBe(true);
  expect([...keeper.stale]).toEqual([1]);
});

it('a server that answers is believed, whatever is kept', async () => {
  const { page } = await kept();
  const { keeper, server, http } = page();
  await keeper.own(me);
  await read(http);
  server.answer(HISTORY, { items: [message(20)], next: null, last_seq: 20 });
  expect((await read(http)).items.map(({ seq }) => seq)).toEqual([20]);
  expect(keeper.stale.size).toBe(0);
  server.fail(HISTORY, 'not_member');
  await expect(read(http)).rejects.toMatchObject({ code: 'not_member' });
});

it('what was never read, and what comes before it, is not made up', async () => {
  const { page } = await kept();
  const { keeper, http } = page();
  await keeper.own(me);
  await expect(http.get('rooms/2/messages', { limit: 50 })).rejects.toMatchObject({ code: 'unreachable' });
  await expect(read(http, { before: 9, limit: 50 })).rejects.toMatchObject({ code: 'unreachable' });
  await expect(http.get('users/search', { q: 'bo' })).rejects.toMatchObject({ code: 'unreachable' });
});

it('signing out erases the copy, and so does another account', async () => {
  const first = await kept();
  await first.page().keeper.erase();
  expect(first.databases.size).toBe(0);
  expect(first.page().keeper.hasOwner).toBe(false);
  expect(await first.page().keeper.lastOwner()).toBeUndefined();

  const { databases, page } = await kept();
  const { keeper, http } = page();
  await keeper.own({ ...me, id: 2 });
  expect([...databases.keys()]).toEqual([2]);
  await expect(read(http)).rejects.toMatchObject({ code: 'unreachable' });
});

it('an answer that comes late is not kept for whoever signed in meanwhile', async () => {
  const { databases, page } = browser();
  const { keeper, server } = page();
  await keeper.own(me);
  let answer: (history: History) => void = () => {};
  const slow = keeper.over({ ...server, get: () => new Promise((resolve) => (answer = resolve as never)) });
  const reading = read(slow);
  void keeper.erase();
  await keeper.own({ ...me, id: 2 });
  answer(history);
  await reading;
  await keeper.flush();
  expect([...databases.keys()]).toEqual([2]);
  expect([...databases.get(2)!.keys()]).toEqual(['me']);
});

it('who leaves a tab takes nothing from whoever signed in in another', async () => {
  const { databases, page } = browser();
  const [here, there] = [page(), page()];
  await here.keeper.own(me);
  await there.keeper.own(me);
  await there.keeper.erase();
  await there.keeper.own({ ...me, id: 2 });
  // This tab hears late that somebody left.
  await here.keeper.erase();
  expect([...databases.keys()]).toEqual([2]);
  expect(await page().keeper.lastOwner()).toMatchObject({ id: 2 });
});

it('a tab that finds somebody else signed in keeps for them alone', async () => {
  const { databases, page } = browser();
  const [here, there] = [page(), page()];
  await here.keeper.own(me);
  here.keeper.follow(() => [room()]);
  await there.keeper.own({ ...me, id: 2 });
  await here.keeper.own({ ...me, id: 2 });
  await here.keeper.flush();
  expect([...databases.keys()]).toEqual([2]);
  expect([...databases.get(2)!.keys()]).toEqual(['me']);
});

it('keeps the last messages of the rooms opened last', async () => {
  const { databases, page } = browser();
  const { keeper, server, http } = page();
  await keeper.own(me);
  for (let id = 1; id <= 22; id += 1) {
    const items = Array.from({ length: 60 }, (_, at) => message(at + 1, { room_id: id }));
    server.answer(`GET rooms/${id}/messages?limit=50`, { items, next: null, last_seq: 60 });
    await http.get(`rooms/${id}/messages`, { limit: 50 });
    await keeper.flush();
  }
  const values = databases.get(me.id)!;
  expect([...values.keys()].filter((key) => key.startsWith('messages/'))).toHaveLength(20);
  expect(values.has('messages/1')).toBe(false);
  expect((values.get('messages/22') as History).items).toHaveLength(50);
});
