import { expect, it } from 'vitest';
import { swipeOf } from './swipe';

it('a swipe is far, quick and to the side', () => {
  expect(swipeOf(120, 10, 200)).toBe('right');
  expect(swipeOf(-120, 10, 200)).toBe('left');
  expect(swipeOf(40, 0, 100)).toBeNull();
  expect(swipeOf(120, 90, 200)).toBeNull();
  expect(swipeOf(120, 0, 2_000)).toBeNull();
});
