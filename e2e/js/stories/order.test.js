import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, gather } from "../support/people.js";
import { serve } from "../support/server.js";

/** Lets every device say `count` messages at once, `window` of them unanswered at a time; resolves with all answers. */
async function everybodyTalks(devices, room, count, window) {
  const answers = [];
  const talkers = devices.flatMap((device, who) => {
    let next = 0;
    return Array.from({ length: window }, async () => {
      while (next < count) {
        const client_id = `${who}-${next++}`;
        answers.push(await device.do("send_message", { room_id: room.id, content: `m ${client_id}`, client_id }));
      }
    });
  });
  await Promise.all(talkers);
  return answers;
}

/** Everybody's view and the stored history are one and the same dense sequence from `from` on. */
async function assertOneOrder(devices, room, from, answers) {
  const head = Math.max(...answers.map((answer) => answer.message.seq));
  const views = await Promise.all(devices.map((device) => device.reaches(room, head, 60_000)));
  const [first] = views;
  for (const view of views) {
    assert.deepEqual(view.holes, []);
    assert.equal(view.repeats, 0);
    assert.deepEqual(view.lines(), first.lines());
  }
  const said = first.messages();
  assert.deepEqual(said.map((message) => message.seq), Array.from(answers, (_, i) => from + 1 + i));
  const acknowledged = new Map(answers.map(({ message }) => [message.client_id, message.id]));
  assert.deepEqual(new Map(said.map((message) => [message.client_id, message.id])).size, acknowledged.size);
  for (const message of said) assert.equal(acknowledged.get(message.client_id), message.id);

  const stored = (await devices[0].person.history(room)).filter((message) => message.seq > from);
  assert.deepEqual(stored.map((message) => message.id), said.map((message) => message.id));
}

test("500 messages of 4 people have one order for everybody", async (t) => {
  const server = await serve(t);
  const people = await Promise.all(["alice", "bob", "carol", "dave"].map((name) => Person.register(server, name)));
  const room = await people[0].createRoom();
  for (const person of people.slice(1)) await person.join(room);
  const { devices, from } = await gather(people, room);
  const answers = await everybodyTalks(devices, room, 125, 8);
  await assertOneOrder(devices, room, from, answers);
});

test("10,000 acknowledged messages of 8 people at once are numbered without a gap", async (t) => {
  const server = await serve(t);
  const people = await Promise.all(Array.from({ length: 8 }, (_, i) => Person.register(server, `sender${i}`)));
  const room = await people[0].createRoom();
  for (const person of people.slice(1)) await person.join(room);
  const { devices, from } = await gather(people, room);
  const began = performance.now();
  const answers = await everybodyTalks(devices, room, 1250, 16);
  t.diagnostic(`${answers.length} acknowledged in ${Math.round(performance.now() - began)} ms`);
  assert.equal(answers.length, 10_000);
  await assertOneOrder(devices, room, from, answers);
});
