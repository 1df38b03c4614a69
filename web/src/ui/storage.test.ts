import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/fakes';
import { forgiving } from './storage';

it('a full storage keeps nobody from writing, nor an older value', () => {
  const storage = memoryStorage();
  const kept = forgiving({
    ...storage,
    setItem: (key: string, value: string) => {
      if (value.length > 5) throw new DOMException('full', 'QuotaExceededError');
      storage.setItem(key, value);
    },
  });
  kept.setItem('draft', 'short');
  expect(kept.getItem('draft')).toBe('short');
  kept.setItem('draft', 'much too long');
  expect(kept.getItem('draft')).toBeNull();
});
