// From the first start to a conversation, as docs/first-conversation.md tells it. Every click is counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, DESKTOP, launch, open, PHONE } from "../support/browser.js";
import { fillSignUp, hears, say, writing } from "../support/pages.js";
import { serve } from "../support/server.js";

/** What the guide promises. */
const MOST_CLICKS = { host: 6, guest: 5 };

/** Counts what somebody presses: clicks, taps, and Enter that does as much. */
async function counting(page) {
  let clicks = 0;
  await page.exposeFunction("countedPress", () => (clicks += 1));
  await page.addInitScript(() => addEventListener("pointerdown", () => countedPress(), true));
  return () => clicks;
}

test("a newcomer gets from the first start to a conversation", { timeout: 90_000 }, async (t) => {
  const server = await serve(t);
  const [, link] = await server.says(/sign up here to do so: (\S+)$/);
  const browser = await launch(t);
  const host = await open(t, browser, server, { ...DESKTOP, permissions: ["clipboard-read", "clipboard-write"] });
  const hostClicks = await counting(host);

  await host.goto(link);
  assert.equal(new URL(host.url()).hash, "");
  await fillSignUp(host, "anna");
  await assertAccessible(host);
  await host.getByRole("button", { name: "Create administrator" }).click();
  await host.getByRole("heading", { name: "Welcome, anna" }).waitFor();
  await host.getByRole("link", { name: "Open a room" }).click();
  await host.getByLabel("Name", { exact: true }).fill("Kitchen");
  await host.getByRole("button", { name: "Create room" }).click();
  await host.getByRole("button", { name: "Invite" }).click();
  await assertAccessible(host);
  await host.getByRole("button", { name: "Copy link" }).click();
  await host.getByText("Copied.").waitFor();
  const invitation = await host.evaluate(() => navigator.clipboard.readText());
  await writing(host).fill("Who is there?");
  await writing(host).press("Enter");

  const guest = await open(t, browser, server, PHONE);
  const guestClicks = await counting(guest);
  await guest.goto(invitation);
  await guest.getByRole("link", { name: "Create account" }).tap();
  await fillSignUp(guest, "ben");
  await guest.getByRole("button", { name: "Create account" }).tap();
  await guest.getByRole("button", { name: "Join: Kitchen" }).tap();
  await hears(guest, "Who is there?");
  await say(guest, "It is me!");
  await hears(host, "It is me!");

  assert.ok(hostClicks() <= MOST_CLICKS.host, `the host needed ${hostClicks()} clicks`);
  assert.ok(guestClicks() <= MOST_CLICKS.guest, `the guest needed ${guestClicks()} clicks`);
});
