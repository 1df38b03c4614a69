import { expect, it, vi } from 'vitest';
import type { Page } from '../wire/types';
import { Search } from './search.svelte';

it('shows the answer to the newest question, and reads on', async () => {
  const answers = new Map<string, (page: Page<string>) => void>();
  const search = new Search<string>(
    (text, cursor = '') => new Promise((resolve) => answers.set(text + cursor, resolve)),
  );
  search.run('a');
  await vi.waitFor(() => expect(answers.has('a')).toBe(true));
  search.run('ab');
  await vi.waitFor(() => expect(answers.has('ab')).toBe(true));
  answers.get('ab')!({ items: ['ab'], next: '/2' });
  await vi.waitFor(() => expect(search.items).toEqual(['ab']));
  answers.get('a')!({ items: ['a'], next: null });
  const reading = search.more();
  answers.get('ab/2')!({ items: ['abc'], next: null });
  await reading;
  expect([search.items, search.next]).toEqual([['ab', 'abc'], null]);
});

it('asks again for the page that did not come, and keeps what did', async () => {
  const asked: string[] = [];
  let fails = false;
  const search = new Search<string>((text, cursor = '') => {
    asked.push(text + cursor);
    return fails ? Promise.reject(new Error('no answer')) : Promise.resolve({ items: [text + cursor], next: cursor ? null : '/2' });
  });
  search.run('a');
  await vi.waitFor(() => expect(search.loaded).toBe(true));
  fails = true;
  await search.more();
  expect([search.problem?.code, search.items]).toEqual(['unknown', ['a']]);
  fails = false;
  await search.again();
  expect([search.problem, search.items, asked]).toEqual([null, ['a', 'a/2'], ['a', 'a/2', 'a/2']]);
});
