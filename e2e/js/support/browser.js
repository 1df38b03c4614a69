// A real browser, and people who use the web client in it as they would: by roles, labels and texts.

import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { afterwards } from "./cleanup.js";

const PATIENCE_MS = 15_000;
const ARGS = [
  // Nothing leaves this machine.
  "--disable-background-networking",
  "--disable-component-update",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Starts Debian's Chromium for one test; PARLOR_CHROMIUM names another one. */
export async function launch(t) {
  const browser = await chromium.launch({
    executablePath: process.env.PARLOR_CHROMIUM ?? "/usr/bin/chromium",
    // Its sandbox does not work for root, as whom CI runs.
    chromiumSandbox: process.getuid() !== 0,
    args: ARGS,
  });
  afterwards(t, () => browser.close());
  return browser;
}

/** A browser window of somebody's own. The test fails on anything that goes wrong in its pages. */
export async function open(t, browser, server, options = {}) {
  const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const problems = [];
  page.on("pageerror", (error) => problems.push(`${error.stack}`));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  afterwards(t, () => assert.deepEqual(problems, []));
  return page;
}

/** Asserts that axe finds nothing to complain of on the page as it is now. */
export async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  assert.deepEqual(found, [], `axe on ${page.url()}`);
}
