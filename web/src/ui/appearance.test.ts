import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { Appearance } from './appearance.svelte';

it('shows what was chosen, and keeps it', () => {
  const storage = memoryStorage();
  const root = { dataset: {} as DOMStringMap };
  const appearance = new Appearance(storage, root);
  expect(root.dataset).toEqual({ density: 'comfortable' });
  appearance.choose('dark');
  appearance.chooseDensity('compact');
  expect(root.dataset).toEqual({ theme: 'dark', density: 'compact' });
  const again = { dataset: {} as DOMStringMap };
  expect(new Appearance(storage, again).theme).toBe('dark');
  expect(again.dataset).toEqual(root.dataset);
  appearance.choose('auto');
  expect(root.dataset).toEqual({ density: 'compact' });
});

it('takes nothing it does not know', () => {
  const root = { dataset: {} as DOMStringMap };
  const appearance = new Appearance(memoryStorage({ 'parlor.theme': 'pink', 'parlor.density': 'dense' }), root);
  expect([appearance.theme, appearance.density]).toEqual(['auto', 'comfortable']);
});
