import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";

const TRANSPORTS = {
  "websocket alone": ["websocket"],
  "long polling alone": ["polling"],
  "polling, then upgraded": ["polling", "websocket"],
};

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`two people talk over ${name}`, async (t) => {
    const server = await serve(t);
    const alice = await Person.register(server, "alice");
    const bob = await Person.register(server, "bob");
    const upgraded = transports.length > 1;
    const atAlice = await alice.connect({ transports });
    const atBob = await bob.connect({ transports });
    if (upgraded) {
      const { engine } = atBob.socket.io;
      if (engine.transport.name === "polling") await new Promise((done) => engine.once("upgrade", done));
    }
    assert.equal(atBob.socket.io.engine.transport.name, upgraded ? "websocket" : transports[0]);

    const room = await alice.createRoom({ name: "阅读小组" });
    const joined = await atBob.do("join_room", { room_id: room.id });
    assert.equal(joined.room.id, room.id);
    assert.equal((await atAlice.until("user_joined", (e) => e.user.id === bob.id)).room_id, room.id);

    const said = await atBob.do("send_message", { room_id: room.id, content: "Hello, 世界 👋" });
    assert.equal(said.message.user_id, bob.id);
    const heard = await atAlice.until("new_message", (e) => e.message.id === said.message.id);
    assert.equal(heard.message.content, "Hello, 世界 👋");
    assert.equal(heard.room_id, room.id);
    assert.equal(heard.seq, said.message.seq);

    const reply = await alice.say(room, "Over HTTP", { reply_to: said.message.id });
    const answered = await atBob.until("new_message", (e) => e.message.id === reply.message.id);
    assert.equal(answered.message.reply_to.id, said.message.id);
  });
}

test("who takes compressed messages and who does not talk to each other", async (t) => {
  const server = await serve(t, { flags: ["--compression"] });
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom();
  await bob.join(room);
  const atAlice = await alice.connect({ compress: true });
  const atBob = await bob.connect();
  const agreed = (device) => device.socket.io.engine.transport.ws.extensions;
  assert.equal(agreed(atAlice), "permessage-deflate");
  assert.equal(agreed(atBob), "");

  const content = "It goes without saying. ".repeat(100).trimEnd();
  for (const device of [atAlice, atBob]) {
    const { message } = await device.do("send_message", { room_id: room.id, content });
    for (const other of [atAlice, atBob]) {
      const heard = await other.until("new_message", (e) => e.message.id === message.id);
      assert.equal(heard.message.content, content);
    }
  }
});

test("a message is edited, deleted, reacted to and read", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom();
  await bob.join(room);
  const atAlice = await alice.connect();
  const atBob = await bob.connect();

  const { message } = await atAlice.do("send_message", { room_id: room.id, content: "Helo" });
  await atAlice.do("edit_message", { message_id: message.id, content: "Hello" });
  const edited = await atBob.until("message_updated", (e) => e.message.id === message.id);
  assert.equal(edited.message.content, "Hello");
  assert.ok(edited.message.edited_at);
  assert.equal(edited.message.seq, message.seq, "an edit keeps the message's place");
  assert.ok(edited.seq > message.seq, "and is an entry of its own");

  await bob.do("PUT", `/api/messages/${message.id}/reactions/${encodeURIComponent("👍")}`);
  const reaction = await atAlice.until("reaction_update", (e) => e.message_id === message.id);
  assert.deepEqual([reaction.emoji, reaction.added, reaction.user_id], ["👍", true, bob.id]);

  await atBob.do("read", { room_id: room.id, seq: message.seq });
  const read = await atAlice.until("read_update", (e) => e.user_id === bob.id);
  assert.equal(read.seq, message.seq);

  await atAlice.do("delete_message", { message_id: message.id });
  const deleted = await atBob.until("message_deleted", (e) => e.message_id === message.id);
  assert.equal(deleted.message.content, "");
  const [first] = await bob.history(room);
  assert.equal(first.is_deleted, true);
});

test("typing and presence are seen by the others", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom();
  await bob.join(room);
  const atAlice = await alice.connect();
  const atBob = await bob.connect();

  assert.equal((await atAlice.until("user_status_update", (e) => e.user.id === bob.id)).is_online, true);
  await atBob.do("typing_start", { room_id: room.id });
  await atAlice.until("typing_update", (e) => e.user.id === bob.id && e.typing);
  await atBob.do("typing_stop", { room_id: room.id });
  await atAlice.until("typing_update", (e) => e.user.id === bob.id && !e.typing);

  atAlice.tell("get_online_users", { room_id: room.id });
  const online = await atAlice.until("online_users_update", (e) => e.room_id === room.id);
  assert.deepEqual(online.users.map((user) => user.id).sort(), [alice.id, bob.id].sort());

  atAlice.tell("ping");
  assert.ok(Date.parse((await atAlice.until("pong")).server_time));

  atBob.close();
  const gone = await atAlice.until("user_status_update", (e) => e.user.id === bob.id && !e.is_online);
  assert.ok(gone.last_seen);
});
