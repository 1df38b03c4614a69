// A tenth of a room's clients stands still, with their connections open: the others hear everything, the server does
// not grow, and those who stood still have all of it in the end. PARLOR_READERS changes how many there are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryNow, quantile, within } from "../support/figures.js";
import { Herd, crowd } from "../support/herd.js";
import { serve } from "../support/server.js";

const READERS = Number(process.env.PARLOR_READERS ?? 120);
const STALLED = READERS / 10;
/** Four bytes a character: what fills the system's own buffers soonest. */
const TEXT = "🐌".repeat(3_900);
const MIB_PER_STALLED = 1.1;
/** Enough to fill the buffers of the system and the server's own for one connection. */
const MESSAGES = Number(process.env.PARLOR_SLOW_MESSAGES ?? 600);
const CALM = 60;
const MOST_SLOWDOWN = 10;

test(`${STALLED} of ${READERS} clients stand still, and the others do not notice`, async (t) => {
  const server = await serve(t);
  const { people, room, last } = await crowd(server, 10);
  const [quick, slow] = [new Herd(t), new Herd(t)];
  await quick.connect(server, people, room, { count: READERS - STALLED, last });
  await slow.connect(server, people, room, { count: STALLED, last });
  const [speaker, listener] = [await people[0].connect(), await people[1].connect({ resume: { [room.id]: last } })];

  let head = last;
  /** Says something and resolves with the milliseconds until somebody else heard it. */
  const delay = async () => {
    const began = performance.now();
    const answer = await speaker.do("send_message", { room_id: room.id, content: TEXT });
    head = answer.message.seq;
    await listener.reaches(room, head);
    return performance.now() - began;
  };
  const talk = async (times) => {
    const delays = [];
    for (let i = 0; i < times; i++) delays.push(await delay());
    await within(60_000, "the others have everything", async () => (await quick.count(head)).caught_up === READERS - STALLED);
    return delays;
  };
  const calm = await talk(CALM);
  const before = await memoryNow(server.pid);
  slow.freeze();
  const during = await talk(MESSAGES);
  const grown = (await memoryNow(server.pid)) - before;
  slow.thaw();
  await within(60_000, "those who stood still have everything", async () => (await slow.count(head)).caught_up === STALLED);

  const [others, stalled] = [await quick.count(head), await slow.count(head)];
  const [p99, p99Calm] = [quantile(during, 0.99), quantile(calm, 0.99)];
  t.diagnostic(`the others: ${JSON.stringify(others)}; who stood still: ${JSON.stringify(stalled)}`);
  t.diagnostic(
    `p99 ${p99.toFixed(1)} ms, ${(p99 / p99Calm).toFixed(2)} times that before; the server grew by ${(grown / STALLED).toFixed(2)} MiB a stalled client`,
  );
  assert.deepEqual([others.holes, others.drops, stalled.holes], [0, 0, 0]);
  assert.ok(stalled.resyncs > 0, "who stands still is told to ask again");
  assert.ok(grown / STALLED <= MIB_PER_STALLED);
  assert.ok(p99 <= p99Calm * MOST_SLOWDOWN);
});
