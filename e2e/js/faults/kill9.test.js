// The server's process is killed, as by the kernel, under load, between messages and those who are told of them as much
// as anywhere. PARLOR_KILLS changes how many times.

import { test } from "node:test";
import { freePort, serve } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const KILLS = Number(process.env.PARLOR_KILLS ?? 50);

test(`${KILLS} kills lose, double and reorder nothing that was acknowledged, and nobody is told of it never or twice`, async (t) => {
  const server = await serve(t, { port: await freePort() });
  await talkThrough(t, server, { times: KILLS, fault: () => server.kill(), call: true });
});
