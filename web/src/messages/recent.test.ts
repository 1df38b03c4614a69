import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { RecentEmoji } from './recent.svelte';

it('remembers the emoji used last, each once, and not too many', () => {
  const storage = memoryStorage();
  const recent = new RecentEmoji(storage);
  for (const emoji of ['🎉', '👍', '🎉']) recent.use(emoji);
  expect(recent.list).toEqual(['🎉', '👍']);
  for (let at = 0; at < 40; at++) recent.use(String.fromCodePoint(0x1f600 + at));
  expect(recent.list).toHaveLength(24);
  expect(new RecentEmoji(storage).list).toEqual(recent.list);
});
