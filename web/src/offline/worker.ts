/**
 * The service worker: the client's shell opens without a connection. It keeps files of the client alone; what the
 * server answers about people, rooms and messages never passes through it (see `keeper.ts` for those).
 */
import { shellCache, sourceOf } from './shell';

/** Filled in when the client is built; see `scripts/shell.js`. */
declare const PARLOR_SHELL: { version: string; files: string[] };

/** As much of `ServiceWorkerGlobalScope` as is used here: its types cannot stand beside those of a page. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  addEventListener(type: 'install' | 'activate', handler: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', handler: (event: Fetching) => void): void;
  addEventListener(type: 'message', handler: (event: MessageEvent) => void): void;
}
const scope = self as unknown as WorkerScope;
const shell = PARLOR_SHELL;
const name = shellCache(shell.version);

scope.addEventListener('install', (event) => {
  // Past the browser's own cache: the page and the scripts it names have to be of one version.
  const files = shell.files.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(files)));
});

scope.addEventListener('activate', (event) => {
  const clean = async () => {
    const known = await caches.keys();
    await Promise.all(known.filter((cache) => cache !== name).map((cache) => caches.delete(cache)));
    await scope.clients.claim();
  };
  event.waitUntil(clean());
});

/** A page asks the version that waits to take over: whoever reads it agreed to reload. */
scope.addEventListener('message', (event) => {
  if (event.data === 'take over') void scope.skipWaiting();
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const source = sourceOf(request, scope.location.origin);
  if (source) event.respondWith(serve(request, source));
});

async function serve(request: Request, source: 'page' | 'asset'): Promise<Response> {
  const cache = await caches.open(name);
  const kept = await cache.match(source === 'page' ? '/app' : request);
  if (kept) return kept;
  const answer = await fetch(request);
  // Parts that are loaded when they are needed. Their names change with their content.
  if (source === 'asset' && answer.ok && answer.type === 'basic') await cache.put(request, answer.clone());
  return answer;
}
