import { describe, expect, it } from 'vitest';
import { bob } from '../testing/samples';
import { Completion } from './completion.svelte';
import type { Emoji } from './emoji';

const tada: Emoji = { emoji: '🎉', group: 6, codes: ['tada'], label: { en: 'party', 'zh-CN': '庆祝' }, words: ['party'] };
const completion = () =>
  new Completion({
    people: (name) => [bob].filter(({ username, nickname }) => username.startsWith(name) || nickname.startsWith(name)),
    everybody: () => ['all', '所有人', 'room'],
    emoji: () => [tada],
  });
const offers = (text: string, cursor = text.length) => {
  const one = completion();
  one.look(text, cursor);
  return one.options.map(({ insert }) => insert);
};

describe('finishing names', () => {
  it('offers people, everybody, and emoji', () => {
    expect(offers('hi @小')).toEqual(['@bob ']);
    expect(offers('hi @')).toEqual(['@bob ']);
    expect(offers('hi @al')).toEqual(['@all ']);
    expect(offers('@所')).toEqual(['@所有人 ']);
    expect(offers('so :ta')).toEqual(['🎉']);
    expect(offers('so :庆')).toEqual(['🎉']);
  });

  it('offers nothing where nothing is begun, or a name is complete', () => {
    for (const text of ['hi', 'hi @bob', 'hi @all', 'a@bo', ':t', '']) expect(offers(text), text).toEqual([]);
    const one = completion();
    one.look('@bo', 0, 3);
    expect(one.options).toEqual([]);
  });

  it('says what to put where, once', () => {
    const one = completion();
    one.look('hi @bo there', 6);
    expect(one.take()).toEqual({ start: 3, end: 6, insert: '@bob ' });
    expect(one.take()).toBeNull();
  });

  it('goes round the list', () => {
    const one = new Completion({ people: () => [bob, { ...bob, id: 3, username: 'bo' }], everybody: () => [], emoji: () => [] });
    one.look('@b', 2);
    one.move(-1);
    expect(one.chosen).toBe(1);
    one.move(1);
    expect(one.chosen).toBe(0);
  });
});
