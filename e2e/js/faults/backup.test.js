// Backups are made while eight people talk, and brought back elsewhere, on another kind of database. What was
// acknowledged before a backup began is in it, and clients that have seen more read everything again. PARLOR_BACKUPS
// changes how many there are.

import assert from "node:assert/strict";
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { chance } from "../support/chance.js";
import { Databases } from "../support/databases.js";
import { within } from "../support/figures.js";
import { Person, gather } from "../support/people.js";
import { freePort, newFolder, run, serve, succeed } from "../support/server.js";
import { Talker } from "../support/talkers.js";
import { RoomView } from "../support/view.js";

const BACKUPS = Number(process.env.PARLOR_BACKUPS ?? 3);
const PEOPLE = 8;
const LONGEST_CALM_MS = 600;
const DAMAGES = 20;

/** Somebody who keeps a view of the room, and begins it anew when the server says so, as a client has to. */
class Follower {
  resets = 0;

  constructor(device, room) {
    Object.assign(this, { device, room });
    device.socket.on("resync", ({ reason }) => {
      if (reason !== "reset") return;
      this.resets += 1;
      // What was seen is of another past: it is not to be resumed under the new one.
      device.views.delete(room.id);
    });
  }

  /** Reads everything again, and goes on live from there. */
  async beginAgain() {
    const { person, views } = this.device;
    const view = new RoomView(0);
    views.set(this.room.id, view);
    const { entries, resync } = await this.device.do("join_room", { room_id: this.room.id, after_seq: 0 });
    if (!resync) {
      for (const { type, ...payload } of entries) view.take(type, payload);
      return;
    }
    // Too much for one answer: the newest state, and what comes after it.
    const { last_seq } = await person.do("GET", `/api/rooms/${this.room.id}`);
    if (view.last < last_seq) view.last = last_seq;
  }
}

/** Talks until told to end; resolves with what the last backup must have and the file. */
async function backUpUnderLoad(server, talkers, folder, random) {
  let over = false;
  const talking = talkers.map((talker) => talker.talkUntil(() => over, () => {}));
  let made;
  for (let i = 0; i < BACKUPS; i++) {
    await sleep(100 + random() * LONGEST_CALM_MS);
    const before = talkers.flatMap((talker) => talker.acknowledged.map((said) => said.message));
    const file = join(folder, `${crypto.randomUUID()}.gz`);
    const said = await succeed(server.place(), ["backup", "--with-secrets", file]);
    assert.match(said, /The server's secret is in it/);
    made = { file, before };
  }
  // What is said from here on is gone.
  await sleep(100 + random() * LONGEST_CALM_MS);
  over = true;
  await Promise.all(talking);
  return made;
}

/** Turns bits over and cuts ends off, each in a copy: none is restored. */
async function assertDamageIsFound(file, place, random) {
  const { size } = await stat(file);
  const bytes = await readFile(file);
  for (let i = 0; i < DAMAGES; i++) {
    const damaged = `${file}.damaged`;
    const at = Math.floor(random() * size);
    if (i % 2 === 0) {
      await writeFile(damaged, bytes);
      const copy = await open(damaged, "r+");
      await copy.write(Buffer.from([bytes[at] ^ (1 << Math.floor(random() * 8))]), 0, 1, at);
      await copy.close();
    } else {
      await writeFile(damaged, bytes.subarray(0, at));
    }
    const { code, text } = await run(place, ["restore", damaged]);
    assert.equal(code, 1, `damage at byte ${at} of ${size} was not found`);
    assert.match(text, /damaged|cut off|no backup/);
  }
}

const WAYS = [
  ["sqlite", "postgres"],
  ["postgres", "mysql"],
  ["mysql", "sqlite"],
];

for (const [from, to] of WAYS) {
  test(`a backup under load, from ${from}, restored on ${to}, has everything from before, and clients begin again`, async (t) => {
    const random = chance(t);
    const databases = await Databases.start(t);
    const urlOf = async (kind) => (kind === "sqlite" ? undefined : databases.create(kind));
    const server = await serve(t, { port: await freePort(), databaseUrl: await urlOf(from) });
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => Person.register(server, `talker${i}`)));
    const room = await people[0].createRoom();
    for (const person of people.slice(1)) await person.join(room);
    const { devices } = await gather(people, room, { reconnect: true });
    await Promise.all(devices.map((device) => device.until("welcome")));
    const epoch = devices[0].epoch;
    const followers = devices.map((device) => new Follower(device, room));
    const talkers = devices.map((device) => new Talker(device, room));
    const { file, before } = await backUpUnderLoad(server, talkers, await newFolder(t), random);
    const spoken = talkers.flatMap((talker) => talker.acknowledged).length;

    const place = { dataDir: await newFolder(t), databaseUrl: await urlOf(to) };
    await assertDamageIsFound(file, place, random);
    // Killed on the way, it is not served, and the same command ends it.
    const killed = await run(place, ["restore", file], { killAfter: 150 + random() * 300 });
    if (killed.signal === "SIGKILL") {
      const { code, text } = await run(place, ["migrate"]);
      assert.ok(code === 0 || /a restore into it has not ended/.test(text), text);
    }
    const restored = await run(place, ["restore", file]);
    if (killed.code !== 0) assert.equal(restored.code, 0, `it is not restored: ${restored.text}`);
    const again = await run(place, ["restore", file]);
    assert.equal(again.code, 1);
    assert.match(again.text, /not empty/);

    await server.kill();
    Object.assign(server, place);
    await server.start();
    await within(30_000, "everybody is told to read everything again: the epoch has changed", () =>
      followers.every((follower) => follower.resets === 1));
    assert.ok(devices.every((device) => device.epoch !== epoch), "the epoch has changed");
    const stored = new Map((await people[0].history(room)).map((message) => [message.client_id, message]));
    const missing = before.filter((message) => stored.get(message.client_id)?.id !== message.id);
    t.diagnostic(
      `${BACKUPS} backups; acknowledged ${spoken}, before the last one ${before.length}, of which missing ${missing.length}; restored ${stored.size}`,
    );
    assert.equal(missing.length, 0, "what was acknowledged before the backup is there");
    assert.ok(before.length > 0 && stored.size < spoken, "the backup was made in the midst");

    await Promise.all(followers.map((follower) => follower.beginAgain()));
    let last;
    for (const device of devices) {
      last = (await device.do("send_message", { room_id: room.id, content: "again", client_id: crypto.randomUUID() })).message;
    }
    assert.ok(![...stored.values()].some((message) => message.id === last.id || message.seq >= last.seq));
    const views = await Promise.all(devices.map((device) => device.reaches(room, last.seq, 30_000)));
    const [reference] = views.map((view) => view.lines().slice(-PEOPLE).join("\n"));
    for (const view of views) {
      assert.deepEqual(view.holes, []);
      assert.equal(view.lines().slice(-PEOPLE).join("\n"), reference, "all have the same in the end");
    }
  });
}
