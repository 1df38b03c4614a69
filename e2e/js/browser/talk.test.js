import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { createRoom, findAndJoin, hears, say, signUp } from "../support/pages.js";
import { serve } from "../support/server.js";

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
