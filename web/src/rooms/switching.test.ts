import { expect, it } from 'vitest';
import { bob, room } from '../testing/samples';
import { fit, neighbour, rank } from './switching';

const named = (id: number, name: string) => room({ id, name });
const rooms = [named(1, 'Reading circle'), named(2, 'Bread'), named(3, '读书会'), named(4, 'tea reading')];
const plain = { calls: () => false, recent: [], language: 'en' };
const found = (typed: string, more = {}) => rank(rooms, typed, { ...plain, ...more }).map(({ id }) => id);

it('prefers the beginning of a name, then of a word, then any place, then letters in order', () => {
  expect(found('read')).toEqual([1, 4, 2]);
  expect(found('书')).toEqual([3]);
  expect(found('rdc')).toEqual([1]);
  expect(found('xyz')).toEqual([]);
  expect(fit('Ｔｅａ', 'tea')).toBe(0);
});

it('without a word: what calls, then what was used last', () => {
  expect(found('', { calls: ({ id }: { id: number }) => id === 4, recent: [2] })).toEqual([4, 2, 1, 3]);
});

it('finds a direct chat by either name of the other', () => {
  const talk = room({ id: 9, kind: 'direct', name: '', peer: bob });
  expect(rank([talk], 'bo', plain)).toEqual([talk]);
  expect(rank([talk], '小明', plain)).toEqual([talk]);
});

it('steps round the list', () => {
  expect(neighbour(rooms, 1, -1)?.id).toBe(4);
  expect(neighbour(rooms, 4, 1)?.id).toBe(1);
  expect(neighbour(rooms, null, 1)?.id).toBe(1);
  expect(neighbour([], 1, 1)).toBeNull();
});
