/** Finding `@name` in a text, as the server does. */

const SHORTEST = 2;
const WORD = /(?<![A-Za-z0-9])@([\p{L}\p{M}\p{N}_.-]{1,49})/gu;
/** What calls everybody in the room. */
export const EVERYBODY = ['all', '所有人', 'room'];

export interface Mention {
  /** Where its `@` stands. */
  start: number;
  end: number;
}

/** The mentions in a text, where `isName` says which names there are. */
export function mentionsIn(text: string, isName: (name: string) => boolean): Mention[] {
  return [...text.matchAll(WORD)].flatMap(({ index, 1: word = '' }) => {
    const name = namesIn(word).find((one) => isName(one) || isEverybody(one));
    return name ? [{ start: index, end: index + 1 + name.length }] : [];
  });
}

export function isEverybody(name: string): boolean {
  return EVERYBODY.includes(name.toLowerCase());
}

/**
 * The names a word may begin with, longest first. Chinese is written without spaces, so `@张三你好` may call 张三;
 * inside ASCII a name ends where the word does, or before the full stop of the sentence.
 */
function namesIn(word: string): string[] {
  const names: string[] = [];
  for (let end = word.length; end >= SHORTEST; end--) {
    const rest = word.slice(end);
    if (/^[.-]*$/.test(rest) || /^[^\x00-\x7F]/.test(rest)) names.push(word.slice(0, end));
  }
  return names;
}

/** The beginning of a name that stands after `@` before the cursor. */
export function mentionAt(text: string, cursor: number): { start: number; name: string } | null {
  const found = /(?<![A-Za-z0-9])@([\p{L}\p{M}\p{N}_.-]{0,48})$/u.exec(text.slice(0, cursor));
  if (!found) return null;
  const name = found[1] ?? '';
  return { start: cursor - name.length - 1, name };
}
