// Floods of what costs a client nothing, without any limit on how often: memory stays bounded, the server lives, and
// two people talk all the while. PARLOR_FLOOD changes how many handshakes there are.

import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws";
import { afterwards } from "../support/cleanup.js";
import { memoryPeak, quantile } from "../support/figures.js";
import { crowd } from "../support/herd.js";
import { call, gather } from "../support/people.js";
import { serve } from "../support/server.js";

const HANDSHAKES = Number(process.env.PARLOR_FLOOD ?? 1_000);
/** The other floods are as large in proportion. */
const SCALE = HANDSHAKES / 5_000;
const PEAK_MIB = 256;
const AT_ONCE = 100;
const LARGEST = 64 * 1024;

/** Opens Engine.IO connections, hands each to `use` when it is open, and resolves with them. */
async function open(t, server, count, use = () => {}) {
  const url = `${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
  const sockets = [];
  afterwards(t, async () => sockets.forEach((socket) => socket.terminate()));
  for (let begun = 0; begun < count; begun += 250) {
    await Promise.all(Array.from({ length: Math.min(250, count - begun) }, () => new Promise((opened, failed) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      sockets.push(socket);
      socket.on("error", failed);
      socket.on("message", () => opened(use(socket)));
    })));
  }
  return sockets;
}

/** Does something so many times, always some of them at once; resolves with the answers. */
async function pour(count, drop) {
  const answers = [];
  let begun = 0;
  const pourer = async () => {
    while (begun < count) answers.push(await drop(begun++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, pourer));
  return answers;
}

const closed = (socket) => new Promise((over) => (socket.readyState === WebSocket.CLOSED ? over() : socket.on("close", over)));

/** A text frame of so many bytes of which only the first `sent` come. */
function begin(socket, size, sent) {
  const head = Buffer.alloc(14);
  head[0] = 0x81;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(size), 2);
  socket._socket.on("error", () => {});
  socket._socket.write(head);
  socket._socket.write(Buffer.alloc(sent, "a"));
}

const FLOODS = {
  async "idle handshakes"(t, server) {
    const sockets = await open(t, server, HANDSHAKES);
    await Promise.all(sockets.map(closed));
  },
  async "claims of a million attachments"(t, server) {
    const sockets = await open(t, server, 500 * SCALE, (socket) => socket.send('51000000-["send_message",{"_placeholder":true,"num":0}]'));
    await Promise.all(sockets.map(closed));
  },
  async "the largest frames, never finished"(t, server) {
    const sockets = await open(t, server, 500 * SCALE, (socket) => begin(socket, LARGEST, LARGEST - 1));
    await Promise.all(sockets.map(closed));
  },
  async "frames beyond the largest"(t, server) {
    const sockets = await open(t, server, 40 + 60 * SCALE, (socket) => begin(socket, 1 << 28, 12 << 20));
    await Promise.all(sockets.map(closed));
  },
  async "wrong passwords"(t, server, { people }) {
    const [victim] = people;
    const answers = await pour(300 * SCALE, (i) =>
      call(server, "POST", "/api/auth/login", { body: { username: victim.user.username, password: `wrong-${i}` } }));
    return answers.map((answer) => `${answer.status} ${answer.body.code}`);
  },
  async "messages"(t, server, { people, room }) {
    const answers = await pour(2_500 * SCALE, (i) =>
      people[0].call("POST", `/api/rooms/${room.id}/messages`, { content: `flood ${i}` }));
    return answers.map((answer) => `${answer.status}`);
  },
};

/** Two people talk until it is over; resolves with how long each word took to arrive. */
async function converse([alice, bob], room, over) {
  const delays = [];
  while (!over()) {
    const began = performance.now();
    const { message } = await alice.do("send_message", { room_id: room.id, content: "and how are you?" });
    await bob.reaches(room, message.seq);
    delays.push(performance.now() - began);
  }
  return delays;
}

test("floods cost bounded memory and nobody else's conversation", async (t) => {
  const server = await serve(t);
  const { people, room } = await crowd(server, 4);
  const quiet = await people[2].createRoom();
  await people[3].join(quiet);
  const { devices } = await gather(people.slice(2), quiet);
  const drops = [];
  for (const device of devices) device.socket.on("disconnect", (why) => drops.push(why));

  for (const [name, flood] of Object.entries(FLOODS)) {
    let over = false;
    const conversation = converse(devices, quiet, () => over);
    const began = performance.now();
    const answers = (await flood(t, server, { people, room }).finally(() => (over = true))) ?? [];
    const delays = await conversation;
    const kinds = [...new Set(answers)];
    const counts = kinds.map((kind) => `${kind} × ${answers.filter((answer) => answer === kind).length}`);
    const peak = await memoryPeak(server.pid);
    t.diagnostic(
      `${name}: ${Math.round(performance.now() - began)} ms ${counts}; others' words took ${Math.round(quantile(delays, 0.99))} ms (p99 of ${delays.length}); peak ${Math.round(peak)} MiB`,
    );
    assert.ok(server.isAlive);
    assert.ok(peak <= PEAK_MIB, `${name}: ${Math.round(peak)} MiB`);
    assert.ok(answers.every((answer) => !answer.startsWith("5") || answer.startsWith("503")), counts.join());
  }
  assert.deepEqual(drops, []);
});
