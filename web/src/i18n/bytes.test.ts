import { expect, it } from 'vitest';
import { formatBytes } from './bytes';

it('names bytes in the unit they are read in', () => {
  expect(formatBytes(0, 'en')).toBe('0 byte');
  expect(formatBytes(999, 'en')).toBe('999 byte');
  expect(formatBytes(1_500, 'en')).toBe('1.5 kB');
  expect(formatBytes(2_340_000_000, 'en')).toBe('2.3 GB');
});
