import { describe, expect, it } from 'vitest';
import { excess, insert, isNearLimit, isOnlyEmoji, markOf, sends } from './composing';

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

  it('shows a few emoji large', () => {
    for (const large of ['👍', '👩‍👩‍👧 🎉', '🇨🇳', '👋🏽', '❤️']) expect(isOnlyEmoji(large), large).toBe(true);
    for (const normal of ['ok 👍', '', '1', '😀😀😀😀😀']) expect(isOnlyEmoji(normal), normal).toBe(false);
  });
});
