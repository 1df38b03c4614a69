import { expect, it } from 'vitest';

const SOURCES = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

/** Frames of whole screens, which a page cannot hold a second time. */
const FRAMES = ['../App.svelte', '../accounts/Entrance.svelte', '../rooms/SidePanel.svelte', '../ui/NoticeList.svelte', '../ui/Splash.svelte'];

/** A component as the others import it, from where it stands. */
function imports(path: string): string[] {
  const folder = path.replace(/[^/]+$/, '');
  const found = [...SOURCES[path]!.matchAll(/from '(\.[^']+\.svelte)'/g)].map(([, name]) => new URL(name!, `http://x/src/design/${folder}`).pathname);
  return found.map((absolute) => absolute.replace('/src/design/', './').replace('/src/', '../')).filter((one) => one in SOURCES);
}

it('every component that stands by itself is on the page', () => {
  const shown = new Set<string>();
  const follow = (path: string): void => {
    if (shown.has(path)) return;
    shown.add(path);
    imports(path).forEach(follow);
  };
  follow('./DesignScreen.svelte');
  const standing = Object.keys(SOURCES).filter(
    (path) => !/Screen\.svelte$|\/testing\//.test(path) && !/get(?:Client|Workspace)\(\)/.test(SOURCES[path]!),
  );
  expect(standing.length).toBeGreaterThan(40);
  expect(standing.filter((path) => !shown.has(path) && !FRAMES.includes(path))).toEqual([]);
});
