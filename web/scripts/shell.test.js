import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { drawIcon } from './icons.js';
import { shellOf } from './shell.js';

const chunk = (fileName, fields = {}) => ({ type: 'chunk', fileName, name: fileName, imports: [], isEntry: false, ...fields });
const bundle = (...files) => Object.fromEntries(files.map((file) => [file.fileName, file]));

it('the shell is every screen of the client, not what is large and rarely needed, nor the worker itself', () => {
  const { files, version } = shellOf(
    bundle(
      chunk('assets/index-1.js', { isEntry: true, imports: ['assets/shared-2.js'] }),
      chunk('assets/shared-2.js', { imports: ['assets/index-1.js'] }),
      chunk('assets/emoji-3.js', { name: 'emoji' }),
      chunk('assets/Shell-5.js', { imports: ['assets/index-1.js'] }),
      chunk('assets/AccountScreen-6.js'),
      chunk('sw.js', { isEntry: true, name: 'worker' }),
      { type: 'asset', fileName: 'assets/index-4.css' },
    ),
    'page',
  );
  expect(files.slice(-5)).toEqual([
    '/assets/AccountScreen-6.js',
    '/assets/Shell-5.js',
    '/assets/index-1.js',
    '/assets/index-4.css',
    '/assets/shared-2.js',
  ]);
  expect(files).toContain('/app');
  expect(version).not.toBe(shellOf(bundle(chunk('assets/index-9.js', { isEntry: true })), 'page').version);
});

it('an icon is a picture of its size, see-through at the corners unless it bleeds', () => {
  for (const bleeds of [false, true]) {
    const png = drawIcon({ size: 32, bleeds });
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32, 32]);
    const length = png.readUInt32BE(33);
    const pixels = inflateSync(png.subarray(41, 41 + length));
    expect(pixels).toHaveLength(32 * (32 * 4 + 1));
    expect(pixels[4]).toBe(bleeds ? 255 : 0);
    expect([...pixels.subarray(12 * 129 + 1 + 16 * 4, 12 * 129 + 1 + 16 * 4 + 4)]).toEqual([255, 255, 255, 255]);
  }
});
