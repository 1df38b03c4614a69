import { expect, it } from 'vitest';
import { emojiModule, emojiRows } from './emoji.js';

const emoji = (hexcode, more) => ({ hexcode, emoji: hexcode, group: 0, order: 1, version: 1, label: 'l', tags: ['a', 'b'], ...more });

it('takes emoji that devices have, in order, with their names in both languages', () => {
  const english = [
    emoji('B', { order: 2, label: 'bee' }),
    emoji('A', { label: 'ant' }),
    emoji('NEW', { version: 17 }),
    emoji('TONE', { group: 2 }),
    emoji('LETTER', { group: undefined }),
  ];
  const chinese = [emoji('A', { label: '蚂蚁', tags: ['虫'] })];
  expect(emojiRows(english, chinese, { A: ['ant', 'insect'] }, { A: 'ant', B: 'bee' })).toEqual([
    ['A', 0, 'ant insect', 'ant', 'a b', '蚂蚁', '虫'],
    ['B', 0, 'bee', 'bee', 'a b', '', ''],
  ]);
});

it('writes them so that they can be read', async () => {
  const [, literal] = /=\n {2}(.*);\n$/.exec(emojiModule([['"', 1]])) ?? [];
  expect(JSON.parse(JSON.parse(literal))).toEqual([['"', 1]]);
});
