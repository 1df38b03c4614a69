/** Rules of the box one writes in. */

export const MOST_CHARACTERS = 4000;

/** So near to the limit, it is worth a word. */
const NEAR_CHARACTERS = 200;

/** Characters that may still be written, as the server counts them; less than 0 over the limit. */
export function charactersLeft(text: string): number {
  // Counting is slow; no character is more than two units.
  if (text.length < MOST_CHARACTERS - NEAR_CHARACTERS) return MOST_CHARACTERS - text.length;
  return MOST_CHARACTERS - [...text].length;
}

/** Characters over the limit; 0 where all fit. */
export const excess = (text: string): number => Math.max(0, -charactersLeft(text));

export const isNearLimit = (text: string): boolean => charactersLeft(text) <= NEAR_CHARACTERS;

const MARKS: Record<string, string> = { b: '**', i: '_', e: '`' };

/** The keys of a sheet that tells of them, in the order to show them; “Ctrl” is ⌘ on a Mac. */
export const SHEET = [
  { keys: ['Enter'], command: 'send' },
  { keys: ['Shift', 'Enter'], command: 'line' },
  { keys: ['↑'], command: 'edit_last' },
  { keys: ['@'], command: 'mention' },
  { keys: [':'], command: 'emoji' },
  { keys: ['Tab'], command: 'complete' },
  { keys: ['Ctrl', 'B'], command: 'bold' },
  { keys: ['Ctrl', 'I'], command: 'slanted' },
  { keys: ['Ctrl', 'E'], command: 'code' },
  { keys: ['Esc'], command: 'no_reply' },
  { keys: ['Shift', 'Tab'], command: 'to_messages' },
] as const satisfies readonly { keys: readonly string[]; command: string }[];

/** The Markdown sign that Ctrl, or ⌘, with a key puts around what is selected. */
export function markOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return null;
  return MARKS[event.key.toLowerCase()] ?? null;
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
