import { expect, it } from 'vitest';
import { en } from '../i18n/en';
import { commandOf, SHEET } from './keys';

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, defaultPrevented: false, ...more });

it('knows what keys mean at a message', () => {
  expect([press('ArrowUp'), press('j'), press('R'), press('+'), press('?')]).toEqual([
    'previous', 'next', 'reply', 'react', 'help',
  ]);
  expect([press('x'), press('Enter')]).toEqual([null, null]);
});

it('leaves keys to the browser, to an input method, and to whoever took them', () => {
  expect(press('r', { ctrlKey: true })).toBeNull();
  expect(press('c', { metaKey: true })).toBeNull();
  expect(press('j', { isComposing: true })).toBeNull();
  expect(press('e', { defaultPrevented: true })).toBeNull();
});

it('tells of every key on the sheet', () => {
  const named: Record<string, string> = { '↑': 'ArrowUp', '↓': 'ArrowDown', Del: 'Delete', Esc: 'Escape' };
  const letters = [...'abcdefghijklmnopqrstuvwxyz+?', 'ArrowUp', 'ArrowDown', 'End', 'Escape', 'Delete'];
  const told = SHEET.flatMap(({ keys }) => keys.map((key) => named[key] ?? key));
  expect(told.toSorted()).toEqual(letters.filter((key) => press(key)).toSorted());
  for (const { keys, command } of SHEET) {
    expect(en[`keys.${command}`]).toBeTruthy();
    for (const key of keys) expect(press(named[key] ?? key), key).toBe(command);
  }
});
