// Everybody loses the connection at once and comes back at once, with something missed. PARLOR_HERD changes how many.

import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryPeak, within } from "../support/figures.js";
import { Herd, crowd } from "../support/herd.js";
import { freePort, serve } from "../support/server.js";

const CLIENTS = Number(process.env.PARLOR_HERD ?? 500);
const PEOPLE = 50;
const RESUMED_MS = 10_000;
const MOST_RETRIED = 0.01;

/** Measures how all come back after `end` has ended the server. */
async function comeBack(t, name, { server, herd, people, room }, end) {
  await end();
  await herd.forgive();
  await server.start();
  const began = performance.now();
  const { message: { seq: head } } = await people[0].say(room, "what everybody missed");
  await within(RESUMED_MS, "all have resumed", async () => (await herd.count(head)).caught_up === CLIENTS);
  const took = performance.now() - began;
  const { failures, holes } = await herd.count(head);
  const retried = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const peak = await memoryPeak(server.pid);
  t.diagnostic(`${name}: ${CLIENTS} resumed within ${Math.round(took)} ms; ${retried} tried again ${JSON.stringify(failures)}, ${holes} holes; peak ${Math.round(peak)} MiB`);
  assert.equal(holes, 0);
  assert.ok(retried <= CLIENTS * MOST_RETRIED, `${retried} had to try again`);
}

test(`${CLIENTS} clients come back at once`, async (t) => {
  const server = await serve(t, { port: await freePort() });
  const { people, room, last } = await crowd(server, PEOPLE);
  const herd = new Herd(t);
  await herd.connect(server, people, room, { count: CLIENTS, last });

  await comeBack(t, "told to end", { server, herd, people, room }, () => server.stop());
  const hints = await herd.hints();
  const spread = Math.max(...hints) - Math.min(...hints);
  t.diagnostic(`asked to come back at ${new Set(hints).size} moments within ${spread} ms`);
  assert.ok(new Set(hints).size > CLIENTS / 2, "each has a moment of its own");
  await comeBack(t, "killed", { server, herd, people, room }, () => server.kill());
});
