// Chance that can be repeated: every run prints its seed, and PARLOR_SEED gives it back.

/** Of this run. */
export const SEED = Number(process.env.PARLOR_SEED ?? Date.now() % 1_000_000);

/** Prints the seed and answers a generator of numbers in [0, 1) that it decides (mulberry32). */
export function chance(t) {
  t.diagnostic(`seed ${SEED}`);
  let seed = SEED;
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
