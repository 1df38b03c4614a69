// Each fault test can fail: run against a server that does one thing wrong on purpose, it finds that. The server is
// `cargo build --example faulty --features faulty`; `scripts/e2e self-check` builds it and runs this.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SEED } from "../support/chance.js";

/** Fewer than a sound server has to stand. */
const COUNTS = { PARLOR_KILLS: "20", PARLOR_RESTARTS: "5", PARLOR_BACKUPS: "2", PARLOR_MOVE_KILLS: "1" };

/** A fault, what is wrong with the server, and the finding by which the test has to fail. */
const CHECKS = [
  { fault: "kill9", weakness: "early-answer", finding: /(lost|stored_twice|said_order_broken|views_that_differ)\b/ },
  { fault: "kill9", weakness: "careless", finding: /told of each message once/ },
  { fault: "powercut", weakness: "lazy-sync", /* Even the accounts may be lost. */ finding: /^\s*lost$|Error: unauthorized/m },
  { fault: "restart", weakness: "early-answer,hasty-end", finding: /(lost|said_order_broken|views_that_differ)\b/ },
  { fault: "diskfull", weakness: "full-is-broken", finding: /a message stored again: not within/ },
  { fault: "badsync", weakness: "sync-again", finding: /nothing is acknowledged after a failed sync/ },
  { fault: "nofiles", weakness: "restless-accept", finding: /the server spins/ },
  { fault: "slowreaders", weakness: "boundless", finding: /who stands still is told to ask again/ },
  { fault: "halfopen", weakness: "trusting", finding: /the connections are closed: not within/ },
  { fault: "garbled", weakness: "forgetful", finding: /stored twice/ },
  { fault: "herd", weakness: "one-moment", finding: /each has a moment of its own/ },
  { fault: "floods", weakness: "boundless", finding: /frames beyond the largest/ },
  { fault: "migrations", weakness: "bare-steps", finding: /it does not finish/ },
  { fault: "backup", weakness: "torn-copy", finding: /beyond the ends of their logs|what was acknowledged before/ },
  { fault: "backup", weakness: "same-past", finding: /the epoch has changed/ },
  { fault: "move", weakness: "half-deaf", finding: /not the same in both/ },
  { fault: "monsters", weakness: "fragile", finding: /a text that breaks its handler/ },
];

/** Runs a fault test and resolves with whether it passed, and its report. */
function run(fault, weakness) {
  const file = fileURLToPath(new URL(`../faults/${fault}.test.js`, import.meta.url));
  const env = { ...process.env, PARLOR_WEAKNESS: weakness, PARLOR_SEED: `${SEED}`, ...COUNTS };
  // Otherwise the runner takes it for a part of this one.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(process.execPath, ["--test", "--test-reporter=spec", file], { env });
  let report = "";
  child.stdout.on("data", (data) => (report += data));
  child.stderr.on("data", (data) => (report += data));
  return new Promise((ended) => child.on("exit", (code) => ended({ passed: code === 0, report })));
}

for (const { fault, weakness, finding } of CHECKS) {
  test(`${fault} finds out a server that is ${weakness}`, async () => {
    const { passed, report } = await run(fault, weakness);
    assert.ok(!passed, "the test passed");
    assert.match(report, finding);
  });
}
