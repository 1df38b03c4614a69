import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";

test("who is kicked hears nothing more of the room, on any path", async (t) => {
  const server = await serve(t);
  const owner = await Person.register(server, "alice");
  const kicked = await Person.register(server, "bob");
  const witness = await Person.register(server, "carol");
  const room = await owner.createRoom({ is_private: true });
  const key = (await owner.do("GET", `/api/rooms/${room.id}`)).access_key;
  await kicked.join(room, key);
  await witness.join(room, key);
  const atKicked = await kicked.connect();
  const atWitness = await witness.connect();

  await owner.do("POST", `/api/rooms/${room.id}/members/${kicked.id}/kick`);
  const removed = await atKicked.until("room_removed", (e) => e.room_id === room.id);
  assert.equal(removed.reason, "kicked");
  const left = await atWitness.until("user_left", (e) => e.user.id === kicked.id);
  assert.equal(left.reason, "kicked");

  const { message } = await owner.say(room, "Now we are alone");
  await atWitness.until("new_message", (e) => e.message.id === message.id);
  // Everything sent to the kicked person before this answer has arrived with it.
  atKicked.tell("ping");
  await atKicked.until("pong");
  const after = atKicked.heard.slice(atKicked.heard.findIndex((e) => e.name === "room_removed") + 1);
  assert.deepEqual(after.filter((e) => e.payload?.room_id === room.id), []);

  assert.equal((await atKicked.ask("send_message", { room_id: room.id, content: "Hello?" })).error.code, "not_found");
  assert.equal((await kicked.call("GET", `/api/rooms/${room.id}/messages`)).status, 404);
  const back = await kicked.connect({ resume: { [room.id]: 0 } });
  back.tell("ping");
  await back.until("pong");
  assert.deepEqual(back.heard.filter((e) => e.payload?.room_id === room.id && e.name !== "resync"), []);
});

test("who is muted may read but not write, and who is banned may not come back", async (t) => {
  const server = await serve(t);
  const owner = await Person.register(server, "alice");
  const guest = await Person.register(server, "bob");
  const room = await owner.createRoom();
  await guest.join(room);
  const device = await guest.connect();

  await owner.do("POST", `/api/rooms/${room.id}/members/${guest.id}/mute`, {});
  assert.equal((await device.ask("send_message", { room_id: room.id, content: "mmm" })).error.code, "muted");
  await owner.say(room, "You can still read this");
  await device.until("new_message", (e) => e.room_id === room.id);

  await owner.do("POST", `/api/rooms/${room.id}/members/${guest.id}/unmute`);
  await device.do("send_message", { room_id: room.id, content: "Thank you" });

  await owner.do("POST", `/api/rooms/${room.id}/members/${guest.id}/ban`);
  await device.until("room_removed", (e) => e.room_id === room.id && e.reason === "banned");
  assert.equal((await device.ask("join_room", { room_id: room.id })).error.code, "banned");
});
