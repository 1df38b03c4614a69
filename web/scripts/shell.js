// Tells the service worker which files are the client: they are kept together, so that every screen opens without a
// connection, and from one version also after the server has another. Their names carry a hash of their content, so the
// list, with the page that names them, is also the client's version.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const WORKER = 'worker';
const MARK = 'PARLOR_SHELL';
const FIXED = ['/app', '/favicon.svg', '/manifest.webmanifest', '/icon-192.png'];

/** What is large and not everybody’s, kept when it was first needed. */
export const KEPT_LATER = ['emoji', 'highlighter', 'DesignScreen'];

/** All scripts but the worker itself and what is kept later, and all styles. */
export function shellOf(bundle, page) {
  const isPart = ({ type, name, fileName }) =>
    type === 'chunk' ? name !== WORKER && !KEPT_LATER.includes(name) : fileName.endsWith('.css');
  const names = Object.values(bundle)
    .filter(isPart)
    .map(({ fileName }) => `/${fileName}`)
    .sort();
  const version = createHash('sha256').update([page, ...names].join('\n')).digest('hex').slice(0, 16);
  return { version, files: [...FIXED, ...names] };
}

export const shell = () => ({
  name: 'shell',
  apply: 'build',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    for (const later of KEPT_LATER) if (!chunks.some(({ name }) => name === later)) this.error(`no script is called ${later}`);
    const worker = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === WORKER);
    if (!worker?.code.includes(MARK)) this.error('the service worker does not ask for the shell');
    worker.code = worker.code.replaceAll(MARK, JSON.stringify(shellOf(bundle, readFileSync('index.html', 'utf8'))));
  },
});
