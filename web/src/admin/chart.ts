/** Bars for a row of values. Pure. */
export interface Point {
  label: string;
  /** `null` where there is nothing to tell. */
  value: number | null;
}

export interface Bar {
  /** Which point. */
  at: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A value that is there is seen, however small it is beside the others. */
const LEAST = 1.5;
const GAP = 0.25;

export function bars(points: readonly Point[], width: number, height: number): Bar[] {
  const most = Math.max(0, ...points.map(({ value }) => value ?? 0));
  const step = width / Math.max(points.length, 1);
  return points.flatMap(({ value }, at) => {
    if (value === null || value <= 0) return [];
    const tall = Math.max((value / most) * height, LEAST);
    return [{ at, x: (at + GAP / 2) * step, y: height - tall, width: step * (1 - GAP), height: tall }];
  });
}
