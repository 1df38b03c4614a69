/** What fingers do on a list of messages: pressing long, and drawing a message aside. */

const LONG_MS = 450;
const STILL_PX = 10;
/** Drawn so far, a message is answered when it is let go. */
const DRAWN_PX = 56;
const FARTHEST_PX = 80;

interface Gestures {
  /** A message, by its element, was pressed long. */
  onlong(row: HTMLElement): void;
  /** A message was drawn aside and let go. */
  ondrawn(row: HTMLElement): void;
}

/**
 * How far a message follows the finger: to the left only, for to the right lies the way back; less than the finger,
 * towards the end.
 */
export function drawnBy(dx: number): number {
  const far = Math.max(0, -dx);
  return -Math.min(FARTHEST_PX, far <= DRAWN_PX ? far : DRAWN_PX + (far - DRAWN_PX) / 3) || 0;
}

/** An attachment for the list. Rows are what carries `data-seq`. */
export function gestures({ onlong, ondrawn }: Gestures) {
  return (list: HTMLElement) => {
    const ended = new AbortController();
    const options = { signal: ended.signal, passive: true };
    let row: HTMLElement | null = null;
    let start = { x: 0, y: 0 };
    let drawing = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const letGo = () => {
      clearTimeout(timer);
      if (row) row.style.translate = '';
      row = null;
      drawing = false;
    };
    list.addEventListener('pointerdown', (event) => {
      letGo();
      if (event.pointerType !== 'touch' || !event.isPrimary || !(event.target instanceof Element)) return;
      if (event.target.closest('button, a, textarea, pre')) return;
      row = event.target.closest<HTMLElement>('[data-seq]');
      start = { x: event.clientX, y: event.clientY };
      const pressed = row;
      if (pressed) timer = setTimeout(() => (letGo(), onlong(pressed)), LONG_MS);
    }, options);
    list.addEventListener('pointermove', (event) => {
      if (!row) return;
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
      if (Math.hypot(dx, dy) > STILL_PX) clearTimeout(timer);
      if (!drawing && dx < -STILL_PX && -dx > 2 * Math.abs(dy)) drawing = true;
      if (drawing) row.style.translate = `${drawnBy(dx)}px`;
    }, options);
    list.addEventListener('pointerup', (event) => {
      const drawn = drawing && start.x - event.clientX >= DRAWN_PX ? row : null;
      letGo();
      if (drawn) ondrawn(drawn);
    }, options);
    list.addEventListener('pointercancel', letGo, options);
    return () => {
      letGo();
      ended.abort();
    };
  };
}
