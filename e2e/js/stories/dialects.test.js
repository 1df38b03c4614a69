// Clients of older systems through socket.io-client and a plain WebSocket.

import assert from "node:assert/strict";
import { test } from "node:test";
import { io } from "socket.io-client";
import { WebSocket } from "ws";
import { afterwards } from "../support/cleanup.js";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";

const PASSWORD = "a long walk by the river";

async function post(server, path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** The next event of a name. */
function next(socket, event) {
  return new Promise((heard, fail) => {
    const timer = setTimeout(() => fail(new Error(`waited in vain for ${event}`)), 10_000);
    socket.once(event, (payload) => {
      clearTimeout(timer);
      heard(payload);
    });
  });
}

async function connect(t, address, options) {
  const socket = io(address, { forceNew: true, reconnection: false, ...options });
  afterwards(t, () => socket.close());
  await next(socket, "connect");
  return socket;
}

test("a platform client talks to a person and in a group", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const atAlice = await connect(t, server.url, { auth: { token: alice.token, dialect: "platform" } });
  const atBob = await connect(t, server.url, { auth: { token: bob.token } });

  const heard = next(atAlice, "chat");
  const answer = await atBob.emitWithAck("chat", { to: alice.id, content: "Hello, 世界", type: "text" });
  assert.equal(answer.ok, true);
  const chat = await heard;
  assert.deepEqual([chat.from, chat.content, chat.type], [bob.id, "Hello, 世界", "text"]);
  // Having sent one of its events, bob hears them too.
  const answered = next(atBob, "chat");
  atAlice.emit("chat", { group_id: chat.group_id, content: "Hi" });
  assert.equal((await answered).username, alice.user.username);
});

test("a must client in the namespace /chat hears what is said natively", async (t) => {
  const server = await serve(t);
  const owner = await Person.register(server, "owner");
  const room = await owner.createRoom({ name: "Meeting" });
  await post(server, "/auth/register", { username: "carol", email: "carol@example.org", password: PASSWORD });
  const { access_token: token } = await post(server, "/auth/login", { username: "carol", password: PASSWORD });
  const atCarol = await connect(t, `${server.url}/chat`, { auth: { token } });
  const joined = next(atCarol, "room_announcement");
  atCarol.emit("join_room", { room: "Meeting", username: "carol" });
  assert.deepEqual(await joined, { message: "carol has joined the room." });
  const heard = next(atCarol, "receive_message");
  await owner.say(room, "Hello");
  assert.deepEqual(await heard, { message: "Hello" });
});

test("an awesome client talks over a plain WebSocket", async (t) => {
  const server = await serve(t);
  const owner = await Person.register(server, "owner");
  const room = await owner.createRoom({ name: "Garden" });
  const form = { username: "dave", email: "dave@example.org", password: PASSWORD };
  await post(server, "/users/register", form);
  const { access_token: token } = await post(server, "/users/login", form);
  await post(server, `/rooms/${room.id}/join`, {}, token);

  const address = `${server.url.replace("http", "ws")}/ws/rooms/${room.id}?token=${token}`;
  const socket = new WebSocket(address);
  afterwards(t, () => socket.close());
  await new Promise((opened, fail) => Object.assign(socket, { onopen: opened, onerror: fail }));
  const frame = () => new Promise((heard) => (socket.onmessage = ({ data }) => heard(JSON.parse(data))));

  let heard = frame();
  socket.send(JSON.stringify({ id: "my-own-id", text: "Hello, 世界" }));
  const own = await heard;
  assert.deepEqual([own.id, own.text, own.user.name], ["my-own-id", "Hello, 世界", "dave"]);
  heard = frame();
  const { message } = await owner.say(room, "Welcome");
  const other = await heard;
  assert.deepEqual([other.id, other.text, other.user.id], [String(message.id), "Welcome", String(owner.id)]);
});
