// `parlor migrate` is killed in the midst of each of its steps, on all three databases: where the database can, nothing
// of the step is left, and else it is repeated. PARLOR_MIGRATION_KILLS changes how many kills there are on each. strace
// kills it as it enters a system call that writes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { chance } from "../support/chance.js";
import { Databases } from "../support/databases.js";
import { newFolder, run, succeed } from "../support/server.js";

const KILLS = Number(process.env.PARLOR_MIGRATION_KILLS ?? 12);

/** What SQLite changes its files by, and what is sent to the others. */
const WRITES = { sqlite: "pwrite64,fdatasync,ftruncate", postgres: "sendto", mysql: "sendto" };

const tracer = (kind, more) => ["strace", "-f", "-qq", "-e", `trace=${WRITES[kind]}`, ...more];

/** How many calls the thread made that made most, for strace counts by thread. */
function busiest(log) {
  const counts = new Map();
  for (const line of log.trim().split("\n")) {
    const [thread] = line.split(" ");
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

/** The tables of a database as a backup tells of them. */
async function tables(place) {
  const file = join(place.dataDir, `${crypto.randomUUID()}.gz`);
  await succeed(place, ["backup", file]);
  const lines = gunzipSync(await readFile(file)).toString().trim().split("\n").map((line) => JSON.parse(line));
  return { steps: lines[0].header.migrations, tables: lines.flatMap((line) => line.table ?? []) };
}

for (const kind of ["sqlite", "postgres", "mysql"]) {
  test(`${kind}: ${KILLS} kills within the steps of a migration leave nothing that the next run cannot finish`, async (t) => {
    const random = chance(t);
    const databases = kind === "sqlite" ? null : await Databases.start(t);
    const newPlace = async () => ({ dataDir: await newFolder(t), databaseUrl: await databases?.create(kind) });

    const whole = await newPlace();
    const log = join(whole.dataDir, "calls");
    assert.equal((await run(whole, ["migrate"], { under: tracer(kind, ["-o", log]) })).code, 0);
    const calls = busiest(await readFile(log, "utf8"));
    const expected = await tables(whole);

    let killed = 0;
    for (let i = 0; i < KILLS; i++) {
      const place = await newPlace();
      // One in each stretch, so that they are spread over all steps.
      const nth = 1 + Math.floor(((i + random()) * calls) / KILLS);
      const under = tracer(kind, ["-o", "/dev/null", "-e", `inject=${WRITES[kind]}:signal=SIGKILL:when=${nth}`]);
      const { signal } = await run(place, ["migrate"], { under });
      killed += signal === "SIGKILL" ? 1 : 0;
      const again = await run(place, ["migrate"]);
      assert.equal(again.code, 0, `killed at write ${nth} of ${calls}, it does not finish: ${again.text}`);
      assert.deepEqual(await tables(place), expected);
    }
    t.diagnostic(`${killed} of ${KILLS} killed, at ${calls} writes; ${expected.steps.length} steps`);
    assert.ok(killed >= KILLS / 2, "it was killed");
  });
}
