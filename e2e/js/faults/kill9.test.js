// The server's process is killed, as by the kernel, under load. PARLOR_KILLS changes how many times.

import { test } from "node:test";
import { freePort, serve } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const KILLS = Number(process.env.PARLOR_KILLS ?? 50);

test(`${KILLS} kills lose, double and reorder nothing that was acknowledged`, async (t) => {
  const server = await serve(t, { port: await freePort() });
  await talkThrough(t, server, { times: KILLS, fault: () => server.kill() });
});
