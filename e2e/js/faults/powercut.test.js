// The power of the server's disk is cut under load: only what was synced is left. PARLOR_CUTS changes how many times.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Disk } from "../support/disk.js";
import { freePort, serve } from "../support/server.js";
import { talkThrough } from "../support/talkers.js";

const CUTS = Number(process.env.PARLOR_CUTS ?? 20);

test(`${CUTS} power cuts lose, double and reorder nothing that was acknowledged`, async (t) => {
  const disk = await Disk.create(t);
  const server = await serve(t, { port: await freePort(), dataDir: disk.path });
  const witness = join(disk.path, "never-synced");
  const fault = async () => {
    await server.kill();
    await writeFile(witness, "lost with the power");
    await disk.cut();
    // Otherwise the cut was none, and this test could not fail.
    assert.equal(await readFile(witness, "utf8").catch(() => ""), "");
  };
  await talkThrough(t, server, { times: CUTS, fault });
});
