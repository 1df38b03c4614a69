// Tells the service worker which files the client cannot start without. Their names carry a hash of their content, so
// the list, with the page that names them, is also the client's version.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const WORKER = 'worker';
const MARK = 'PARLOR_SHELL';
const FIXED = ['/app', '/favicon.svg', '/manifest.webmanifest', '/icon-192.png'];

/** What whoever is signed in needs at once, though the entry loads it only for them. */
const NEEDED = 'Shell';

/** The entry, the shell, what they import at once, and all styles; what is loaded when it is needed is kept when it was. */
export function shellOf(bundle, page) {
  const files = new Set();
  const take = (name) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || files.has(`/${name}`)) return;
    files.add(`/${name}`);
    chunk.imports.forEach(take);
  };
  for (const file of Object.values(bundle)) {
    if (file.type === 'chunk' && (file.isEntry || file.name === NEEDED) && file.name !== WORKER) take(file.fileName);
    if (file.type === 'asset' && file.fileName.endsWith('.css')) files.add(`/${file.fileName}`);
  }
  const names = [...files].sort();
  const version = createHash('sha256').update([page, ...names].join('\n')).digest('hex').slice(0, 16);
  return { version, files: [...FIXED, ...names] };
}

export const shell = () => ({
  name: 'shell',
  apply: 'build',
  generateBundle(_, bundle) {
    const worker = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === WORKER);
    if (!worker?.code.includes(MARK)) this.error('the service worker does not ask for the shell');
    worker.code = worker.code.replaceAll(MARK, JSON.stringify(shellOf(bundle, readFileSync('index.html', 'utf8'))));
  },
});
