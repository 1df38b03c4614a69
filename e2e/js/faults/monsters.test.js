// Requests out of all proportion, while others talk: each is refused with a code, and harms nobody else.

import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { crowd } from "../support/herd.js";
import { call, gather } from "../support/people.js";
import { serve } from "../support/server.js";

const DEPTH = 10_000;
const ROUNDS = 50;

/** Sends a request as it is, and resolves with its answer. */
function raw(server, path, headers, body) {
  return new Promise((answered, failed) => {
    const sent = request(server.url + path, { method: "POST", headers }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => answered({ status: response.statusCode, body: JSON.parse(text) }));
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

test("requests out of proportion are refused and harm nobody else", async (t) => {
  const server = await serve(t);
  const { people, room } = await crowd(server, 3);
  const { devices } = await gather(people, room);
  const drops = [];
  for (const device of devices) device.socket.on("disconnect", (why) => drops.push(why));
  const [monster] = people;
  const json = { "content-type": "application/json", authorization: `Bearer ${monster.token}` };
  const path = `/api/rooms/${room.id}/messages`;
  const deep = "[".repeat(DEPTH) + "]".repeat(DEPTH);

  const refused = [];
  const expectRefusal = async (status, code, answer) => {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.code], [status, code]);
    assert.ok(body.request_id);
    refused.push(code);
  };
  let head;
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all([
      expectRefusal(400, "json_too_deep", raw(server, path, json, deep)),
      expectRefusal(400, "json_too_deep", raw(server, path, json, `{"content":${deep}}`)),
      expectRefusal(413, "payload_too_large", raw(server, path, json, `{"content":"${"x".repeat(100_000)}"}`)),
      expectRefusal(413, "payload_too_large", raw(server, path, { ...json, "content-length": `${1 << 30}` }, "{")),
    ]);
    const answer = await devices[0].ask("send_message", { room_id: room.id, content: JSON.parse(deep.slice(DEPTH - 500, DEPTH + 500)) });
    assert.equal(answer.error.code, "json_too_deep");
    const plain = await people[2].call("POST", path, { content: "panic" });
    assert.equal(plain.status, 201, "a text that breaks its handler");
    ({ message: { seq: head } } = await devices[1].do("send_message", { room_id: room.id, content: `fine ${round}` }));
  }
  for (const device of devices) assert.deepEqual((await device.reaches(room, head)).holes, []);
  t.diagnostic(`${refused.length + ROUNDS} requests refused; other connections ended ${drops.length}`);
  assert.deepEqual(drops, []);
  assert.equal((await call(server, "GET", "/readyz")).status, 200);
});
