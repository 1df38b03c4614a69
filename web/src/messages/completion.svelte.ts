import type { UserBrief } from '../wire/types';
import { findEmoji, shortcodeAt, type Emoji } from './emoji';
import { mentionAt } from './mentions';

/** What can stand in place of what is being written. */
export type Option = { insert: string } & (
  | { kind: 'person'; user: UserBrief }
  | { kind: 'everybody'; word: string }
  | { kind: 'emoji'; emoji: Emoji }
);

/** A name that has been begun. */
interface Begun {
  kind: 'mention' | 'emoji';
  start: number;
  end: number;
  name: string;
}

interface Sources {
  /** People whom a name may mean, the likeliest first. */
  people: (name: string) => readonly UserBrief[];
  /** Words that mean everybody in the room, the customary one first. */
  everybody: () => readonly string[];
  emoji: () => readonly Emoji[];
}

const MOST = 8;

/** Offers to finish names of people (`@`) and emoji (`:`) in the box one writes in. */
export class Completion {
  #begun = $state.raw<Begun | null>(null);
  chosen = $state(0);
  readonly options: readonly Option[] = $derived.by(() => this.#offer());

  constructor(private readonly sources: Sources) {}

  /** Sees whether a name stands before the cursor. */
  look(text: string, from: number, to = from): void {
    this.#begun = from === to ? begunAt(text, from) : null;
    this.chosen = 0;
  }

  close(): void {
    this.#begun = null;
  }

  move(by: number): void {
    const count = this.options.length;
    if (count > 0) this.chosen = (this.chosen + by + count) % count;
  }

  /** What to put where; the list closes. */
  take(index = this.chosen): { start: number; end: number; insert: string } | null {
    const option = this.options[index];
    const begun = this.#begun;
    this.close();
    return option && begun ? { start: begun.start, end: begun.end, insert: option.insert } : null;
  }

  #offer(): Option[] {
    if (!this.#begun) return [];
    const { kind, name } = this.#begun;
    const { people, everybody, emoji } = this.sources;
    if (kind === 'emoji') {
      return findEmoji(emoji(), name, MOST).map((one) => ({ kind: 'emoji', emoji: one, insert: one.emoji }));
    }
    const found = people(name);
    // A name that is complete needs no help: Enter sends.
    if (found.some(({ username }) => username === name) || everybody().includes(name)) return [];
    const word = everybody().find((one) => name !== '' && one.startsWith(name.toLowerCase()));
    const all: Option[] = word ? [{ kind: 'everybody', word, insert: `@${word} ` }] : [];
    return [
      ...found.map((user): Option => ({ kind: 'person', user, insert: `@${user.username} ` })).slice(0, MOST - all.length),
      ...all,
    ];
  }
}

function begunAt(text: string, cursor: number): Begun | null {
  const mention = mentionAt(text, cursor);
  if (mention) return { kind: 'mention', ...mention, end: cursor };
  const code = shortcodeAt(text, cursor);
  return code && { kind: 'emoji', ...code, end: cursor };
}
