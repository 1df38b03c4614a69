// The server's disk is full: writing is refused, reading goes on, and once there is room again all is well by itself.
// Mounting the small disk needs root.

import assert from "node:assert/strict";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { RamDisk } from "../support/disk.js";
import { within } from "../support/figures.js";
import { Person, call } from "../support/people.js";
import { serve } from "../support/server.js";

const DISK_MIB = 32;
const HEALED_MS = 5_000;
const REFUSALS = 50;

/** Takes all the room there is. */
async function fill(path) {
  const file = await open(path, "w");
  const block = Buffer.alloc(4096, 1);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if (error.code !== "ENOSPC") throw error;
  } finally {
    await file.close();
  }
}

test("a full disk refuses what is said, loses nothing, and heals by itself", async (t) => {
  const disk = await RamDisk.create(t, DISK_MIB);
  const server = await serve(t, { dataDir: disk.path });
  const alice = await Person.register(server, "alice");
  const room = await alice.createRoom();
  const acknowledged = [];
  const refusals = new Map();
  const say = async (n) => {
    const draft = { content: `word ${n} ${"x".repeat(500)}`, client_id: `${n}` };
    const { status, body } = await alice.call("POST", `/api/rooms/${room.id}/messages`, draft);
    if (status < 300) acknowledged.push(body.message);
    else refusals.set(`${status} ${body.code}`, (refusals.get(`${status} ${body.code}`) ?? 0) + 1);
    return status;
  };

  let n = 0;
  while (n < 20) assert.ok((await say(n++)) < 300);
  await fill(join(disk.path, "filler"));
  // What the log had allocated before may still take some.
  await within(30_000, "a refusal", async () => (await say(n++)) >= 300);
  for (let refused = 0; refused < REFUSALS; refused++) {
    await say(n++);
    assert.equal((await alice.call("GET", `/api/rooms/${room.id}/messages?limit=10`)).status, 200);
  }
  assert.equal((await call(server, "GET", "/healthz")).status, 200);
  const pid = server.pid;

  await rm(join(disk.path, "filler"));
  const healed = await within(HEALED_MS, "a message stored again", async () => (await say(n++)) < 300);
  for (let i = 0; i < 20; i++) assert.ok((await say(n++)) < 300);

  const stored = new Map((await alice.history(room)).map((message) => [message.client_id, message]));
  const lost = acknowledged.filter((message) => stored.get(message.client_id)?.id !== message.id);
  t.diagnostic(
    `acknowledged ${acknowledged.length}, lost ${lost.length}; refused ${JSON.stringify([...refusals])}; healed after ${Math.round(healed)} ms`,
  );
  assert.equal(lost.length, 0);
  assert.deepEqual([...refusals.keys()], ["503 storage_unavailable"]);
  assert.ok(server.isAlive && server.pid === pid);
});
