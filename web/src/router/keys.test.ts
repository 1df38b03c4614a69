import { expect, it } from 'vitest';
import { commandOf } from './keys';

const pressed = (key: string, held: Partial<Parameters<typeof commandOf>[0]> = {}) =>
  commandOf({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, ...held });

it('knows the keys that work everywhere', () => {
  expect(pressed('k', { ctrlKey: true })).toBe('switch');
  expect(pressed('K', { metaKey: true })).toBe('switch');
  expect(pressed('/', { ctrlKey: true })).toBe('help');
  expect(pressed('ArrowDown', { altKey: true })).toBe('next');
  expect(pressed('ArrowUp', { altKey: true, shiftKey: true })).toBe('previous_calling');
});

it('leaves writing alone', () => {
  expect(pressed('k')).toBeNull();
  expect(pressed('/')).toBeNull();
  expect(pressed('ArrowDown')).toBeNull();
  expect(pressed('k', { ctrlKey: true, isComposing: true })).toBeNull();
  expect(pressed('ArrowDown', { altKey: true, ctrlKey: true })).toBeNull();
});
