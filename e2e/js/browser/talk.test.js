import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, launch, open } from "../support/browser.js";
import { serve } from "../support/server.js";

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Signs somebody up on the page that a newcomer sees. */
async function signUp(page, name) {
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await assertAccessible(page);
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("E-mail").fill(`${name}@example.org`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByLabel("I accept the privacy policy").check();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).waitFor();
}

async function createRoom(page, name) {
  await page.getByRole("link", { name: "New room" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await assertAccessible(page);
  await page.getByRole("button", { name: "Create room" }).click();
  await page.getByRole("heading", { name }).waitFor();
}

async function findAndJoin(page, name) {
  await page.getByRole("link", { name: "Find rooms" }).first().click();
  await page.getByLabel("Search rooms").fill(name);
  await assertAccessible(page);
  await page.getByRole("button", { name: `Join: ${name}` }).click();
  await page.getByRole("heading", { name }).waitFor();
}

async function say(page, text) {
  await page.getByRole("textbox", { name: /^Message / }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

const hears = (page, text) => page.getByRole("log").getByText(text).waitFor();

test("two people meet in a room, one of them on a phone", { timeout: 120_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const alice = await open(t, browser, server, DESKTOP);
  const bob = await open(t, browser, server, PHONE);
  await Promise.all([signUp(alice, "alice"), signUp(bob, "bob")]);

  await createRoom(alice, "Reading circle");
  await findAndJoin(bob, "Reading circle");

  await say(alice, "Hello Bob, 你好 👋");
  await hears(bob, "Hello Bob, 你好 👋");
  await bob.getByRole("textbox", { name: /^Message / }).pressSequentially("Hi Al");
  await alice.getByText("bob is typing …").waitFor();
  await say(bob, "Hi Alice!");
  await hears(alice, "Hi Alice!");
  await alice.getByText("bob is typing …").waitFor({ state: "hidden" });

  await alice.getByRole("link", { name: "Members" }).click();
  const bobsRow = alice.getByRole("listitem").filter({ hasText: "@bob" });
  await bobsRow.getByText("Online").waitFor();
  await assertAccessible(alice);
  await assertAccessible(bob);

  await bob.context().close();
  await bobsRow.getByText("Offline").waitFor();

  // The session and the conversation outlive the page.
  await alice.reload();
  await hears(alice, "Hi Alice!");
  assert.equal(await alice.getByRole("log").getByRole("article").count(), 2);
});

test("the client speaks Chinese and is accessible in the dark", { timeout: 60_000 }, async (t) => {
  const server = await serve(t);
  const browser = await launch(t);
  const page = await open(t, browser, server, { ...DESKTOP, locale: "zh-CN", colorScheme: "dark" });
  await page.goto("/");
  await page.getByRole("button", { name: "登录" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  await assertAccessible(page);
});
