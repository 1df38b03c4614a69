/** Keeps a list of messages in place while it changes: at its end, or where one is reading. */

const NEAR_PX = 48;

/** Hidden, a list has no height and is nowhere. */
export function isShown(scroller: HTMLElement): boolean {
  return scroller.clientHeight > 0;
}

/** How much of the list, in pixels, lies above what one sees of it, and below. */
export function beyond(scroller: HTMLElement): { above: number; below: number } {
  const { scrollTop, scrollHeight, clientHeight } = scroller;
  return { above: scrollTop, below: scrollHeight - scrollTop - clientHeight };
}

export const isAtEnd = (scroller: HTMLElement): boolean => beyond(scroller).below < NEAR_PX;

/**
 * Remembers the first row in view, and afterwards puts its end back where it was: with older messages above it, it may
 * lose the head that it had as the first of all.
 */
export function holdPlace(scroller: HTMLElement): () => void {
  const top = scroller.getBoundingClientRect().top;
  const rows = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')];
  const row = rows.find((one) => one.getBoundingClientRect().bottom > top);
  const before = row?.getBoundingClientRect().bottom;
  return () => {
    if (row?.isConnected && before !== undefined) scroller.scrollTop += row.getBoundingClientRect().bottom - before;
  };
}

/** The place in the log of the last row that is wholly in sight. */
export function lastInSight(scroller: HTMLElement): number | null {
  const { bottom } = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll<HTMLElement>('[data-seq]')];
  const last = rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1);
  return last ? Number(last.dataset.seq) : null;
}
