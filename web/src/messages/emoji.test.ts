import { beforeAll, describe, expect, it } from 'vitest';
import { closedShortcodeAt, emojiNamed, findEmoji, GROUPS, loadEmoji, QUICK, shortcodeAt, type Emoji } from './emoji';

let all: Emoji[];
beforeAll(async () => void (all = await loadEmoji()));
const found = (word: string, most = 5) => findEmoji(all, word, most).map(({ emoji }) => emoji);

describe('emoji', () => {
  it('are all there, each in a group, each with a name in both languages', () => {
    expect(all.length).toBeGreaterThan(1700);
    const groups = new Set<number>(GROUPS.map(({ id }) => id));
    for (const { emoji, group, codes, label } of all) {
      expect(groups.has(group), emoji).toBe(true);
      expect(codes[0] && label.en && label['zh-CN'], emoji).toBeTruthy();
    }
    const known = new Set(all.map(({ emoji }) => emoji));
    for (const emoji of QUICK) expect(known.has(emoji), emoji).toBe(true);
  });

  it('are found by short name, label and other words, in English and Chinese', () => {
    expect(found('tada')[0]).toBe('🎉');
    expect(found('+1')[0]).toBe('👍');
    expect(found('thumbs')).toContain('👍');
    expect(found('火箭')[0]).toBe('🚀');
    expect(found('哈哈', 20)).toContain('😆');
    expect(found('  ')).toEqual([]);
    expect(found('no such thing')).toEqual([]);
  });

  it('are named exactly, or not at all', () => {
    expect(emojiNamed(all, 'ROCKET')).toBe('🚀');
    expect(emojiNamed(all, '火箭')).toBe('🚀');
    expect(emojiNamed(all, 'rock')).toBe('🪨');
    expect(emojiNamed(all, 'roc')).toBeNull();
  });
});

describe('short names in a text', () => {
  const begun = (text: string) => shortcodeAt(text, text.length)?.name ?? null;
  const closed = (text: string) => closedShortcodeAt(text, text.length)?.name ?? null;

  it('begin after a colon of their own', () => {
    expect([begun(':ta'), begun('hi :+1'), begun('（:笑')]).toEqual(['ta', '+1', '笑']);
    expect([begun(':t'), begun('10:30'), begun('他说:好'), begun('他说：好'), begun('http://ab'), begun('see: ok')]).toEqual([
      null, null, null, null, null, null,
    ]);
  });

  it('end with another', () => {
    expect([closed(':tada:'), closed('a :x:'), closed(':火箭:')]).toEqual(['tada', 'x', '火箭']);
    expect([closed('10:30:'), closed(':a b:'), closed('::'), closed(':tada')]).toEqual([null, null, null, null]);
  });
});
