import { describe, expect, it } from 'vitest';
import { excess, insert, isNearLimit, isOnlyEmoji, markOf, sends, SHEET } from './composing';

const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };

describe('writing', () => {
  it('Enter sends, but never half a word', () => {
    expect(sends(enter, false)).toBe(true);
    expect(sends({ ...enter, shiftKey: true }, false)).toBe(false);
    expect(sends({ ...enter, isComposing: true }, false)).toBe(false);
    expect(sends({ ...enter, keyCode: 229 }, false)).toBe(false);
    expect(sends(enter, true)).toBe(false);
    expect(sends({ ...enter, key: 'a' }, false)).toBe(false);
  });

  it('counts characters, not halves of them', () => {
    expect(excess('😀'.repeat(4000))).toBe(0);
    expect(excess('字'.repeat(4003))).toBe(3);
    expect([3700, 3800, 4001].map((count) => isNearLimit('😀'.repeat(count)))).toEqual([false, true, true]);
  });

  it('puts a text where the cursor is', () => {
    expect(insert('hi @al!', 3, 6, '@alice ')).toEqual({ text: 'hi @alice !', cursor: 10 });
  });

  it('knows the keys of bold, slanted and code', () => {
    const key = (key: string, more = {}) => markOf({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...more });
    expect([key('b'), key('I'), key('e'), key('x'), key('b', { altKey: true }), key('b', { ctrlKey: false })]).toEqual([
      '**', '_', '`', null, null, null,
    ]);
  });

  it('tells of the keys of marks on the sheet', () => {
    const told = SHEET.flatMap(({ keys }): string[] => (keys.length === 2 && keys[0] === 'Ctrl' ? [keys[1]] : []));
    const works = [...'abcdefghijklmnopqrstuvwxyz'].filter((key) => markOf({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false }));
    expect(told.map((key) => key.toLowerCase()).toSorted()).toEqual(works);
  });

  it('shows a few emoji large', () => {
    for (const large of ['👍', '👩‍👩‍👧 🎉', '🇨🇳', '👋🏽', '❤️']) expect(isOnlyEmoji(large), large).toBe(true);
    for (const normal of ['ok 👍', '', '1', '😀😀😀😀😀']) expect(isOnlyEmoji(normal), normal).toBe(false);
  });
});
