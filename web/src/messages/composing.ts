/** Rules of the box one writes in. */

export const MOST_CHARACTERS = 4000;

/** Characters over the limit, as the server counts them; 0 where all fit. */
export function excess(text: string): number {
  return Math.max(0, [...text].length - MOST_CHARACTERS);
}

interface Key {
  key: string;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/** While an input method composes, keys belong to it; some browsers then say only `keyCode` 229. */
export function isComposing(event: Pick<Key, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Enter sends, unless it confirms a word, or is pressed on a screen's keyboard, where it begins a new line. */
export function sends(event: Key, onScreenKeyboard: boolean): boolean {
  return event.key === 'Enter' && !event.shiftKey && !isComposing(event) && !onScreenKeyboard;
}

/** Puts a text between two places and says where the cursor goes. */
export function insert(text: string, from: number, to: number, added: string): { text: string; cursor: number } {
  return { text: text.slice(0, from) + added + text.slice(to), cursor: from + added.length };
}

/** Whether a text is nothing but a few emoji, which are then shown large. */
export function isOnlyEmoji(text: string): boolean {
  return /^(?:\s*(?:\p{RI}{2}|\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F|\u200D\p{Extended_Pictographic})*)){1,4}\s*$/u.test(text);
}
