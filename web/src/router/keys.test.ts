import { expect, it } from 'vitest';
import { en } from '../i18n/en';
import { commandOf, SHEET } from './keys';

const pressed = (key: string, held: Partial<Parameters<typeof commandOf>[0]> = {}) =>
  commandOf({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, ...held });

it('knows the keys that work everywhere', () => {
  expect(pressed('k', { ctrlKey: true })).toBe('switch');
  expect(pressed('K', { metaKey: true })).toBe('switch');
  expect(pressed('/', { ctrlKey: true })).toBe('help');
  expect(pressed('ArrowDown', { altKey: true })).toBe('next_room');
  expect(pressed('ArrowUp', { altKey: true, shiftKey: true })).toBe('previous_unread');
});

it('leaves writing alone', () => {
  expect(pressed('k')).toBeNull();
  expect(pressed('/')).toBeNull();
  expect(pressed('ArrowDown')).toBeNull();
  expect(pressed('k', { ctrlKey: true, isComposing: true })).toBeNull();
  expect(pressed('ArrowDown', { altKey: true, ctrlKey: true })).toBeNull();
});

it('tells of every key on the sheet, and of nothing else', () => {
  const keys = ['k', 'K', '/', 'ArrowDown', 'ArrowUp'];
  const held = [{ ctrlKey: true }, { altKey: true }, { altKey: true, shiftKey: true }];
  const works = new Set(keys.flatMap((key) => held.map((one) => pressed(key, one))).filter(Boolean));
  expect(new Set(SHEET.map(({ command }) => command))).toEqual(works);
  for (const { keys: shown, command } of SHEET) {
    expect(en[`keys.${command}`]).toBeTruthy();
    const key = { '↓': 'ArrowDown', '↑': 'ArrowUp' }[shown.at(-1)!] ?? shown.at(-1)!;
    const hold = { ctrlKey: shown.includes('Ctrl'), altKey: shown.includes('Alt'), shiftKey: shown.includes('Shift') };
    expect(pressed(key, hold), shown.join(' ')).toBe(command);
  }
});
