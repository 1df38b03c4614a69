// A handler that panics: whoever asked is told nothing but the request's id, and nobody else notices. Only a server
// that is broken on purpose has such a handler; see self-check.test.js.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crowd } from "../support/herd.js";
import { gather } from "../support/people.js";
import { serve } from "../support/server.js";

const PANICS = 200;
const SOCKETS = 20;

test(`${PANICS + SOCKETS} panics harm nobody else`, async (t) => {
  const server = await serve(t, { weakness: "fragile" });
  const { people, room } = await crowd(server, 3);
  const { devices } = await gather(people.slice(1), room);
  const drops = [];
  for (const device of devices) device.socket.on("disconnect", (why) => drops.push(why));
  const talk = (n) => devices[0].do("send_message", { room_id: room.id, content: `fine ${n}` });
  const draft = { room_id: room.id, content: "panic" };

  for (let n = 0; n < PANICS; n++) {
    const asked = people[0].call("POST", `/api/rooms/${room.id}/messages`, { content: "panic" });
    const [{ status, body }] = await Promise.all([asked, talk(n)]);
    assert.deepEqual([status, body.code], [500, "internal"]);
    assert.deepEqual(Object.keys(body).sort(), ["code", "request_id", "status", "title", "type"]);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  }
  for (let n = 0; n < SOCKETS; n++) {
    const broken = await people[0].connect();
    const gone = broken.disconnected();
    broken.tell("send_message", draft);
    await Promise.all([gone, talk(n)]);
    broken.close();
  }
  const { message } = await talk("in the end");
  for (const device of devices) assert.deepEqual((await device.reaches(room, message.seq)).holes, []);
  t.diagnostic(`${PANICS} requests answered, ${SOCKETS} connections ended; others ended ${drops.length}`);
  assert.deepEqual(drops, []);
  assert.ok(server.isAlive);
});
