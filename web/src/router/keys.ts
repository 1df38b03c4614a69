/** The keys that work everywhere. What a single field or list answers to, it handles itself. */
export type Command = 'switch' | 'help' | 'next_room' | 'previous_room' | 'next_unread' | 'previous_unread';

/** The keys of a sheet that tells of them, in the order to show them; “Ctrl” is ⌘ on a Mac. */
export const SHEET: readonly { keys: readonly string[]; command: Command }[] = [
  { keys: ['Ctrl', 'K'], command: 'switch' },
  { keys: ['Alt', '↓'], command: 'next_room' },
  { keys: ['Alt', '↑'], command: 'previous_room' },
  { keys: ['Alt', 'Shift', '↓'], command: 'next_unread' },
  { keys: ['Alt', 'Shift', '↑'], command: 'previous_unread' },
  { keys: ['Ctrl', '/'], command: 'help' },
];

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'isComposing'>;

export function commandOf(event: Pressed): Command | null {
  const { key, altKey, shiftKey, isComposing } = event;
  const main = event.ctrlKey || event.metaKey;
  if (isComposing) return null;
  if (main && !altKey && !shiftKey && key.toLowerCase() === 'k') return 'switch';
  if (main && !altKey && key === '/') return 'help';
  if (!altKey || main) return null;
  if (key === 'ArrowDown') return shiftKey ? 'next_unread' : 'next_room';
  if (key === 'ArrowUp') return shiftKey ? 'previous_unread' : 'previous_room';
  return null;
}
