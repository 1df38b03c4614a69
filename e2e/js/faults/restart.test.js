// The server is asked to end under load, as for an update: it does so cleanly and in time, and nobody notices more than
// a pause. PARLOR_RESTARTS changes how many times.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort, serve } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const RESTARTS = Number(process.env.PARLOR_RESTARTS ?? 10);
const DRAIN_LIMIT_MS = 10_000;

test(`${RESTARTS} clean restarts under load lose, double and reorder nothing`, async (t) => {
  const server = await serve(t, { port: await freePort() });
  const drains = [];
  await talkThrough(t, server, { times: RESTARTS, fault: async () => void drains.push(await server.stop()) });
  t.diagnostic(`drained within ${Math.round(Math.max(...drains))} ms at worst`);
  assert.ok(Math.max(...drains) <= DRAIN_LIMIT_MS);
});
