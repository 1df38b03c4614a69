import { expect, it } from 'vitest';
import { daysOf, isShorter } from './days';

it('reads days, and nothing as for ever', () => {
  expect([' 30 ', '0', '', ' '].map(daysOf)).toEqual([30, 0, 0, 0]);
  expect(daysOf('a month')).toBeNaN();
});

it('knows when less is kept than before', () => {
  expect(isShorter(30, 0)).toBe(true);
  expect(isShorter(7, 30)).toBe(true);
  expect(isShorter(30, 30)).toBe(false);
  expect(isShorter(60, 30)).toBe(false);
  expect(isShorter(0, 30)).toBe(false);
});
