/** What a key means while a message has the focus. */
export type Command =
  | 'previous' | 'next' | 'present' | 'write'
  | 'reply' | 'edit' | 'react' | 'person' | 'menu' | 'copy' | 'link' | 'pin' | 'delete'
  | 'help';

const COMMANDS: Record<string, Command> = {
  ArrowUp: 'previous', k: 'previous',
  ArrowDown: 'next', j: 'next',
  End: 'present',
  Escape: 'write', i: 'write',
  r: 'reply', e: 'edit', '+': 'react', u: 'person', m: 'menu', c: 'copy', l: 'link', p: 'pin', Delete: 'delete',
  '?': 'help',
};

/** The keys of a sheet that tells of them, in the order to show them. */
export const SHEET: readonly { keys: readonly string[]; command: Command }[] = [
  { keys: ['↑', 'k'], command: 'previous' },
  { keys: ['↓', 'j'], command: 'next' },
  { keys: ['End'], command: 'present' },
  { keys: ['r'], command: 'reply' },
  { keys: ['e'], command: 'edit' },
  { keys: ['+'], command: 'react' },
  { keys: ['u'], command: 'person' },
  { keys: ['c'], command: 'copy' },
  { keys: ['l'], command: 'link' },
  { keys: ['p'], command: 'pin' },
  { keys: ['Del'], command: 'delete' },
  { keys: ['m'], command: 'menu' },
  { keys: ['Esc', 'i'], command: 'write' },
  { keys: ['?'], command: 'help' },
];

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'defaultPrevented'>;

export function commandOf(event: Key): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
  return COMMANDS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}

/** Whether keys belong to the element: somebody writes or chooses there. */
export function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], [popover], dialog') !== null
  );
}
