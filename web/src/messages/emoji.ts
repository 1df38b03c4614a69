/** The emoji one can choose from: their names, finding them, and short names in a text. */
import type { Language } from '../wire/types';

/** Offered at once; any other can be found. */
export const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'];

export interface Emoji {
  emoji: string;
  group: number;
  /** Short names, the customary one first. */
  codes: readonly string[];
  label: Record<Language, string>;
  /** Everything it may be called, in either language. */
  words: readonly string[];
}

/** The groups in which emoji are customarily shown, and one emoji that stands for each. */
export const GROUPS = [
  { id: 0, key: 'smileys', sign: '😀' },
  { id: 1, key: 'people', sign: '👋' },
  { id: 3, key: 'nature', sign: '🐻' },
  { id: 4, key: 'food', sign: '🍜' },
  { id: 5, key: 'travel', sign: '🚀' },
  { id: 6, key: 'activities', sign: '⚽' },
  { id: 7, key: 'objects', sign: '💡' },
  { id: 8, key: 'symbols', sign: '❤️' },
  { id: 9, key: 'flags', sign: '🏁' },
] as const;

type Row = [emoji: string, group: number, codes: string, en: string, enWords: string, zh: string, zhWords: string];

export function readEmoji(rows: string): Emoji[] {
  return (JSON.parse(rows) as Row[]).map(([emoji, group, codes, en, enWords, zh, zhWords]) => ({
    emoji,
    group,
    codes: codes.split(' '),
    label: { en, 'zh-CN': zh || en },
    words: [...codes.split(/[ _]/), ...en.split(' '), ...enWords.split(' '), zh, ...zhWords.split(' ')].filter(Boolean),
  }));
}

let loading: Promise<Emoji[]> | undefined;

/** All of them; read when they are first needed, for they are many. */
export function loadEmoji(): Promise<Emoji[]> {
  loading ??= import('../../generated/emoji').then(({ EMOJI_ROWS }) => readEmoji(EMOJI_ROWS));
  // Without a connection there is another attempt later.
  loading.catch(() => (loading = undefined));
  return loading;
}

/** Those that a word fits, the best first: by short name, by label, by any other word. */
export function findEmoji(all: readonly Emoji[], wanted: string, most = Infinity): Emoji[] {
  const word = wanted.trim().toLowerCase();
  if (word === '') return [];
  const ranked = all.flatMap((emoji, order) => {
    const rank = rankOf(emoji, word);
    return rank === null ? [] : [{ emoji, rank, order }];
  });
  ranked.sort((a, b) => a.rank - b.rank || a.order - b.order);
  return ranked.slice(0, most).map(({ emoji }) => emoji);
}

function rankOf({ codes, label, words }: Emoji, word: string): number | null {
  if (codes.includes(word) || label['zh-CN'] === word) return 0;
  if (codes.some((code) => code.startsWith(word))) return 1;
  if (label.en.startsWith(word) || label['zh-CN'].startsWith(word)) return 2;
  if (words.some((one) => one.startsWith(word))) return 3;
  return codes.some((code) => code.includes(word)) || label['zh-CN'].includes(word) ? 4 : null;
}

/** The beginning of a short name that stands after `:` before the cursor. */
export function shortcodeAt(text: string, cursor: number): { start: number; name: string } | null {
  const found = /(?<![\p{L}\p{N}:/])(?::)([A-Za-z0-9_+-]{2,}|[\p{Script=Han}]+)$/u.exec(text.slice(0, cursor));
  const name = found?.[1];
  return name ? { start: cursor - name.length - 1, name } : null;
}

/** A whole `:short_name:` that ends at the cursor. */
export function closedShortcodeAt(text: string, cursor: number): { start: number; name: string } | null {
  const found = /(?<![\p{L}\p{N}:/]):([A-Za-z0-9_+-]+|\p{Script=Han}+):$/u.exec(text.slice(0, cursor));
  const name = found?.[1];
  return name ? { start: cursor - name.length - 2, name } : null;
}

/** The emoji of exactly this short name or Chinese label. */
export function emojiNamed(all: readonly Emoji[], name: string): string | null {
  const word = name.toLowerCase();
  return all.find(({ codes, label }) => codes.includes(word) || label['zh-CN'] === word)?.emoji ?? null;
}
