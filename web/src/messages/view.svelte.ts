import type { Message, Seq } from '../wire/types';

/**
 * So many messages are in the page at first, about as many as one sees, so that a room opens at once; so many more are
 * shown at a time, and so many at most.
 */
export const FIRST_ROWS = 24;
export const STEP = 12;
export const MOST_ROWS = 160;

/** Where the part that is shown begins and ends; `null` is “as many as at first” and “to the last”. */
interface Range {
  from: Seq | null;
  to: Seq | null;
}

/** The part of the messages at hand that stands in the page: a room may have very many, a page may not. */
export class View {
  #range = $state.raw<Range>({ from: null, to: null });
  #place = $derived.by(() => placeOf(this.items(), this.#range));
  readonly shown = $derived.by(() => this.items().slice(this.#place.start, this.#place.end));

  constructor(private readonly items: () => readonly Message[]) {}

  /** The message just above what is shown. */
  get before(): Message | undefined {
    return this.items()[this.#place.start - 1];
  }

  /** How many messages at hand stand above and below what is shown. */
  get above(): number {
    return this.#place.start;
  }

  get below(): number {
    return this.items().length - this.#place.end;
  }

  /** The first message shown, where that is a chosen place. */
  get from(): Seq | null {
    return this.#range.from;
  }

  showEnd(): void {
    this.#range = { from: null, to: null };
  }

  /** Shows a place with what surrounds it, unless it is shown already. */
  showAround(seq: Seq): void {
    const { start, end } = this.#place;
    const at = indexFrom(this.items(), seq);
    const edge = STEP / 2;
    const fits = at >= start && at < end && (at - start >= edge || start === 0) && (end - at > edge || this.below === 0);
    // Held where it is, so that nothing said meanwhile moves it out of sight.
    if (fits) this.#choose(start, end);
    else this.#choose(at - FIRST_ROWS / 2, at + FIRST_ROWS);
  }

  earlier(): void {
    const start = Math.max(0, this.#place.start - STEP);
    this.#choose(start, Math.min(this.#place.end, start + MOST_ROWS));
  }

  later(): void {
    const end = Math.min(this.items().length, this.#place.end + STEP);
    this.#choose(Math.max(this.#place.start, end - MOST_ROWS), end);
  }

  #choose(start: number, end: number): void {
    const items = this.items();
    const from = items[Math.max(0, start)]?.seq ?? null;
    this.#range = { from, to: items[Math.min(end, items.length) - 1]?.seq ?? null };
  }
}

/** The index of the first message at a place in the log or after it. */
export function indexFrom(items: readonly Message[], seq: Seq): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeOf(items: readonly Message[], { from, to }: Range): { start: number; end: number } {
  const last = to === null ? items.length : indexFrom(items, to + 1);
  if (from === null) return { start: Math.max(0, last - FIRST_ROWS), end: last };
  const start = indexFrom(items, from);
  return { start, end: Math.max(start, Math.min(last, start + MOST_ROWS)) };
}
