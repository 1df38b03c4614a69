// Everything moves from one database to the next while eight people talk, and the program that moves it is killed again
// and again. They notice a pause. PARLOR_MOVE_KILLS changes how often it is killed in each move, PARLOR_MOVE_LINES how
// much is there to be moved.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { chance } from "../support/chance.js";
import { Databases } from "../support/databases.js";
import { Person, call } from "../support/people.js";
import { fill } from "../support/rooms.js";
import { freePort, newFolder, run, serve, succeed } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const KILLS = Number(process.env.PARLOR_MOVE_KILLS ?? 4);
const LINES = Number(process.env.PARLOR_MOVE_LINES ?? 1500);
/** A kill comes at most so long after the start. */
const LONGEST_LIFE_MS = 1_500;

/** The number of rows and their sum, by table, as a backup says. */
async function sums(place) {
  const file = join(place.dataDir, `${crypto.randomUUID()}.gz`);
  await succeed(place, ["backup", file]);
  const lines = gunzipSync(await readFile(file)).toString().trim().split("\n");
  return JSON.parse(lines.at(-1)).manifest;
}

test(`three moves under load, each killed up to ${KILLS} times, lose, double and reorder nothing`, async (t) => {
  const random = chance(t);
  const databases = await Databases.start(t);
  const sqlite = join(await newFolder(t), "moved.db");
  const journey = [await databases.create("postgres"), await databases.create("mysql"), `sqlite:${sqlite}`];
  const server = await serve(t, { port: await freePort() });
  const writer = await Person.register(server, "writer");
  await fill(writer, await writer.createRoom(), LINES);

  const moves = [];
  const fault = async () => {
    const [from, url] = [server.place(), journey[moves.length]];
    let kills = 0;
    for (let i = 0; i < KILLS; i++) {
      const { code, signal, text } = await run(from, ["migrate", "--to", url], { killAfter: random() * LONGEST_LIFE_MS });
      assert.ok(signal === "SIGKILL" || code === 0, text);
      if (code === 0) break;
      kills += 1;
      // The server can be started over a database that is being moved, too.
    }
    const last = await run(from, ["migrate", "--to", url]);
    const isOver = /equal in number and sum|everything was moved already/.test(last.text);
    assert.ok(isOver, `the move does not end: ${last.text}`);
    const [, pause] = /to write for (\d+) ms/.exec(last.text) ?? [];

    const draft = { name: "too late" };
    const refused = await writer.call("POST", "/api/rooms", draft);
    assert.deepEqual([refused.status, refused.body.code], [503, "storage_unavailable"], "nobody writes in the old database");
    assert.equal((await writer.call("GET", "/api/rooms")).status, 200, "reading goes on");
    assert.equal((await call(server, "GET", "/readyz")).status, 200);
    const to = { ...from, databaseUrl: url };
    const [before, after] = [await sums(from), await sums(to)];
    assert.deepEqual(after, before, "all rows are the same");
    await server.stop();
    const restarted = await run(from, ["serve", "--listen", "127.0.0.1:0"]);
    assert.match(restarted.text, /was moved to another database/);
    server.databaseUrl = url;
    const rows = after.tables.reduce((sum, table) => sum + table.rows, 0);
    moves.push({ to: new URL(url).protocol, kills, rows, pause_ms: Number(pause) });
  };
  await talkThrough(t, server, { times: journey.length, fault, repeats: ["shutting_down", "storage_unavailable"] });
  for (const move of moves) t.diagnostic(JSON.stringify(move));
});
