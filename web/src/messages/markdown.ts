/** Message text as a tree of parts. Raw HTML stays text, and nothing is fetched: pictures become links. */
import type { Nodes, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { mentionsIn } from './mentions';

export type Part =
  | { type: 'text'; value: string }
  | { type: 'mention'; value: string }
  | { type: 'code'; value: string }
  | { type: 'codeblock'; value: string; language: string | null }
  | { type: 'break' }
  | { type: 'rule' }
  | { type: 'link'; url: string; parts: Part[] }
  | { type: 'heading'; depth: number; parts: Part[] }
  | { type: 'list'; start: number | null; parts: Part[] }
  | { type: 'paragraph' | 'strong' | 'emphasis' | 'delete' | 'quote' | 'item'; parts: Part[] };

/** More markup than this is nobody's way of writing, and would take a parser long: such a text is shown as it stands. */
const MOST_NESTED = 16;
const MOST_MARKS = 200;
const MOST_BRACKETS = 400;

const CONTAINER = /[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y;

/** Whether a text has quotations and lists nested deeply, or marks of emphasis and brackets in piles. */
export function isTangled(text: string): boolean {
  if (count(text, /\*+|_+|~+/g) > MOST_MARKS || count(text, /[[\]]/g) > MOST_BRACKETS) return true;
  return text.split('\n').some((line) => nesting(line) > MOST_NESTED);
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

function nesting(line: string): number {
  let depth = 0;
  CONTAINER.lastIndex = 0;
  while (depth <= MOST_NESTED && CONTAINER.test(line)) depth += 1;
  return depth;
}

const MOST_PARSED = 500;
const parsed = new Map<string, Root>();

/** Scrolling brings the same messages back; reading Markdown takes longer than showing it. */
function parse(text: string): Root {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= MOST_PARSED) parsed.clear();
  const root = read(text);
  parsed.set(text, root);
  return root;
}

function read(text: string): Root {
  if (isTangled(text)) return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] };
  return fromMarkdown(text, {
    extensions: [
      gfmStrikethrough({ singleTilde: false }),
      gfmAutolinkLiteral(),
      // Indented text in a chat is a poem or a paste, hardly ever code without a fence.
      { disable: { null: ['htmlFlow', 'htmlText', 'codeIndented', 'definition'] } },
    ],
    mdastExtensions: [gfmStrikethroughFromMarkdown(), gfmAutolinkLiteralFromMarkdown()],
  });
}

/** Reads texts that are about to be shown. */
export const parseAhead = (texts: readonly string[]): void => texts.forEach(parse);

/** `isMentioned` says of a name whether it stands for somebody in the room. */
export function parseMarkdown(text: string, isMentioned: (name: string) => boolean): Part[] {
  return convertAll(parse(text).children, isMentioned);
}

/** Text that is to be shown as it was written; only addresses and mentions are told apart. */
export function parseText(text: string, isMentioned: (name: string) => boolean): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/giu)) {
    const url = found.replace(/[.,:;!?)\]}，。；：！？）】」』]+$/u, '');
    const target = safeUrl(url);
    if (!target) continue;
    parts.push(...textParts(text.slice(done, index), isMentioned));
    parts.push({ type: 'link', url: target, parts: [{ type: 'text', value: url }] });
    done = index + url.length;
  }
  return [...parts, ...textParts(text.slice(done), isMentioned)];
}

/** Whether anything in a text would look different as Markdown. */
export function hasMarkup(text: string): boolean {
  const isPlain = (node: Nodes): boolean => {
    if (node.type === 'link') return text.slice(node.position?.start.offset, node.position?.end.offset) === written(node);
    if (node.type === 'text') return true;
    return (node.type === 'root' || node.type === 'paragraph') && node.children.every(isPlain);
  };
  return /[\\&]/.test(text) ? !isPlain(parse(text)) || written(parse(text)) !== text : !isPlain(parse(text));
}

function written(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(written).join('') : '';
}

/** A text in one line and without its markup: for where it is quoted, told of or asked about. */
export function inOneLine(text: string, type: string): string {
  const plain = type === 'markdown' ? said(parse(text)) : text;
  return plain.replace(/\s+/g, ' ').trim();
}

/** The beginning of a text in one line. Where it was cut off, a mark may have lost the one that ends it. */
export function quoted(excerpt: string, type: string): string {
  const line = inOneLine(excerpt, type);
  return type === 'markdown' ? line.replace(/(?:\*\*|__|~~|`)(?=[^\s*_~`][^*_~`]*$)/, '') : line;
}

const IN_LINE = new Set<Nodes['type']>(['paragraph', 'heading', 'link', 'strong', 'emphasis', 'delete']);

function said(node: Nodes): string {
  if (node.type === 'image') return node.alt || node.url;
  if (node.type === 'break') return ' ';
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(said).join(IN_LINE.has(node.type) ? '' : ' ') : '';
}

function convertAll(nodes: readonly RootContent[], isMentioned: (name: string) => boolean): Part[] {
  return nodes.flatMap((node) => convert(node, isMentioned));
}

function convert(node: RootContent, isMentioned: (name: string) => boolean): Part[] {
  const inside = () => ('children' in node ? convertAll(node.children, isMentioned) : []);
  switch (node.type) {
    case 'text':
      return textParts(node.value, isMentioned);
    case 'inlineCode':
      return [{ type: 'code', value: node.value }];
    case 'code':
      return [{ type: 'codeblock', value: node.value, language: node.lang?.toLowerCase() ?? null }];
    case 'break':
      return [{ type: 'break' }];
    case 'thematicBreak':
      return [{ type: 'rule' }];
    case 'link': {
      const url = safeUrl(node.url);
      if (!url) return inside();
      const link: Part = { type: 'link', url, parts: inside() };
      return isDisguised(written(node), url) ? [link, { type: 'text', value: ` (${new URL(url).host})` }] : [link];
    }
    case 'image': {
      const url = safeUrl(node.url);
      const name: Part = { type: 'text', value: node.alt || node.url };
      return url ? [{ type: 'link', url, parts: [name] }] : [name];
    }
    case 'heading':
      return [{ type: 'heading', depth: node.depth, parts: inside() }];
    case 'list':
      return [{ type: 'list', start: node.ordered ? (node.start ?? 1) : null, parts: inside() }];
    case 'listItem':
      return [{ type: 'item', parts: inside() }];
    case 'blockquote':
      return [{ type: 'quote', parts: inside() }];
    case 'paragraph':
    case 'strong':
    case 'emphasis':
    case 'delete':
      return [{ type: node.type, parts: inside() }];
    default:
      return 'value' in node ? [{ type: 'text', value: node.value }] : inside();
  }
}

function textParts(text: string, isMentioned: (name: string) => boolean): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { start, end } of mentionsIn(text, isMentioned)) {
    if (start > done) parts.push({ type: 'text', value: text.slice(done, start) });
    parts.push({ type: 'mention', value: text.slice(start, end) });
    done = end;
  }
  if (done < text.length) parts.push({ type: 'text', value: text.slice(done) });
  return parts;
}

/** Whether a link that reads as one address leads to another server: then it is said where to. */
function isDisguised(text: string, url: string): boolean {
  const [, shown] = /^\s*(?:https?:\/\/|www\.)([^/?#\s]+)/i.exec(text) ?? [];
  return shown !== undefined && bare(shown) !== bare(new URL(url).host);
}

const bare = (host: string): string => host.toLowerCase().replace(/^www\./, '');

/** The address, if following it can do no harm by itself. */
function safeUrl(url: string): string | null {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(url).protocol) ? url : null;
  } catch {
    return null;
  }
}
