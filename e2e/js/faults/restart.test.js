// The server is asked to end under load, as for an update: it does so cleanly and in time, and nobody notices more than
// a pause. PARLOR_RESTARTS changes how many times.

import { test } from "node:test";
import { freePort, serve } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const RESTARTS = Number(process.env.PARLOR_RESTARTS ?? 10);

test(`${RESTARTS} clean restarts under load lose, double and reorder nothing`, { timeout: 240_000 }, async (t) => {
  const server = await serve(t, { port: await freePort() });
  await talkThrough(t, server, { times: RESTARTS, fault: () => server.stop() });
});
