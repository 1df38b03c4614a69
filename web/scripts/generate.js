/**
 * Writes what the client's sources need and git does not hold, apart from them, so that writing it is no change of
 * theirs. `npm run` does it before every check, test and build.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emojiModule, emojiRows } from './emoji.js';
import { wireModule } from './wire.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/** Leaves a file alone that is as it should be, so that nothing is built again for it. */
function write(path, text) {
  const file = at(path);
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch {
    mkdirSync(dirname(file), { recursive: true });
  }
  writeFileSync(file, text);
}

write('../generated/wire.ts', wireModule(json('../../docs/openapi.json'), json('../../docs/asyncapi.json')));

const emoji = (path) => JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`emojibase-data/${path}.json`)), 'utf8'));
const rows = emojiRows(emoji('en/data'), emoji('zh/data'), emoji('en/shortcodes/github'), emoji('en/shortcodes/emojibase'));
write('../generated/emoji.ts', emojiModule(rows));
