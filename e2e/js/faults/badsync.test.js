// The disk fails to sync once. What it held is unknown from then on, so nothing more is acknowledged until a restart,
// though every later sync would succeed. strace has the system call fail.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { chance } from "../support/chance.js";
import { within } from "../support/figures.js";
import { Person, call } from "../support/people.js";
import { freePort, serve } from "../support/server.js";

const ROUNDS = Number(process.env.PARLOR_BAD_SYNCS ?? 3);
const PEOPLE = 4;
/** The sync that fails is one of so many. */
const LATEST = 30;
const AFTERWARDS = 40;
const REFUSED = { status: 503, code: "storage_unavailable" };

/** From now on, the `nth` sync of each thread fails. Resolves with what ends that. */
async function spoil(pid, nth) {
  const calls = "fsync,fdatasync";
  const args = ["-f", "-qq", "-e", `trace=${calls}`, "-e", `inject=${calls}:error=EIO:when=${nth}`, "-p", `${pid}`];
  const tracer = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  tracer.stderr.on("data", (data) => (output += data));
  const ended = once(tracer, "exit").catch(() => []);
  await within(10_000, "strace attached (is it installed?)", async () => {
    if (tracer.exitCode !== null) throw new Error(output);
    const { stdout } = await promisify(execFile)("grep", ["TracerPid", `/proc/${pid}/status`]);
    return stdout.trim().endsWith(`${tracer.pid}`);
  });
  return async () => {
    tracer.kill("SIGINT");
    await ended;
    return (output.match(/EIO \(Input\/output error\) \(INJECTED\)/g) ?? []).length;
  };
}

test(`${ROUNDS} failed syncs: nothing is acknowledged afterwards, and nothing is lost`, async (t) => {
  const random = chance(t);
  const server = await serve(t, { port: await freePort() });
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => Person.register(server, `p${i}`)));
  const room = await people[0].createRoom();
  for (const person of people.slice(1)) await person.join(room);
  const acknowledged = [];
  let said = 0;

  const say = async (person) => {
    const draft = { content: `word ${said}`, client_id: `c${said++}` };
    const { status, body } = await person.call("POST", `/api/rooms/${room.id}/messages`, draft);
    if (status < 300) acknowledged.push(draft);
    return { status, code: body.code };
  };
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const restore = await spoil(server.pid, 1 + Math.floor(random() * LATEST));
    // Everybody talks until somebody is refused; what was under way then is waited for.
    let refused = false;
    await Promise.all(people.map(async (person) => {
      while (!refused) refused = (await say(person)).status >= 300 || refused;
    }));
    const before = acknowledged.length;
    for (let i = 0; i < AFTERWARDS; i++) {
      const answer = await say(people[i % PEOPLE]);
      assert.deepEqual(answer, REFUSED, "nothing is acknowledged after a failed sync");
      await sleep(10);
    }
    assert.equal(acknowledged.length, before);
    assert.equal((await call(server, "GET", "/readyz")).status, 503);
    assert.equal((await call(server, "GET", "/healthz")).status, 200);
    assert.equal((await people[0].call("GET", `/api/rooms/${room.id}/messages?limit=10`)).status, 200, "reading goes on");
    failed += await restore();
    await server.kill();
    await server.start();
    assert.equal((await call(server, "GET", "/readyz")).status, 200);
  }
  const stored = new Set((await people[0].history(room)).map((message) => message.client_id));
  const lost = acknowledged.filter((draft) => !stored.has(draft.client_id));
  t.diagnostic(`${failed} syncs failed; said ${said}, acknowledged ${acknowledged.length}, lost ${lost.length}`);
  assert.ok(failed >= ROUNDS);
  assert.equal(lost.length, 0);
});

test("a sync that fails for something else stops what is said as well", async (t) => {
  const server = await serve(t, { port: await freePort() });
  const lin = await Person.register(server, "lin");
  const room = await lin.createRoom();
  const device = await lin.connect();
  const restore = await spoil(server.pid, 1);
  // That she was here is written down by itself, in no commit of the log.
  device.socket.disconnect();
  const isReady = async () => (await call(server, "GET", "/readyz")).status === 200;
  await within(10_000, "the failed sync was noticed", async () => !(await isReady()));
  const { status, body } = await lin.call("POST", `/api/rooms/${room.id}/messages`, { content: "too late" });
  assert.deepEqual({ status, code: body.code }, REFUSED);
  assert.equal(await restore(), 1);
  await server.kill();
  await server.start();
  assert.deepEqual(await lin.history(room), []);
});
