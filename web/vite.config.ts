import { svelte } from '@sveltejs/vite-plugin-svelte';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { icons } from './scripts/icons.js';
import { shell, WORKER } from './scripts/shell.js';

/** Where `npm run dev` finds a running server. */
const server = process.env.PARLOR_DEV_SERVER ?? 'http://127.0.0.1:7100';

/** Writes `.br` and `.gz` beside every text asset, so that the server never compresses at run time. */
function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => void (outDir = config.build.outDir),
    closeBundle: () => {
      for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
        const file = join(outDir, name);
        if (!/\.(js|css|html|svg|webmanifest)$/.test(name) || statSync(file).size < 512) continue;
        const bytes = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), icons(), shell(), precompress()],
  // State classes use runes: tests need Svelte's browser build, not the one for server rendering.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    target: 'es2022',
    // The content security policy forbids data: addresses and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', [WORKER]: 'src/offline/worker.ts' },
      // A service worker keeps its address, or the browser would never find the next one.
      output: {
        entryFileNames: ({ name }) => (name === WORKER ? 'sw.js' : 'assets/[name]-[hash].js'),
        // What is always read together is one file each, script and style: before one is in, and from then on.
        codeSplitting: {
          groups: [
            { name: 'Entrance', test: /src[\\/]App\.svelte$/, priority: 2 },
            { name: 'Rooms', test: /src[\\/](?:Shell\.svelte|opening\.ts)$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: server }, '/socket.io': { target: server, ws: true } },
  },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.js'] },
});
