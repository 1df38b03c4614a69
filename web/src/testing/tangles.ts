/** Texts that make some Markdown parser, this one or another, work for longer than they are long. */

/** The longest message that the server takes, in characters. */
export const LONGEST = 4_000;

export const fill = (pattern: string, length = LONGEST): string =>
  pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);

export const TANGLES = [
  '>', '> ', '>\n', '- ', '* ', '1. ', '1) ', '[', ']', '[]', '![', '[](', '[a](b', '[a](<', '*', '*a', '*a ', '**a ', 'a* ', '_a ',
  '*_', '*a**b', '~~a ', '`', '` ``', '|', '|a', '| a |', '\\', '&', '&amp', '<', '<a ', '<!--', '#', '# ', 'x\n\n', '\n', ' ', '\t',
  'www.', 'http://', 'https://a.b/', 'a@', 'a@b.', '@a', '---\n', '```\n', '~~~', '[^1]', '\u202e', 'e\u0301',
  // Not quite too much.
  '> > > > > > > > > > > > > > > > x\n', '- - - - - - - - x\n', '*a bcdefghijklmnopqr ', 'a* bcdefghijklmnopqr ', '[a bcdefghi'
];
