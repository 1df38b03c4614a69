import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { Drafts } from './drafts.svelte';

it('keeps a draft per room over a reload, until it is sent or emptied', () => {
  const storage = memoryStorage();
  const drafts = new Drafts(storage, 'drafts');
  drafts.write(1, 'half a thought');
  drafts.write(2, '你好');
  const reloaded = new Drafts(storage, 'drafts');
  expect([reloaded.of(1), reloaded.of(2), reloaded.of(3)]).toEqual(['half a thought', '你好', '']);
  reloaded.write(1, '  ');
  reloaded.clear();
  expect(new Drafts(storage, 'drafts').of(2)).toBe('');
});

it('tabs keep one another’s drafts', () => {
  const storage = memoryStorage();
  const [here, there] = [new Drafts(storage, 'drafts'), new Drafts(storage, 'drafts')];
  here.write(1, 'here');
  there.write(2, 'there');
  expect([there.of(1), new Drafts(storage, 'drafts').of(1)]).toEqual(['here', 'here']);
  here.reread();
  expect(here.of(2)).toBe('there');
  there.write(1, '');
  here.reread();
  expect(here.of(1)).toBe('');
});

it('survives a damaged store', () => {
  expect(new Drafts(memoryStorage({ drafts: '{{' }), 'drafts').of(1)).toBe('');
});
