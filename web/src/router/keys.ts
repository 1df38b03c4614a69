/** The keys that work everywhere. What a single field or list answers to, it handles itself. */
export type Command = 'switch' | 'help' | 'next' | 'previous' | 'next_calling' | 'previous_calling';

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'isComposing'>;

export function commandOf(event: Pressed): Command | null {
  const { key, altKey, shiftKey, isComposing } = event;
  const main = event.ctrlKey || event.metaKey;
  if (isComposing) return null;
  if (main && !altKey && !shiftKey && key.toLowerCase() === 'k') return 'switch';
  if (main && !altKey && key === '/') return 'help';
  if (!altKey || main) return null;
  if (key === 'ArrowDown') return shiftKey ? 'next_calling' : 'next';
  if (key === 'ArrowUp') return shiftKey ? 'previous_calling' : 'previous';
  return null;
}
