// More connections come than the system has file descriptors for: those who are connected notice nothing, the server
// does not spin, and whoever comes later is served once there is room.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { afterwards } from "../support/cleanup.js";
import { cpuShare, openFiles, within } from "../support/figures.js";
import { call, gather } from "../support/people.js";
import { crowd } from "../support/herd.js";
import { serve } from "../support/server.js";

const FILES = 128;
const DIALS = 500;
/** A server that spins gets more even of a busy machine. */
const IDLE_SHARE = 5;
const HEALED_MS = 2_000;

/** Opens connections that say nothing. */
function dial(t, server, count) {
  const { hostname, port } = new URL(server.url);
  const dials = Array.from({ length: count }, () => connect(Number(port), hostname).on("error", () => {}));
  const hangUp = () => dials.forEach((socket) => socket.destroy());
  afterwards(t, async () => hangUp());
  return hangUp;
}

test(`${DIALS} dials at ${FILES} file descriptors harm nobody who is there`, async (t) => {
  const server = await serve(t, { under: ["prlimit", `--nofile=${FILES}:${FILES}`] });
  const { people, room } = await crowd(server, 10);
  const { devices } = await gather(people, room);
  const drops = [];
  for (const device of devices) device.socket.on("disconnect", (why) => drops.push(why));

  const hangUp = dial(t, server, DIALS);
  const full = await within(10_000, "no descriptors left", async () => (await openFiles(server.pid)) >= FILES);
  const share = await cpuShare(server.pid, 3_000);
  let head;
  for (const device of devices) {
    ({ message: { seq: head } } = await device.do("send_message", { room_id: room.id, content: "still here" }));
  }
  for (const device of devices) assert.deepEqual((await device.reaches(room, head)).holes, []);

  hangUp();
  const healed = await within(HEALED_MS, "somebody new is served", async () => {
    const signal = AbortSignal.timeout(HEALED_MS);
    return (await fetch(`${server.url}/readyz`, { signal })).status === 200;
  });
  t.diagnostic(
    `full after ${Math.round(full)} ms; ${share.toFixed(1)}% of a processor meanwhile; ${drops.length} drops; healed after ${Math.round(healed)} ms`,
  );
  assert.ok(share < IDLE_SHARE, `the server spins: ${share.toFixed(1)}%`);
  assert.deepEqual(drops, []);
  assert.equal((await call(server, "GET", "/readyz")).status, 200);
});
