import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { message } from '../testing/samples';
import { FIRST_ROWS, indexFrom, MOST_ROWS, STEP, View } from './view.svelte';

/** Only every second entry of the log is a message. */
const said = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => message((from + at) * 2));

function viewOf(count: number) {
  let items = $state.raw(said(1, count));
  const view = new View(() => items);
  return {
    view,
    set: (next: typeof items) => {
      items = next;
      flushSync();
    },
    ends: () => [view.shown[0]?.seq, view.shown.at(-1)?.seq],
  };
}

describe('what of a long history is in the page', () => {
  it('is the end at first, and stays the end while more is said', () => {
    const { view, set, ends } = viewOf(1000);
    expect(view.shown).toHaveLength(FIRST_ROWS);
    set(said(1, 1001));
    expect(view.shown).toHaveLength(FIRST_ROWS);
    expect(ends()[1]).toBe(2002);
  });

  it('moves up and down by steps, and never grows beyond its bound', () => {
    const { view, ends } = viewOf(1000);
    const [first] = ends();
    view.earlier();
    expect(ends()[0]).toBe(first! - 2 * STEP);
    for (let step = 0; step < 1000 / STEP; step++) {
      view.earlier();
      expect(view.shown.length).toBeLessThanOrEqual(MOST_ROWS);
    }
    expect([ends()[0], view.above]).toEqual([2, 0]);
    for (let step = 0; step < 1000 / STEP; step++) view.later();
    expect([ends()[1], view.below]).toEqual([2000, 0]);
    expect(view.shown).toHaveLength(MOST_ROWS);
  });

  it('stays where it is when a page arrives above or below', () => {
    const { view, set, ends } = viewOf(300);
    view.earlier();
    const before = ends();
    set([...said(-99, 0), ...said(1, 300)]);
    expect(ends()).toEqual(before);
    expect(view.above).toBeGreaterThan(100);
    set(said(-99, 500));
    expect(ends()).toEqual(before);
  });

  it('lets what is said wait below while one reads further up, until that is come to', () => {
    const { view, set, ends } = viewOf(25);
    view.showAround(10);
    set(said(1, 500));
    expect([ends(), view.below]).toEqual([[2, 50], 475]);
    view.later();
    expect([ends(), view.below]).toEqual([[2, 50 + 2 * STEP], 475 - STEP]);
    view.showEnd();
    expect(view.shown.at(-1)?.seq).toBe(1000);
  });

  it('shows a place with what surrounds it, whether or not a message stands there', () => {
    const { view, ends } = viewOf(1000);
    view.showAround(801);
    const [first, last] = ends();
    expect(first).toBeLessThan(801 - STEP);
    expect(last).toBeGreaterThan(801 + STEP);
    view.showAround(803);
    expect(ends()).toEqual([first, last]);
  });

  it('shows nothing of nothing', () => {
    const { view, set } = viewOf(0);
    view.earlier();
    view.later();
    view.showAround(5);
    expect(view.shown).toEqual([]);
    set(said(1, 3));
    expect(view.shown).toHaveLength(3);
  });
});

it('finds places by halves', () => {
  expect([1, 2, 3, 6, 7].map((seq) => indexFrom(said(1, 3), seq))).toEqual([0, 0, 1, 2, 3]);
});
