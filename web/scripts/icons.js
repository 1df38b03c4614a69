// Draws the icons of the installed client: the speech bubble of favicon.svg as PNG, on the same 32 × 32 grid.
import { crc32, deflateSync } from 'node:zlib';

const TEAL = [11, 114, 133];
const WHITE = [255, 255, 255];
/** Points looked at per pixel and axis, for smooth edges. */
const FINENESS = 4;

/** `bleeds`: for systems that cut icons to a shape of their own, so the corners are filled and the sign is smaller. */
export const ICONS = [
  { name: 'icon-192.png', size: 192, bleeds: false },
  { name: 'icon-512.png', size: 512, bleeds: false },
  { name: 'icon-maskable-512.png', size: 512, bleeds: true },
  { name: 'apple-touch-icon.png', size: 180, bleeds: true },
];

const inBox = (x, y, { left, top, right, bottom, radius }) => {
  const dx = Math.max(left + radius - x, 0, x - right + radius);
  const dy = Math.max(top + radius - y, 0, y - bottom + radius);
  return dx * dx + dy * dy <= radius * radius;
};
const TILE = { left: 0, top: 0, right: 32, bottom: 32, radius: 9 };
const BUBBLE = { left: 6.5, top: 9.5, right: 25.5, bottom: 21.5, radius: 2.5 };
const inTail = (x, y) => x >= 12 && y >= 21.5 && y <= 25.5 && (x - 12) / 4.8 + (y - 21.5) / 4 <= 1;
const inDots = (x, y) => [12, 16, 20].some((at) => (x - at) ** 2 + (y - 15.5) ** 2 <= 1.5 ** 2);

/** The colour at a point of the grid; `null` outside of the tile. */
function colourAt(x, y, bleeds) {
  if (!bleeds && !inBox(x, y, TILE)) return null;
  const scale = bleeds ? 0.8 : 1;
  const [u, v] = [16 + (x - 16) / scale, 16 + (y - 16) / scale];
  return (inBox(u, v, BUBBLE) || inTail(u, v)) && !inDots(u, v) ? WHITE : TEAL;
}

function pixel(column, row, size, bleeds) {
  const sum = [0, 0, 0];
  let hits = 0;
  for (let point = 0; point < FINENESS ** 2; point += 1) {
    const x = ((column + ((point % FINENESS) + 0.5) / FINENESS) * 32) / size;
    const y = ((row + (Math.floor(point / FINENESS) + 0.5) / FINENESS) * 32) / size;
    const colour = colourAt(x, y, bleeds);
    if (!colour) continue;
    hits += 1;
    colour.forEach((value, at) => (sum[at] += value));
  }
  return [...sum.map((value) => (hits ? Math.round(value / hits) : 0)), Math.round((hits * 255) / FINENESS ** 2)];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG (https://www.w3.org/TR/png-3/) with 8 bits of red, green, blue and alpha. */
export function drawIcon({ size, bleeds }) {
  const lines = Array.from({ length: size }, (_, row) =>
    Buffer.from([0, ...Array.from({ length: size }, (__, column) => pixel(column, row, size, bleeds)).flat()]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Puts the icons beside the client's page. */
export const icons = () => ({
  name: 'icons',
  apply: 'build',
  generateBundle() {
    for (const icon of ICONS) this.emitFile({ type: 'asset', fileName: icon.name, source: drawIcon(icon) });
  },
});
