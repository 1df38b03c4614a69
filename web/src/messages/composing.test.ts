import { describe, expect, it } from 'vitest';
import { excess, insert, isOnlyEmoji, sends } from './composing';

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
  });

  it('puts a text where the cursor is', () => {
    expect(insert('hi @al!', 3, 6, '@alice ')).toEqual({ text: 'hi @alice !', cursor: 10 });
  });

  it('shows a few emoji large', () => {
    for (const large of ['👍', '👩‍👩‍👧 🎉', '🇨🇳', '👋🏽', '❤️']) expect(isOnlyEmoji(large), large).toBe(true);
    for (const normal of ['ok 👍', '', '1', '😀😀😀😀😀']) expect(isOnlyEmoji(normal), normal).toBe(false);
  });
});
