import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, gather } from "../support/people.js";
import { freePort, serve } from "../support/server.js";

test("who comes back gets exactly what was missed, then goes on live", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom();
  await bob.join(room);
  const { devices: [atAlice, atBob], from } = await gather([alice, bob], room);

  const first = await atAlice.do("send_message", { room_id: room.id, content: "Are you there?" });
  await atBob.reaches(room, first.message.seq);
  atBob.close();

  // More than a page of the log, and not messages alone.
  for (let i = 0; i < 250; i++) await alice.say(room, `missed ${i}`);
  await alice.do("PUT", `/api/messages/${first.message.id}`, { content: "Are you still there?" });
  await alice.do("PUT", `/api/messages/${first.message.id}/reactions/${encodeURIComponent("👀")}`);

  const back = await bob.connect({ resume: atBob.cursors() });
  const last = await atAlice.do("send_message", { room_id: room.id, content: "Welcome back" });
  const seen = await back.reaches(room, last.message.seq);
  assert.deepEqual(seen.holes, []);
  const whole = [...atBob.view(room).lines(), ...seen.lines()];
  await atAlice.reaches(room, last.message.seq);
  assert.deepEqual(whole, atAlice.view(room).lines());
  assert.equal(whole.length, last.message.seq - from);
});

test("joining with after_seq answers with what was missed", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const room = await alice.createRoom();
  const first = await alice.say(room, "one");
  await alice.say(room, "two");
  await alice.do("DELETE", `/api/messages/${first.message.id}`);

  const device = await alice.connect();
  const answer = await device.do("join_room", { room_id: room.id, after_seq: first.message.seq });
  assert.deepEqual(answer.entries.map((entry) => entry.type), ["new_message", "message_deleted"]);
  assert.deepEqual(answer.entries.map((entry) => entry.seq), [first.message.seq + 1, first.message.seq + 2]);
  assert.equal(answer.seq, first.message.seq + 2);
});

test("a device reconnects by itself across a restart of the server", async (t) => {
  const server = await serve(t, { port: await freePort() });
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom();
  await bob.join(room);
  const { devices: [atBob] } = await gather([bob], room, { reconnect: true });
  const before = await alice.say(room, "before");
  await atBob.reaches(room, before.message.seq);
  await server.stop();
  await server.start();
  const after = await alice.say(room, "after");
  const view = await atBob.reaches(room, after.message.seq);
  assert.deepEqual(view.messages().map((message) => message.content), ["before", "after"]);
  assert.deepEqual(view.holes, []);
});
