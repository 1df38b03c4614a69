/** What the service worker answers for the server. Pure. */

export const shellCache = (version: string): string => `parlor-shell-${version}`;

const FIXED = new Set(['/favicon.svg', '/manifest.webmanifest', '/icon-192.png']);

/**
 * Whether a request is for the client's page or for one of its files; `null` is left to the network: everything under
 * `/api` and `/socket.io`, other pages of the server, other servers, and whatever is not only read.
 */
export function sourceOf(
  request: Pick<Request, 'method' | 'mode' | 'url'>,
  origin: string,
): 'page' | 'asset' | null {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin) return null;
  if (request.mode === 'navigate') return /^\/(?:app(?:\/.*)?)?$/.test(url.pathname) ? 'page' : null;
  return url.pathname.startsWith('/assets/') || FIXED.has(url.pathname) ? 'asset' : null;
}
