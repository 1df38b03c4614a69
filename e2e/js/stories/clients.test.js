// What every client that speaks Socket.IO 5 has to be able to do here, from the first release that did to today's.
// docs/clients.md shows what is tested as a table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "../support/people.js";
import { serve } from "../support/server.js";

const PATIENCE_MS = 10_000;

const CLIENTS = {
  "3.0.5": "socket.io-client-3.0",
  "3.1.3": "socket.io-client-3.1",
  "4.0.2": "socket.io-client-4.0",
  "4.4.1": "socket.io-client-4.4",
  "4.6.2": "socket.io-client-4.6",
  "4.8.4": "socket.io-client",
};

const TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]];

/** The next event of that name. */
const next = (socket, name) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} never came`)), PATIENCE_MS);
    socket.once(name, (payload) => {
      clearTimeout(timer);
      resolve(payload);
    });
  });

/** Sends an event and resolves with its acknowledgement, in the way that all versions have. */
const ask = (socket, name, payload) => new Promise((resolve) => socket.emit(name, payload, resolve));

for (const [version, name] of Object.entries(CLIENTS)) {
  const client = await import(name);
  const io = client.io ?? client.default.io;
  for (const transports of TRANSPORTS) {
    test(`socket.io-client ${version} over ${transports.join(", then ")}`, async (t) => {
      const server = await serve(t);
      const alice = await Person.register(server, "alice");
      const bob = await Person.register(server, "bob");
      const room = await alice.createRoom();
      await bob.join(room);
      const open = (auth) => {
        const socket = io(server.url, { auth, transports, forceNew: true, reconnectionDelay: 20 });
        server.devices.add({ close: () => socket.disconnect() });
        return socket;
      };

      const refused = open({ token: "garbage" });
      assert.equal((await next(refused, "connect_error")).message, "unauthorized");
      refused.disconnect();

      const socket = open({ token: alice.token });
      await next(socket, "connect");
      if (transports.length > 1 && socket.io.engine.transport.name === "polling") {
        await new Promise((done) => socket.io.engine.once("upgrade", done));
      }
      assert.equal(socket.io.engine.transport.name, transports.at(-1));

      const heard = next(socket, "new_message");
      const said = await bob.say(room, "Hello, 世界 👋");
      assert.deepEqual((await heard).message.content, said.message.content);

      const answer = await ask(socket, "send_message", { room_id: room.id, content: "Good day", client_id: "one" });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      const wrong = await ask(socket, "send_message", { room_id: room.id, content: 7 });
      assert.deepEqual([wrong.ok, wrong.error.code], [false, "invalid_field"]);

      // Comes back by itself, and goes on.
      const again = next(socket, "connect");
      socket.io.engine.close();
      await again;
      const repeated = await ask(socket, "send_message", { room_id: room.id, content: "Good day", client_id: "one" });
      assert.deepEqual([repeated.duplicate, repeated.message.id], [true, answer.message.id]);
    });
  }
}
