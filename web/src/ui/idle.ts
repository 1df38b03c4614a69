/** Nobody waits longer than this for what can wait. */
const AT_LATEST_MS = 300;

/** Does something when what was asked for has been shown; returns how to let it be. */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(run, { timeout: AT_LATEST_MS });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(run, 1);
  return () => clearTimeout(timer);
}
