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
