// A cable is pulled: the connections behind it are open still, for all the server can tell. It finds out, lets go of
// them, and those behind it are no longer shown as here. Takes as long as a connection may be silent: 45 seconds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { within } from "../support/figures.js";
import { Herd, crowd } from "../support/herd.js";
import { Network } from "../support/network.js";
import { serve } from "../support/server.js";

const CLIENTS = 50;
const PEOPLE = 5;
const DETECTED_MS = 45_000;
const GONE_MS = 60_000;
/** What a busy machine may take to notice that it was in time. */
const TOLERANCE_MS = 3_000;

test(`${CLIENTS} connections whose cable is pulled are let go of`, async (t) => {
  const network = await Network.create(t);
  const server = await serve(t, { host: network.host });
  const { people, room, last } = await crowd(server, PEOPLE + 1);
  const [observer, ...behind] = people;
  const here = await observer.connect();
  const herd = new Herd(t, { under: network.inside });
  await herd.connect(server, behind, room, { count: CLIENTS, last });
  assert.equal(await network.connections(), CLIENTS);

  const online = async () => {
    const { items } = await observer.do("GET", "/api/users/online");
    return items.map((user) => user.id);
  };
  assert.equal((await online()).filter((id) => behind.some((person) => person.id === id)).length, PEOPLE);
  await network.pull();
  const began = performance.now();
  let gone;
  const noticed = within(GONE_MS + TOLERANCE_MS, "they are no longer shown as here", async () => {
    const ids = await online();
    return !behind.some((person) => ids.includes(person.id));
  }).then((took) => (gone = took));
  const closed = await within(DETECTED_MS + TOLERANCE_MS, "the connections are closed", async () => {
    return (await network.connections()) === 0;
  });
  await noticed;
  t.diagnostic(`${CLIENTS} connections: closed after ${Math.round(closed)} ms, gone after ${Math.round(gone)} ms`);
  assert.ok(performance.now() - began <= GONE_MS + TOLERANCE_MS);
  assert.ok(here.socket.connected, "who is on this side of the cable stays");
});
