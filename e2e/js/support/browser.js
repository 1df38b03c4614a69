// A real browser, and people who use the web client in it as they would: by roles, labels and texts.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { afterwards } from "./cleanup.js";

const PATIENCE_MS = 15_000;

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const ARGS = [
  // Nothing leaves this machine.
  "--disable-background-networking",
  "--disable-component-update",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** How Debian's Chromium is started; PARLOR_CHROMIUM names another one. */
export const CHROMIUM = {
  executablePath: process.env.PARLOR_CHROMIUM ?? "/usr/bin/chromium",
  // Its sandbox does not work for root, as whom CI runs.
  chromiumSandbox: process.getuid() !== 0,
  args: ARGS,
};

/** Of a file of stories, all have one browser: it is the windows that are each story's own. */
let shared;
if (process.env.NODE_TEST_CONTEXT) after(async () => (await shared)?.close());

/** A browser to open windows in: one for a whole file of stories, elsewhere one that is gone afterwards. */
export async function launch(t) {
  if (process.env.NODE_TEST_CONTEXT) return (shared ??= chromium.launch(CHROMIUM));
  const browser = await chromium.launch(CHROMIUM);
  afterwards(t, () => browser.close());
  return browser;
}

/**
 * A browser window of somebody's own. The test fails on anything that goes wrong in its pages, unless it is among what
 * the story itself makes fail: patterns of console messages, in `expected`.
 */
export async function open(t, browser, server, { expected = [], ...options } = {}) {
  const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", reducedMotion: "reduce", ...options });
  afterwards(t, () => context.close());
  return watched(t, await context.newPage(), expected);
}

/** Another tab beside a page. */
export async function openTab(t, page, expected = []) {
  return watched(t, await page.context().newPage(), expected);
}

function watched(t, page, expected) {
  page.setDefaultTimeout(PATIENCE_MS);
  const problems = [];
  const isExpected = (text) => expected.some((pattern) => pattern.test(text));
  page.on("pageerror", (error) => problems.push(`${error.stack}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message.text())) problems.push(message.text());
  });
  afterwards(t, () => assert.deepEqual(problems, []));
  return page;
}

/** What Chromium says of requests that meet no server, and of those that are refused. */
export const UNREACHABLE = /ERR_|WebSocket connection|Failed to load resource: net::/;
export const REFUSED = /Failed to load resource: the server responded with a status of 4/;

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe complains of on the page as it is now; `only` names the rules to look by, where not all are meant. */
export async function complaintsOf(page, only) {
  const isThere = await page.evaluate(() => "axe" in window);
  if (!isThere) await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) }),
    only,
  );
  return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
}

/** Asserts that axe finds nothing to complain of. */
export async function assertAccessible(page) {
  assert.deepEqual(await complaintsOf(page), [], `axe on ${page.url()}`);
}
