import assert from "node:assert/strict";
import { test } from "node:test";
import { Device, Person } from "../support/people.js";
import { serve } from "../support/server.js";

test("without a valid token there is no connection", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  for (const token of [undefined, "", "garbage", `${alice.token}x`]) {
    const stranger = new Device({ server, freshToken: async () => token, user: { username: "stranger" } });
    await assert.rejects(stranger.connected(), { message: "unauthorized" }, `token ${token}`);
    stranger.close();
  }
});

test("what is refused is acknowledged with a code, and the connection stays", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const bob = await Person.register(server, "bob");
  const room = await alice.createRoom({ is_private: true });
  const open = await alice.createRoom();
  const atBob = await bob.connect();

  const refused = [
    ["send_message", { room_id: room.id, content: "Let me in" }, "not_found"],
    ["join_room", { room_id: room.id }, "not_found"],
    ["join_room", { room_id: room.id, access_key: "wrong key" }, "not_found"],
    ["send_message", { room_id: open.id, content: "From outside" }, "not_member"],
    ["join_room", { room_id: 9_999_999 }, "not_found"],
    ["join_room", { room_id: "one" }, "invalid_field"],
    ["join_room", [], "invalid_field"],
    ["join_room", { room_id: open.id, user_id: alice.id }, "unknown_field"],
    ["no_such_event", {}, "unknown_event"],
  ];
  for (const [event, payload, code] of refused) {
    const answer = await atBob.ask(event, payload);
    assert.equal(answer.ok, false, `${event} ${JSON.stringify(payload)}`);
    assert.equal(answer.error.code, code, `${event} ${JSON.stringify(payload)}`);
    assert.ok(answer.error.message);
  }

  const key = room.access_key ?? (await alice.do("GET", `/api/rooms/${room.id}`)).access_key;
  await atBob.do("join_room", { room_id: room.id, access_key: key });
  for (const [content, code] of [["", "empty_message"], [" \u200b ", "empty_message"], ["x".repeat(4001), "too_long"]]) {
    const answer = await atBob.ask("send_message", { room_id: room.id, content });
    assert.equal(answer.error?.code, code);
  }
});

test("without an acknowledgement a failure comes as the event error", async (t) => {
  const server = await serve(t);
  const alice = await Person.register(server, "alice");
  const atAlice = await alice.connect();
  atAlice.tell("send_message", { room_id: 9_999_999, content: "Anybody?" });
  const error = await atAlice.until("error");
  assert.equal(error.code, "not_found");
  assert.ok(error.message);
});
